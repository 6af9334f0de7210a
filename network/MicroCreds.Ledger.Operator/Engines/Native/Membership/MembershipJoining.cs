using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>
/// A newcomer's own part, in a state directory that holds nobody else's keys: it asks, and once it was taken in, its
/// peer joins the channel and its contract and gateway start. Each step that was done before is passed over.
/// </summary>
internal sealed class MembershipJoining(string state)
{
    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private readonly NativeFiles _files = new(state);

    /// <summary>The newcomer as it described itself, with the ports that it got.</summary>
    private string SettledFile => Path.Combine(state, "newcomer.json");

    /// <summary>Makes the newcomer's keys and its request.</summary>
    public async Task<MembershipRequest> RequestAsync(NewcomerFile newcomer, CancellationToken cancellation)
    {
        var binaries = FabricBinaries.Find(_files.Binaries);
        var organization = Settle(newcomer).Organization;
        binaries.Remember(_files.Binaries);
        KeyMaterial.EnsurePeerOrganization(
            state, organization, [Up.ChaincodeName], TimeProvider.System.GetUtcNow());
        string directory = Path.Combine(state, "requests", organization.MspId);
        return new MembershipRequest
        {
            Organization = organization,
            Definition = await new OrganizationDescription(binaries, _files, directory)
                .DescribeGroupAsync(organization, cancellation),
        };
    }

    /// <summary>Joins the channel; returns where the gateway answers.</summary>
    public async Task<InstitutionEntry> JoinAsync(MembershipAdmission admission, CancellationToken cancellation)
    {
        var newcomer = File.Exists(SettledFile) ? NewcomerFile.Read(SettledFile) : throw new OperatorException(
            $"{state} holds no newcomer: {MembershipRequest.MadeBy} begins there, and makes its keys.");
        var organization = newcomer.Organization;
        if (admission.MspId != organization.MspId)
        {
            throw new OperatorException(
                $"The members took {admission.MspId} in, but {state} is that of {organization.MspId}.");
        }

        var consortium = ConsortiumOf(admission, newcomer);
        ConsortiumFile.Validate(consortium);
        foreach (var (host, _) in NativePorts.OrderersOf(consortium))
        {
            string tls = Path.Combine(_files.OrdererNode(consortium.Orderer, host), "tls");
            Directory.CreateDirectory(tls);
            await File.WriteAllLinesAsync(
                Path.Combine(tls, "ca.crt"), admission.OrdererTlsAuthorities, cancellation);
        }

        var engine = new NativeEngine(state);
        await JoinPeerAsync(engine, consortium, organization, cancellation);
        var before = DeployedChaincode.ReadAll(_files.Deployment);
        var followed = await FollowAsync(admission, consortium, organization, cancellation);
        bool renewed = consortium.Chaincodes.Any(c => c.Servers.ContainsKey(organization.MspId)
            && before.TryGetValue(c.Name, out var known) && known.Version != c.Version);
        var network = Up.Describe(consortium, engine.Name, state, NetworkFile.TryRead(state));
        NetworkState.WriteConsortium(Path.Combine(state, Up.SettledFile), consortium);
        network.Write(state);
        if (renewed)
        {
            // The server makes itself known by the package's id, which is another one now.
            await new Daemon(state, InstitutionParts.Chaincode(organization)).StopAsync();
        }

        await Up.StartInstitutionAsync(
            engine, state, consortium, network, organization, renewed ? CancellationToken.None : cancellation);
        DeployedChaincode.WriteAll(_files.Deployment, followed);
        await LogKeeper.EnsureStartedAsync(state, megabytes: null, kept: null);
        Console.WriteLine("3. Its contract and its gateway run; its peer asks every member's.");
        await NetworkProbe.WaitAsync(
            network, [.. consortium.Organizations.Select(member => member.MspId)], ReachTimeout, cancellation);
        return network.Institutions.Single();
    }

    private async Task JoinPeerAsync(
        NativeEngine engine, Consortium consortium, OrganizationSettings organization, CancellationToken cancellation)
    {
        await engine.StartPeerAsync(consortium, organization, cancellation);
        Console.WriteLine($"1. The peer of {organization.MspId} fetches the channel's first block from an orderer.");
        var update = new ChannelUpdate(
            FabricBinaries.Find(_files.Binaries), _files, consortium,
            Path.Combine(state, "requests", organization.MspId));
        await update.RunPeerAsync(
            organization, ["channel", "fetch", "0", _files.GenesisBlock, "-c", consortium.Channel], cancellation);
        await engine.JoinPeerAsync(consortium, organization, _files.GenesisBlock, cancellation);
    }

    /// <summary>
    /// Installs and approves what the channel has, the first time and after each later definition; returns that.
    /// </summary>
    private async Task<Dictionary<string, DeployedChaincode>> FollowAsync(
        MembershipAdmission admission, Consortium consortium, OrganizationSettings organization,
        CancellationToken cancellation)
    {
        var deployment = new ChaincodeDeployment(FabricBinaries.Find(_files.Binaries), _files, consortium);
        var deployed = DeployedChaincode.ReadAll(_files.Deployment);
        foreach (var chaincode in consortium.Chaincodes.Where(c => admission.Sequences.ContainsKey(c.Name)))
        {
            bool served = chaincode.Servers.ContainsKey(organization.MspId);
            var package = served ? await deployment.InstallAsync(organization, chaincode, cancellation) : null;
            int sequence = admission.Sequences[chaincode.Name];
            await deployment.ApproveAsync(organization, chaincode, package, sequence, cancellation);
            deployed[chaincode.Name] = new DeployedChaincode(chaincode.Version, sequence);
            Console.WriteLine(
                $"2. {organization.MspId} approved {chaincode.Name} {chaincode.Version}, sequence {sequence}.");
        }

        return deployed;
    }

    private static Consortium ConsortiumOf(MembershipAdmission admission, NewcomerFile newcomer) =>
        admission.Consortium with
        {
            Organizations = [.. admission.Consortium.Organizations, newcomer.Organization],
            Chaincodes = [.. admission.Consortium.Chaincodes.Select(chaincode => chaincode.Name != Up.ChaincodeName
                ? chaincode
                : chaincode with
                {
                    Servers = new Dictionary<string, string>
                    {
                        [newcomer.Organization.MspId] = newcomer.ChaincodeServer,
                    },
                })],
        };

    /// <summary>The newcomer with its ports, as it was settled the first time.</summary>
    private NewcomerFile Settle(NewcomerFile newcomer)
    {
        if (File.Exists(SettledFile))
        {
            var before = NewcomerFile.Read(SettledFile);
            return before.Organization.MspId == newcomer.Organization.MspId
                ? before
                : throw new OperatorException(
                    $"{state} is that of {before.Organization.MspId}: give another --state.");
        }

        var ports = new Ports(replace: false);
        var settled = newcomer with
        {
            Organization = newcomer.Organization with
            {
                Peer = ports.Settle(newcomer.Organization.Peer, "the peer"),
                Gateway = ports.Settle(Ports.GatewayOf(newcomer.Organization), "the gateway"),
            },
            ChaincodeServer = ports.Settle(newcomer.ChaincodeServer, "the chaincode server"),
        };
        ports.ThrowIfTaken();
        var further = new Ports(replace: true);
        NativePorts.NextTo(settled.Organization).Settle(further.Settle).Write(_files.Ports);
        settled.Write(SettledFile);
        return settled;
    }
}
