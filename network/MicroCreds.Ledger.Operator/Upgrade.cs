using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Takes the contract of a running network to its next version, or to another endorsement policy.</summary>
internal static class Upgrade
{
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("upgrade", args, "--version", "--policy");
        if (options.TryGetValue("--version", out string? asked) && !ConsortiumFile.IsVersion(asked))
        {
            throw new OperatorException($"--version is \"{asked}\": it must be {ConsortiumFile.VersionForm}.");
        }

        var known = NetworkState.Open(options["--state"]);
        if (known.Engine is not IFabricEngine engine)
        {
            throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" has no definitions to upgrade: stop it with scripts/down.sh, "
                + $"change version or policy in {Path.Combine(known.State, Up.SettledFile)}, and start it again.");
        }

        string version = asked
            ?? known.Consortium.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName).Version;
        return await new ChaincodeUpgrade(known, engine).RunAsync(
            version, options.GetValueOrDefault("--policy"), cancellation);
    }
}
