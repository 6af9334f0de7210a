using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// A cold copy of an institution's peer and gateway: both stop, their directories are packed, both start again. Not a
/// snapshot of Fabric's, because a peer that begins with one has no earlier blocks, and gateways read all of them.
/// </summary>
/// <param name="known">The network.</param>
/// <param name="engine">What runs it.</param>
/// <param name="fabric">The version of Fabric here. Default is null: what the binaries say.</param>
internal sealed class InstitutionBackup(NetworkState known, IFabricEngine engine, Version? fabric = null)
{
    private readonly NativeFiles _files = new(known.State);

    /// <summary>
    /// How long a restored peer may get no further block. Default is <see cref="CatchingUp.DefaultPatience"/>.
    /// </summary>
    public TimeSpan Patience { get; init; } = CatchingUp.DefaultPatience;

    private Version Fabric => fabric ?? FabricBinaries.Find(_files.Binaries).Version;

    /// <summary>Writes the backup; what runs is stopped only while its files are packed.</summary>
    public async Task BackUpAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        var version = Fabric;
        var archive = new BackupArchive(known.State, known.Consortium, organization);
        archive.RequireOutside(file);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string[] running = await FindRunningAsync(organization, cancellation);
        var data = engine.DataOf(organization);
        try
        {
            new StoppedParts(known.State, organization).Write(running);
            await engine.StopPartsAsync(running, cancellation);
            await archive.PackAsync(await data.OpenAsync(cancellation), version, file, cancellation);
        }
        finally
        {
            data.Close();
            await StartAgainAsync(organization, running);
        }

        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine(
            $"{organization.MspId}: peer, gateway and keys are in {file} "
            + $"({new FileInfo(file).Length / 1024.0 / 1024.0:F1} MiB), after {seconds:F1} s.");
        Console.WriteLine("It holds private keys and documents: keep it where only their owner can read it.");
    }

    /// <summary>
    /// Puts a backup in the place of what there is, which is kept beside it; returns once the peer has caught up with
    /// the others. Keys that are there stay: they may have been renewed since. After a try that ended before that, the
    /// next one goes on with the copy that is in place.
    /// </summary>
    public async Task RestoreAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        string digest = await RestoredCopy.DigestAsync(file, cancellation);
        var copy = new RestoredCopy(known.State, organization);
        if (copy.IsOf(digest) && HasLedger(organization))
        {
            Console.WriteLine(
                $"{file} is in its place since the last try: going on from there. To begin anew, remove {copy.Note}.");
        }
        else
        {
            await ReplaceAsync(organization, file, cancellation);
            copy.Write(digest);
            new StoppedParts(known.State, organization).Forget();
        }

        await engine.StartPeerAsync(known.Consortium, organization, cancellation);

        // Before the gateway: on a peer that is behind it would hand out places that were handed out since.
        var catchingUp = new CatchingUp(engine, known.Consortium) { Patience = Patience };
        await catchingUp.WaitAsync(organization, cancellation);
        string[] lost = await EnsureContractAsync(organization, cancellation);

        // Once the gateway writes into the copy, the next restore is another one.
        copy.Forget();
        await engine.StartInstitutionAsync(known.Consortium, known.Network, organization, cancellation);
        ulong height = await catchingUp.WaitAsync(organization, cancellation);
        Console.WriteLine($"{organization.MspId} is restored: its peer has caught up, {height} blocks.");
        foreach (string chaincode in lost)
        {
            Console.WriteLine(
                $"What {organization.MspId} approved of {chaincode} last is newer than the backup. Fabric takes that "
                + "approval no second time, and needs it no more: its hash is on the ledger, the package on the peer.");
        }

        await TellShortcomingsAsync(organization, cancellation);
    }

    /// <summary>
    /// Says whether the peer endorses, and what the gateway finds: how many of its issuances are on the ledger and not
    /// in the copy.
    /// </summary>
    private async Task TellShortcomingsAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        var entry = known.Network.Institutions.Single(institution => institution.MspId == organization.MspId);
        var contract = known.Consortium.Chaincodes.SingleOrDefault(one => one.Name == Up.ChaincodeName);
        if (contract is not null
            && await PeerEndorsement.FindFaultAsync(known.Network, entry, contract, cancellation) is { } fault)
        {
            Console.WriteLine(fault);
        }

        var said = await GatewayReadiness.AskOnceSettledAsync(entry, cancellation);
        foreach (string one in said.Faults.Concat(said.Reservations))
        {
            Console.WriteLine($"Its gateway: {one}");
        }
    }

    /// <summary>Whether what was put in place is there still; what lies in volumes is taken to be.</summary>
    private bool HasLedger(OrganizationSettings organization) => engine.StartsInstitutions
        || Directory.Exists(_files.PeerChannel(organization, known.Consortium.Channel));

    private async Task ReplaceAsync(OrganizationSettings organization, string file, CancellationToken cancellation)
    {
        var archive = new BackupArchive(known.State, known.Consortium, organization);
        await archive.UnpackAsync(file, Fabric, cancellation);
        string[] running = await FindRunningAsync(organization, cancellation);
        try
        {
            new StoppedParts(known.State, organization).Write(running);
            await engine.StopPartsAsync(running, cancellation);
            await engine.DataOf(organization).ReplaceAsync(archive.Unpacked, cancellation);
        }
        catch
        {
            await StartAgainAsync(organization, running);
            throw;
        }

        foreach (string part in archive.Keys)
        {
            string source = Path.Combine(archive.Unpacked, part);
            string target = Path.Combine(known.State, part);
            if (Directory.Exists(source) && !Directory.Exists(target))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                Directory.Move(source, target);
            }
        }

        archive.Forget();
    }

    /// <summary>What runs, and what a command stopped that was killed before it could start it again.</summary>
    private async Task<string[]> FindRunningAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        string[] names = [InstitutionParts.Gateway(organization), InstitutionParts.Peer(organization)];
        string[] running =
        [
            .. await engine.ListRunningAsync(cancellation), .. new StoppedParts(known.State, organization).Read(),
        ];
        return [.. names.Where(running.Contains)];
    }

    /// <summary>Starts what ran before, also for who has been told to end: nothing stays down for that.</summary>
    private async Task StartAgainAsync(OrganizationSettings organization, string[] names)
    {
        if (names.Contains(InstitutionParts.Peer(organization)))
        {
            await engine.StartPeerAsync(known.Consortium, organization, CancellationToken.None);
        }

        if (names.Contains(InstitutionParts.Gateway(organization)))
        {
            await engine.StartInstitutionAsync(known.Consortium, known.Network, organization, CancellationToken.None);
        }

        new StoppedParts(known.State, organization).Forget();
    }

    /// <summary>
    /// Installs and approves what the channel has now: an upgrade or a renewal since the backup left both with the peer
    /// alone, and no other peer can give them back.
    /// </summary>
    /// <returns>The chaincodes whose approval the peer has lost for good.</returns>
    private async Task<string[]> EnsureContractAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        var lost = new List<string>();
        var dialled = engine.SeenByCommands(known.Consortium);
        var deployed = DeployedChaincode.ReadAll(_files.Deployment);
        foreach (var chaincode in dialled.Chaincodes.Where(c => c.Servers.ContainsKey(organization.MspId)))
        {
            var deployment = new ChaincodeDeployment(FabricBinaries.Find(_files.Binaries), _files, dialled);
            var package = await deployment.InstallAsync(organization, chaincode, cancellation);
            try
            {
                await deployment.ApproveAsync(
                    organization, chaincode, package, deployed[chaincode.Name].Sequence, cancellation);
            }
            catch (ApprovalLostException)
            {
                lost.Add(chaincode.Name);
            }
        }

        return [.. lost];
    }
}
