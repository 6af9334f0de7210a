using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Backs an institution's part of a network up, and restores it.</summary>
internal static class Backup
{
    private const string Institution = "--institution";
    private const string File = "--file";

    public static async Task<int> BackUpAsync(string[] args, CancellationToken cancellation)
    {
        var (backup, organization, file) = Open("backup", args);
        await backup.BackUpAsync(organization, file, cancellation);
        return 0;
    }

    public static async Task<int> RestoreAsync(string[] args, CancellationToken cancellation)
    {
        var (backup, organization, file) = Open("restore", args);
        await backup.RestoreAsync(organization, file, cancellation);
        return 0;
    }

    private static (InstitutionBackup Backup, OrganizationSettings Organization, string File) Open(
        string verb, string[] args)
    {
        var options = StateOption.Parse(verb, args, Institution, File);
        string Needed(string name, string what) => options.GetValueOrDefault(name)
            ?? throw new OperatorException($"{verb}: say {what}: {name}.");
        string mspId = Needed(Institution, "whose peer by the MSP id");
        string file = Path.GetFullPath(Needed(File, "which file the backup is in"));
        if (Directory.Exists(file))
        {
            throw new OperatorException($"{verb}: {file} is a folder: {File} names the backup's file in it.");
        }

        var known = NetworkState.Open(options["--state"]);
        if (known.Engine is not IFabricEngine engine)
        {
            throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" has one ledger for all peers: stop the network with "
                + $"scripts/down.sh and copy {known.State}.");
        }

        var organization = known.Consortium.OwnOrganizations().SingleOrDefault(o => o.MspId == mspId)
            ?? throw new OperatorException(
                $"There is no member {mspId}: it is one of "
                + $"{string.Join(", ", known.Consortium.OwnOrganizations().Select(o => o.MspId))}.");
        return (new InstitutionBackup(known, engine), organization, file);
    }
}
