using System.Diagnostics;
using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Takes an institution into a running channel the way institutions do that share no keys: its request (certificates
/// only), every member's signature on the change, and then its peer, contract and gateway. Each step that was done
/// before is passed over.
/// </summary>
internal sealed class InstitutionAddition(NetworkState known, IFabricEngine engine)
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly NativeFiles _files = new(known.State);

    public async Task<int> RunAsync(NewcomerFile newcomer, CancellationToken cancellation)
    {
        long begin = Stopwatch.GetTimestamp();
        string mspId = newcomer.Organization.MspId;
        string directory = Path.Combine(known.State, "requests", mspId);
        var planned = Plan(newcomer, Path.Combine(directory, "consortium.json"));
        var organization = planned.Organizations.Single(o => o.MspId == mspId);

        await new FabricAuthorities(known.State).EnsureKeysAsync(planned, organization, engine, cancellation);
        var members = known.Consortium with
        {
            Organizations = [.. known.Consortium.Organizations.Where(o => o.MspId != mspId)],
        };
        var binaries = FabricBinaries.Find(_files.Binaries);
        var update = new ChannelUpdate(binaries, _files, members, directory);
        var described = engine.SeenByNodes(planned).Organizations.Single(o => o.MspId == mspId);
        await AdmitAsync(update, members, described, directory, cancellation);

        string genesis = Path.Combine(directory, "genesis.pb");
        await engine.StartPeerAsync(planned, organization, cancellation);
        Console.WriteLine($"4. The peer of {mspId} runs and fetches the channel's first block from an orderer.");
        await update.RunPeerAsync(
            organization, ["channel", "fetch", "0", genesis, "-c", planned.Channel], cancellation);
        await engine.JoinPeerAsync(planned, organization, genesis, cancellation);

        Console.WriteLine($"5. {mspId} installs the contract and approves the definition that the channel has.");
        var dialled = engine.SeenByCommands(planned);
        var deployment = new ChaincodeDeployment(binaries, _files, dialled);
        foreach (var chaincode in dialled.Chaincodes.Where(chaincode => chaincode.Servers.ContainsKey(mspId)))
        {
            var package = await deployment.InstallAsync(organization, chaincode, cancellation);
            var deployed = DeployedChaincode.ReadAll(_files.Deployment)[chaincode.Name];
            await deployment.ApproveAsync(organization, chaincode, package, deployed.Sequence, cancellation);
        }

        var network = Up.Describe(planned, engine.Name, known.State, known.Network);
        (known with { Consortium = planned, Network = network }).Write();
        await engine.StartInstitutionAsync(planned, network, organization, cancellation);
        Console.WriteLine("6. Its contract and its gateway run; every institution is asked through every other.");
        await NetworkProbe.WaitAsync(network, ReachTimeout, cancellation);
        var entry = network.Institutions.Single(institution => institution.MspId == mspId);
        await RegisterAsync(organization, entry, network.Institutions, cancellation);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        Console.WriteLine($"{organization.Name} is a member after {seconds:F1} s: {entry.GatewayUrl}");
        Console.WriteLine("Its endorsement counts from scripts/upgrade.sh --policy on, which names it.");
        return 0;
    }

    /// <summary>The newcomer says who it is, the members confirm it, and all records' policies name it.</summary>
    private static async Task RegisterAsync(
        OrganizationSettings organization, InstitutionEntry entry, IReadOnlyList<InstitutionEntry> all,
        CancellationToken cancellation)
    {
        if (InstitutionRecord.Of(entry) is not { } record)
        {
            Console.WriteLine($"7. {organization.MspId} says who it is by PUT /v1/institution; its description has no "
                + "country, so that nothing is said for it here.");
            return;
        }

        var consortium = await GatewayCalls.FindAsync(all[0], "/v1/consortium", cancellation);
        string[] members = [.. consortium!["members"]!.AsArray().Select(member => (string)member!)];
        if (!members.Contains(entry.MspId)
            || await GatewayCalls.FindAsync(all[0], $"/v1/institutions/{entry.MspId}", cancellation) is null)
        {
            await Departure.ReverseAsync(
                entry.MspId, [.. all.Where(other => other.MspId != entry.MspId)], cancellation);
            await GatewayCalls.SendAsync(
                entry, HttpMethod.Put, "/v1/institution", record, cancellation);
        }

        await Confirmation.RunAsync([entry], all, cancellation);
        await RecordPolicies.WaitAsync(all, [.. members.Append(entry.MspId).Distinct()], cancellation);
        Console.WriteLine($"7. {organization.MspId} has said who it is, the members have confirmed it, and every "
            + "record's policy names it.");
    }

    /// <summary>The newcomer asks, the members sign, the channel changes; unless it has done so already.</summary>
    private async Task AdmitAsync(
        ChannelUpdate update, Consortium members, OrganizationSettings newcomer, string directory,
        CancellationToken cancellation)
    {
        var group = await new OrganizationDescription(FabricBinaries.Find(_files.Binaries), _files, directory)
            .DescribeAsync(newcomer, cancellation);
        string request = Path.Combine(directory, "request.json");
        await File.WriteAllTextAsync(request, group.ToJsonString(Indented), cancellation);
        Console.WriteLine($"1. {newcomer.MspId} asks to join: {request} holds its certificates, and no key.");

        var before = await update.FetchAsync(cancellation);
        var after = before.DeepClone().AsObject();
        var application = after["channel_group"]!["groups"]!["Application"]!["groups"]!.AsObject();
        if (application.ContainsKey(newcomer.MspId))
        {
            Console.WriteLine("2. and 3. It is in the channel's configuration already.");
            return;
        }

        application[newcomer.MspId] = group;
        await update.WriteAsync(before, after, cancellation);
        foreach (var member in members.OwnOrganizations())
        {
            await update.SignAsync(member, cancellation);
            Console.WriteLine($"2. {member.MspId} has signed {update.EnvelopeFile}.");
        }

        await update.SubmitAsync(members.OwnOrganizations().First(), cancellation);
        Console.WriteLine($"3. The channel {members.Channel} has taken {newcomer.MspId} in.");
    }

    /// <summary>The consortium with the newcomer; written down, so that a second try finds the same ports.</summary>
    private Consortium Plan(NewcomerFile newcomer, string planFile)
    {
        string mspId = newcomer.Organization.MspId;
        if (known.Consortium.Organizations.Any(organization => organization.MspId == mspId))
        {
            return known.Consortium;
        }

        var ports = new Ports(replace: false);
        if (File.Exists(planFile))
        {
            var begun = ConsortiumFile.Read(planFile);
            var server = begun.Chaincodes.Single(chaincode => chaincode.Name == Up.ChaincodeName).Servers[mspId];
            return With(begun.Organizations.Single(organization => organization.MspId == mspId), server);
        }

        var settled = newcomer.Organization with
        {
            Peer = ports.Settle(newcomer.Organization.Peer, "the newcomer's peer"),
            Gateway = ports.Settle(Ports.GatewayOf(newcomer.Organization), "the newcomer's gateway"),
        };
        string chaincodeServer = ports.Settle(newcomer.ChaincodeServer, "the newcomer's chaincode server");
        ports.ThrowIfTaken();
        var planned = With(settled, chaincodeServer);
        ConsortiumFile.Validate(planned);
        Directory.CreateDirectory(Path.GetDirectoryName(planFile)!);
        NetworkState.WriteConsortium(planFile, planned);
        NativePorts.AddNewcomer(_files, settled);
        return planned;
    }

    private Consortium With(OrganizationSettings organization, string server) => known.Consortium with
    {
        Organizations = [.. known.Consortium.Organizations, organization],
        Chaincodes = [.. known.Consortium.Chaincodes.Select(chaincode => chaincode.Name != Up.ChaincodeName
            ? chaincode
            : chaincode with
            {
                Servers = new Dictionary<string, string>(chaincode.Servers) { [organization.MspId] = server },
            })],
    };
}
