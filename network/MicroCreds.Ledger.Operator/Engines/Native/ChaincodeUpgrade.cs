using System.Diagnostics;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Takes the contract to its next version while clients go on: the new servers come up beside the old ones, every
/// institution installs and approves, the channel commits, and only then the old servers go. The data stays.
/// </summary>
internal sealed class ChaincodeUpgrade(NetworkState known, IFabricEngine engine)
{
    private static readonly TimeSpan ServerTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Where an upgrade that was begun is written down, so that a second try goes on with it.</summary>
    private string PlanFile => Path.Combine(known.State, "consortium.next.json");

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
        var deployed = DeployedChaincode.ReadAll(files.Deployment).GetValueOrDefault(Up.ChaincodeName)
            ?? throw new OperatorException("The contract was never deployed: scripts/up.sh does that first.");
        var current = ContractOf(known.Consortium);
        if (current.Version == version && (policy is null || policy == current.EndorsementPolicy))
        {
            Console.WriteLine($"The channel has {current.Name} {version} already, sequence {deployed.Sequence}.");
            return 0;
        }

        var planned = Plan(version, policy ?? current.EndorsementPolicy);
        var dialled = engine.SeenByCommands(planned);
        var contract = ContractOf(dialled);
        bool newVersion = version != current.Version;
        bool newServers = newVersion && !InContainers;
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

    private static ChaincodeSettings ContractOf(Consortium consortium) =>
        consortium.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName);

    /// <summary>The consortium as it will be: new servers have addresses of their own beside the old ones.</summary>
    private Consortium Plan(string version, string policy)
    {
        if (File.Exists(PlanFile))
        {
            var begun = ConsortiumFile.Read(PlanFile);
            if (ContractOf(begun).Version == version && ContractOf(begun).EndorsementPolicy == policy)
            {
                return begun;
            }
        }

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
        NetworkState.WriteConsortium(PlanFile, planned);
        return planned;
    }

    private async Task StartServersAsync(
        NativeFiles files, Consortium planned, ChaincodeSettings contract, CancellationToken cancellation)
    {
        Console.WriteLine($"Starting the servers of version {contract.Version} beside those that serve.");
        await Task.WhenAll(planned.OwnOrganizations().Select(async organization =>
        {
            new DeployedPackage(files, contract, organization).Ensure();
            var server = Next(organization);
            server.EnsureStarted(
                ["dotnet", Programs.Contract],
                ProcessEnvironment.ForChaincode(known.State, engine, planned, organization));
            await server.WaitUntilListeningAsync(
                [contract.Servers[organization.MspId]], ServerTimeout, cancellation);
        }));
    }

    private async Task RetireServersAsync(Consortium planned)
    {
        await Task.WhenAll(planned.OwnOrganizations().Select(async organization =>
        {
            var old = new Daemon(known.State, $"chaincode-{organization.MspId}");
            await old.StopAsync();
            Next(organization).TakeOver(old);
        }));
        Console.WriteLine("The old servers are stopped.");
    }

    private Daemon Next(OrganizationSettings organization) =>
        new(known.State, $"chaincode-{organization.MspId}.next");
}
