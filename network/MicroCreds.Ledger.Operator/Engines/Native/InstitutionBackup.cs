using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// A cold copy of an institution's peer and gateway: both stop, their directories are packed, both start again. Not a
/// snapshot of Fabric's, because a peer that begins with one has no earlier blocks, and gateways read all of them.
/// </summary>
internal sealed class InstitutionBackup(NetworkState known, IFabricEngine engine)
{
    private static readonly string[] KeyFolders = ["msp", "peers", "users", "chaincode"];

    private readonly NativeFiles _files = new(known.State);

    /// <summary>Writes the backup; what runs is stopped only while its files are packed.</summary>
    public async Task BackUpAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string[] stopped = await StopAsync(organization, cancellation);
        var data = engine.DataOf(organization);
        try
        {
            await PackAsync(organization, await data.OpenAsync(cancellation), file, cancellation);
        }
        finally
        {
            data.Close();
            await StartAsync(organization, stopped, cancellation);
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine(
            $"{organization.MspId}: peer, gateway and keys are in {file} "
            + $"({new FileInfo(file).Length / 1024.0 / 1024.0:F1} MiB), after {seconds:F1} s.");
        Console.WriteLine("It holds private keys and documents: keep it where only their owner can read it.");
    }

    /// <summary>
    /// Puts a backup in the place of what there is, which is kept beside it; returns once the peer has caught up with
    /// the others. Keys that are there stay: they may have been renewed since.
    /// </summary>
    public async Task RestoreAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        string unpacked = Path.Combine(known.State, $"restoring-{organization.MspId}");
        await UnpackAsync(organization, file, unpacked, cancellation);
        await StopAsync(organization, cancellation);
        foreach (string part in Keys(organization))
        {
            string source = Path.Combine(unpacked, part);
            string target = Path.Combine(known.State, part);
            if (Directory.Exists(source) && !Directory.Exists(target))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                Directory.Move(source, target);
            }
        }

        await engine.DataOf(organization).ReplaceAsync(unpacked, cancellation);
        Directory.Delete(unpacked, recursive: true);
        await StartAsync(organization, [InstitutionParts.Peer(organization)], cancellation);
        await EnsureContractAsync(organization, cancellation);
        await StartAsync(organization, [InstitutionParts.Gateway(organization)], cancellation);
        ulong height = await WaitUntilCaughtUpAsync(organization, cancellation);
        Console.WriteLine($"{organization.MspId} is restored: its peer has caught up, {height} blocks.");
    }

    /// <summary>The ledger and the store, below where <see cref="IInstitutionData"/> opens them.</summary>
    private static string[] Data(OrganizationSettings organization) =>
        [InstitutionParts.PeerData(organization), InstitutionParts.GatewayData(organization)];

    /// <summary>The keys, below the state directory; those of the authorities are not among them.</summary>
    private static IEnumerable<string> Keys(OrganizationSettings organization) => KeyFolders.Select(folder =>
        Path.Combine("organizations", "peerOrganizations", organization.Domain, folder));

    private async Task PackAsync(
        OrganizationSettings organization, string data, string file, CancellationToken cancellation)
    {
        await using (var stream = SecretFile.Create(file + ".new"))
        await using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
        {
            await AddAsync(tar, data, Data(organization), cancellation);
            await AddAsync(tar, known.State, Keys(organization), cancellation);
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    private static async Task AddAsync(
        TarWriter tar, string root, IEnumerable<string> parts, CancellationToken cancellation)
    {
        foreach (string directory in parts.Select(part => Path.Combine(root, part)).Where(Directory.Exists))
        {
            foreach (string entry in Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal))
            {
                string name = Path.GetRelativePath(root, entry).Replace('\\', '/');
                await tar.WriteEntryAsync(entry, name, cancellation);
            }
        }
    }

    private static async Task UnpackAsync(
        OrganizationSettings organization, string file, string directory, CancellationToken cancellation)
    {
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        Directory.CreateDirectory(directory);
        try
        {
            await using var stream = File.OpenRead(file);
            await using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(gzip, directory, overwriteFiles: false, cancellation);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            Directory.Delete(directory, recursive: true);
            throw new OperatorException(
                $"{file} is no backup that can be read: {exception.Message} Nothing was changed.");
        }

        if (!Directory.Exists(Path.Combine(directory, InstitutionParts.PeerData(organization))))
        {
            Directory.Delete(directory, recursive: true);
            throw new OperatorException(
                $"{file} is no backup of the peer of {organization.MspId}: give the one that scripts/backup.sh wrote "
                + "for it. Nothing was changed.");
        }
    }

    private async Task<string[]> StopAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        string[] names = [InstitutionParts.Gateway(organization), InstitutionParts.Peer(organization)];
        var running = await engine.ListRunningAsync(cancellation);
        string[] stopped = [.. names.Where(running.Contains)];
        await engine.StopPartsAsync(stopped, cancellation);
        return stopped;
    }

    private async Task StartAsync(
        OrganizationSettings organization, string[] names, CancellationToken cancellation)
    {
        if (names.Contains(InstitutionParts.Peer(organization)))
        {
            await engine.StartPeerAsync(known.Consortium, organization, cancellation);
        }

        if (names.Contains(InstitutionParts.Gateway(organization)))
        {
            await engine.StartInstitutionAsync(known.Consortium, known.Network, organization, cancellation);
        }
    }

    /// <summary>
    /// Installs and approves what the channel has now: an upgrade or a renewal since the backup left both with the peer
    /// alone, and no other peer can give them back.
    /// </summary>
    private async Task EnsureContractAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        await WaitUntilCaughtUpAsync(organization, cancellation);
        var binaries = FabricBinaries.Find(_files.Binaries);
        var dialled = engine.SeenByCommands(known.Consortium);
        var deployment = new ChaincodeDeployment(binaries, _files, dialled);
        var deployed = DeployedChaincode.ReadAll(_files.Deployment);
        foreach (var chaincode in dialled.Chaincodes.Where(c => c.Servers.ContainsKey(organization.MspId)))
        {
            var package = await deployment.InstallAsync(organization, chaincode, cancellation);
            await deployment.ApproveAsync(
                organization, chaincode, package, deployed[chaincode.Name].Sequence, cancellation);
        }
    }

    private async Task<ulong> WaitUntilCaughtUpAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        var orderers = await engine.ReadOrdererHeightsAsync(known.Consortium, cancellation);
        ulong goal = orderers.Max(orderer => orderer.Height) ?? throw new OperatorException(
            $"{organization.MspId} is restored, but no orderer answers: scripts/up.sh starts them.");
        var entry = known.Network.Institutions.Single(institution => institution.MspId == organization.MspId);
        using var connection = new InstitutionConnection(known.Network, entry);
        ulong height = 0;
        await engine.WaitAsync(
            InstitutionParts.Peer(organization),
            async () => (height = await connection.Network.GetNewestBlockNumberAsync(cancellation) + 1) >= goal,
            cancellation);
        return height;
    }
}
