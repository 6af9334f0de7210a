using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Takes the contract to its next version while clients go on: the new servers come up beside the old ones, every
/// institution installs and approves, the channel commits, and only then the old servers go. The data stays.
/// </summary>
internal sealed class ChaincodeUpgrade(NetworkState known, IFabricEngine engine)
{
    /// <summary>Where an upgrade that was begun is written down, so that a second try goes on with it.</summary>
    private const string PlanName = "consortium.next.json";

    private const string NextEnding = ".next";

    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(60);

    private string PlanFile => Path.Combine(known.State, PlanName);

    /// <summary>Whether the servers are containers: those keep their addresses, and change after the commit.</summary>
    private bool InContainers => engine.StartsInstitutions;

    /// <param name="version">The contract's next version.</param>
    /// <param name="policy">Its endorsement policy from then on, or null to keep the one it has.</param>
    /// <param name="cancellation">Ends the waiting; what was begun is finished by the next call.</param>
    public async Task<int> RunAsync(string version, string? policy, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        var files = new NativeFiles(known.State);
        var binaries = FabricBinaries.Find(files.Binaries);
        var current = ContractOf(known.Consortium);
        await RetireCommittedAsync();
        var deployed = await ReadDeployedAsync(binaries, files, cancellation);
        if (deployed.Version != current.Version && deployed.Version != version)
        {
            throw new OperatorException(
                $"The channel has {current.Name} {deployed.Version} by an upgrade that was not finished: finish it "
                + $"first, scripts/upgrade.sh --version {deployed.Version}. Nothing was changed.");
        }

        if (current.Version == version && deployed.Version == version
            && (policy is null || policy == current.EndorsementPolicy))
        {
            Console.WriteLine($"The channel has {current.Name} {version} already, sequence {deployed.Sequence}.");
            await ForgetBegunAsync();
            return 0;
        }

        bool newVersion = version != current.Version;
        bool newServers = newVersion && !InContainers;
        if (!newServers)
        {
            await RequireServersAsync(files, known.Consortium, cancellation);
        }

        var planned = await PlanAsync(version, policy);
        var dialled = engine.SeenByCommands(planned);
        var contract = ContractOf(dialled);
        if (newServers)
        {
            await StartServersAsync(files, planned, contract, cancellation);
        }

        // After a try that committed and then died, the channel is ahead of what was written down.
        int sequence = newVersion && deployed.Version == version ? deployed.Sequence : deployed.Sequence + 1;
        Console.WriteLine($"Every institution approves {contract.Name} {version}, sequence {sequence}.");
        await new ChaincodeDeployment(binaries, files, dialled).DefineAsync(contract, sequence, cancellation);
        Console.WriteLine($"Committed; {contract.EndorsementPolicy} rules from now on.");
        (known with { Consortium = planned }).Write();
        if (InContainers && newVersion)
        {
            Console.WriteLine("The contract's containers are made anew; until they answer, clients are told to wait.");
            await engine.StartAsync(planned, CancellationToken.None); // Else some would be down, and none made anew.
        }

        await NetworkProbe.WaitAsync(known.Network, ServerTimeout, cancellation);
        if (newServers)
        {
            await RetireServersAsync(planned);
        }

        File.Delete(PlanFile);
        Console.WriteLine($"Upgraded in {Stopwatch.GetElapsedTime(begin).TotalSeconds:F1} s; no record was touched.");
        return 0;
    }

    /// <summary>An upgrade that was begun and not finished, with the mend; null if there is none.</summary>
    public static Finding? FindBegun(NetworkState known)
    {
        string file = Path.Combine(known.State, PlanName);
        if (!File.Exists(file))
        {
            return null;
        }

        var begun = ContractOf(ConsortiumFile.Read(file));
        if (IsCommitted(begun, known))
        {
            return new Finding(
                $"Upgrade of {begun.Name}",
                $"one to {begun.Version} was committed, and its servers have not taken the place of the old ones.",
                $"scripts/upgrade.sh --version {begun.Version} finishes it.");
        }

        return new Finding(
            $"Upgrade of {begun.Name}",
            $"one to {begun.Version} with the policy {begun.EndorsementPolicy} was begun and is not finished.",
            $"scripts/upgrade.sh --version {begun.Version} --policy \"{begun.EndorsementPolicy}\" finishes it; one to "
            + $"the version from before ({ContractOf(known.Consortium).Version}), as long as nothing is committed, or "
            + "to another one, drops it.");
    }

    /// <summary>Whether all that is left of an upgrade to do is to retire the servers from before.</summary>
    private static bool IsCommitted(ChaincodeSettings begun, NetworkState known)
    {
        var current = ContractOf(known.Consortium);
        return begun.Version == current.Version && begun.EndorsementPolicy == current.EndorsementPolicy
            && begun.Servers.ToHashSet().SetEquals(current.Servers);
    }

    /// <summary>Finishes an upgrade that was committed and then died: its servers are those that peers reach.</summary>
    private async Task RetireCommittedAsync()
    {
        if (File.Exists(PlanFile) && IsCommitted(ContractOf(ConsortiumFile.Read(PlanFile)), known))
        {
            await RetireServersAsync(known.Consortium);
            File.Delete(PlanFile);
        }
    }

    /// <summary>What the channel has, as it says itself: a try may have died before it was written down.</summary>
    private async Task<DeployedChaincode> ReadDeployedAsync(
        FabricBinaries binaries, NativeFiles files, CancellationToken cancellation)
    {
        var all = DeployedChaincode.ReadAll(files.Deployment);
        var deployed = all.GetValueOrDefault(Up.ChaincodeName)
            ?? throw new OperatorException("The contract was never deployed: scripts/up.sh does that first.");
        var deployment = new ChaincodeDeployment(binaries, files, known.Consortium);
        if (await deployment.FindCommittedAsync(Up.ChaincodeName, cancellation) is { } committed
            && committed != deployed)
        {
            all[Up.ChaincodeName] = deployed = committed;
            DeployedChaincode.WriteAll(files.Deployment, all);
        }

        return deployed;
    }

    private static ChaincodeSettings ContractOf(Consortium consortium) =>
        consortium.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName);

    /// <summary>The consortium as it will be: new servers have addresses of their own beside the old ones.</summary>
    private async Task<Consortium> PlanAsync(string version, string? asked)
    {
        string policy = asked ?? ContractOf(known.Consortium).EndorsementPolicy;
        if (File.Exists(PlanFile))
        {
            var begun = ConsortiumFile.Read(PlanFile);
            if (ContractOf(begun).Version == version
                && (asked is null || ContractOf(begun).EndorsementPolicy == policy))
            {
                return begun;
            }
        }

        var planned = Describe(version, policy);
        await ForgetBegunAsync();
        NetworkState.WriteConsortium(PlanFile, planned);
        return planned;
    }

    /// <summary>Stops what an upgrade that is not gone on with had started.</summary>
    private async Task ForgetBegunAsync()
    {
        await Task.WhenAll(Daemon.All(known.State).Where(daemon =>
            daemon.Name.EndsWith(NextEnding, StringComparison.Ordinal)).Select(daemon => daemon.StopAsync()));
        File.Delete(PlanFile);
    }

    private Consortium Describe(string version, string policy)
    {
        var ports = new Ports(replace: true);
        var contract = ContractOf(known.Consortium);
        var next = contract with
        {
            Version = version,
            EndorsementPolicy = policy,
            Servers = InContainers || version == contract.Version ? contract.Servers : contract.Servers.ToDictionary(
                server => server.Key, server => ports.Settle(server.Value, $"the new server of {server.Key}")),
        };
        var planned = known.Consortium with
        {
            Chaincodes = [.. known.Consortium.Chaincodes.Select(chaincode =>
                chaincode.Name == next.Name ? next : chaincode)],
        };
        ConsortiumFile.Validate(planned);
        return planned;
    }

    /// <summary>
    /// Looks whether peers reach the servers by what they have of them: a definition of a contract that nobody reaches
    /// would be committed all the same, and nobody could take it back.
    /// </summary>
    private async Task RequireServersAsync(NativeFiles files, Consortium consortium, CancellationToken cancellation)
    {
        string[] running = InContainers ? [.. await engine.ListRunningAsync(cancellation)] : [];
        var contract = ContractOf(consortium);
        var unreached = new List<string>();
        foreach (var organization in consortium.OwnOrganizations().Where(o => contract.Servers.ContainsKey(o.MspId)))
        {
            string part = InstitutionParts.Chaincode(organization);
            string address = new DeployedPackage(files, contract, organization).Address
                ?? contract.Servers[organization.MspId];
            if (InContainers ? !running.Contains(part) : !await Ports.AreListeningAsync([address], cancellation))
            {
                unreached.Add($"  {part} at {address}");
            }
        }

        if (unreached.Count > 0)
        {
            throw new OperatorException(
                $"Peers do not reach these servers of the contract:\n{string.Join('\n', unreached)}\nNothing was "
                + "changed. scripts/up.sh starts them; if what listens there is of another version, give another "
                + "--version, which starts servers of its own.");
        }
    }

    private async Task StartServersAsync(
        NativeFiles files, Consortium planned, ChaincodeSettings contract, CancellationToken cancellation)
    {
        Console.WriteLine($"Starting the servers of version {contract.Version} beside those that serve.");
        await Task.WhenAll(planned.OwnOrganizations().Select(async organization =>
        {
            var server = Next(organization);
            if (new DeployedPackage(files, contract, organization).EnsureUpToDate())
            {
                await server.StopAsync(); // Of a try before, it would make itself known by another id.
            }

            server.EnsureStarted(
                ["dotnet", Programs.Contract],
                ProcessEnvironment.ForChaincode(known.State, engine, planned, organization));
            await server.WaitUntilListeningAsync(
                [contract.Servers[organization.MspId]], ServerTimeout, cancellation);
        }));
    }

    private async Task RetireServersAsync(Consortium planned)
    {
        var started = planned.OwnOrganizations().Where(organization => Next(organization).IsRunning);
        await Task.WhenAll(started.Select(async organization =>
        {
            var old = new Daemon(known.State, InstitutionParts.Chaincode(organization));
            await old.StopAsync();
            Next(organization).TakeOver(old);
        }));
        Console.WriteLine("The old servers are stopped.");
    }

    private Daemon Next(OrganizationSettings organization) =>
        new(known.State, InstitutionParts.Chaincode(organization) + NextEnding);
}
