using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// A cold copy of an institution's peer and gateway: both stop, their directories are packed, both start again. Not a
/// snapshot of Fabric's, because a peer that begins with one has no earlier blocks, and gateways read all of them.
/// </summary>
internal sealed class InstitutionBackup(NetworkState known, NativeEngine engine)
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private static readonly string[] KeyFolders = ["msp", "peers", "users", "chaincode"];

    private readonly NativeFiles _files = new(known.State);

    /// <summary>Writes the backup; what runs is stopped only while its files are packed.</summary>
    public async Task BackUpAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        if (!Directory.Exists(Data(organization)))
        {
            throw new OperatorException($"{Data(organization)} is missing: there is nothing to back up.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string[] stopped = await StopAsync(organization);
        try
        {
            await PackAsync(organization, file, cancellation);
        }
        finally
        {
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
        await StopAsync(organization);
        foreach (string part in Parts(organization))
        {
            string source = Path.Combine(unpacked, part);
            string target = Path.Combine(known.State, part);
            if (!Directory.Exists(source) || (IsKeys(part) && Directory.Exists(target)))
            {
                continue;
            }

            if (Directory.Exists(target))
            {
                string aside = Aside(target);
                Directory.Move(target, aside);
                Console.WriteLine($"What was in {target} lies in {aside} now; remove it when all is well.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.Move(source, target);
        }

        Directory.Delete(unpacked, recursive: true);
        await StartAsync(organization, [Peer(organization)], cancellation);
        await EnsureContractAsync(organization, cancellation);
        await StartAsync(organization, [Gateway(organization)], cancellation);
        ulong height = await WaitUntilCaughtUpAsync(organization, cancellation);
        Console.WriteLine($"{organization.MspId} is restored: its peer has caught up, {height} blocks.");
    }

    private static string Peer(OrganizationSettings organization) => $"peer-{organization.MspId}";

    private static string Gateway(OrganizationSettings organization) => $"gateway-{organization.MspId}";

    private static bool IsKeys(string part) => part.StartsWith("organizations", StringComparison.Ordinal);

    private static string Aside(string directory)
    {
        int number = 1;
        while (Directory.Exists($"{directory}.before-restore-{number}"))
        {
            number++;
        }

        return $"{directory}.before-restore-{number}";
    }

    private string Data(OrganizationSettings organization) =>
        Path.Combine(_files.PeerSettings(organization), "data");

    /// <summary>What a backup holds, below the state directory. The authorities' keys are not among it.</summary>
    private string[] Parts(OrganizationSettings organization)
    {
        string keys = Path.Combine("organizations", "peerOrganizations", organization.Domain);
        return
        [
            Path.GetRelativePath(known.State, Data(organization)),
            Path.Combine("gateways", organization.MspId),
            .. KeyFolders.Select(folder => Path.Combine(keys, folder)),
        ];
    }

    private async Task PackAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var stream = new FileStream(file + ".new", options))
        await using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        await using (var tar = new TarWriter(gzip))
        {
            foreach (string part in Parts(organization).Where(part =>
                Directory.Exists(Path.Combine(known.State, part))))
            {
                foreach (string entry in Directory.GetFileSystemEntries(
                    Path.Combine(known.State, part), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    string name = Path.GetRelativePath(known.State, entry).Replace('\\', '/');
                    await tar.WriteEntryAsync(entry, name, cancellation);
                }
            }
        }

        File.Move(file + ".new", file, overwrite: true);
    }

    private async Task UnpackAsync(
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

        if (!Directory.Exists(Path.Combine(directory, Parts(organization)[0])))
        {
            Directory.Delete(directory, recursive: true);
            throw new OperatorException(
                $"{file} is no backup of the peer of {organization.MspId}: give the one that scripts/backup.sh wrote "
                + "for it. Nothing was changed.");
        }
    }

    private async Task<string[]> StopAsync(OrganizationSettings organization)
    {
        string[] names = [Gateway(organization), Peer(organization)];
        string[] running = [.. names.Where(name => new Daemon(known.State, name).IsRunning)];
        foreach (string name in running)
        {
            await new Daemon(known.State, name).StopAsync();
        }

        return running;
    }

    private async Task StartAsync(
        OrganizationSettings organization, string[] names, CancellationToken cancellation)
    {
        if (names.Contains(Peer(organization)))
        {
            await engine.StartPeerAsync(known.Consortium, organization, cancellation);
        }

        if (names.Contains(Gateway(organization)))
        {
            await Up.StartInstitutionAsync(
                engine, known.State, known.Consortium, known.Network, organization, cancellation);
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
        var deployment = new ChaincodeDeployment(binaries, _files, known.Consortium);
        var deployed = DeployedChaincode.ReadAll(_files.Deployment);
        foreach (var chaincode in known.Consortium.Chaincodes.Where(c => c.Servers.ContainsKey(organization.MspId)))
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
        await new Daemon(known.State, Peer(organization)).WaitAsync(
            async () => (height = await connection.Network.GetNewestBlockNumberAsync(cancellation) + 1) >= goal,
            ReachTimeout, cancellation);
        return height;
    }
}
