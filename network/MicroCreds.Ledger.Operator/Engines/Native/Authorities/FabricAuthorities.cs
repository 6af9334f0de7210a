using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>The Fabric CA servers of a network that was made with <c>--ca</c>: one per organisation.</summary>
/// <param name="state">The network's state directory.</param>
internal sealed class FabricAuthorities(string state)
{
    /// <summary>Beside a peer's own port, those for chaincode and metrics, and an orderer's admin.</summary>
    private const int PortOffset = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly string _root = Path.Combine(state, "fabric", "authorities");

    /// <summary>Whether this network's identities come from Fabric CA.</summary>
    public bool AreUsed => File.Exists(PortsFile);

    private string PortsFile => Path.Combine(_root, "ports.json");

    /// <summary>Where the program's directory is remembered.</summary>
    public string ProgramFile => Path.Combine(_root, "program");

    /// <summary>Whether this network's identities are to come from Fabric CA, or do already.</summary>
    public bool AreWanted { get => field || AreUsed; private set; }

    /// <summary>Has this network's identities made by enrolment.</summary>
    /// <exception cref="OperatorException">The network was made without.</exception>
    public void Use(NativeFiles files)
    {
        if (!AreUsed && File.Exists(files.GenesisBlock))
        {
            throw new OperatorException(
                $"{state} holds a network that was made without --ca, and its channel knows its own authorities: "
                + "leave out --ca, forget it with scripts/down.sh --wipe, or give another --state.");
        }

        AreWanted = true;
    }

    /// <summary>Settles the servers' ports.</summary>
    public void Prepare(Consortium consortium, Ports ports)
    {
        var known = ReadPorts();
        var endpoints = MembersOf(consortium).ToDictionary(
            member => member.MspId,
            member => ports.Settle(
                known.GetValueOrDefault(member.MspId) ?? Next(member.Endpoint), $"the authority of {member.MspId}"));
        ports.ThrowIfTaken();
        Directory.CreateDirectory(_root);
        WritePorts(endpoints);
    }

    /// <summary>Makes what a network lacks of its key material, by enrolment where it has authorities.</summary>
    public async Task EnsureKeysAsync(Consortium consortium, IFabricEngine engine, CancellationToken cancellation)
    {
        if (AreUsed)
        {
            Console.WriteLine("Fabric CA: one server per organisation; identities are made by enrolment.");
            await engine.StartAuthoritiesAsync(consortium, [.. ServersOf(consortium)], cancellation);
            await Task.WhenAll(consortium.OwnOrganizations()
                .Select(organization => EnrolMemberAsync(organization, consortium, cancellation))
                .Append(EnrolOrdererAsync(consortium.Orderer, cancellation)));
        }

        KeyMaterial.Ensure(state, consortium, TimeProvider.System.GetUtcNow());
    }

    /// <summary>Makes what a member lacks of its key material, by enrolment where there are authorities.</summary>
    public async Task EnsureKeysAsync(
        Consortium consortium, OrganizationSettings organization, IFabricEngine engine,
        CancellationToken cancellation)
    {
        if (AreUsed)
        {
            AddPort(organization);
            var server = ServerOf(organization.MspId, organization.Domain);
            await engine.StartAuthoritiesAsync(consortium, [server], cancellation);
            await EnrolMemberAsync(organization, consortium, cancellation);
        }

        KeyMaterial.EnsurePeerOrganization(
            state, organization, consortium.Chaincodes.Select(chaincode => chaincode.Name),
            TimeProvider.System.GetUtcNow());
    }

    /// <summary>The servers of a consortium's members and of its orderers.</summary>
    public IEnumerable<FabricCaServer> ServersOf(Consortium consortium) => consortium.OwnOrganizations()
        .Select(organization => ServerOf(organization.MspId, organization.Domain))
        .Append(ServerOf(consortium.Orderer.MspId, consortium.Orderer.Domain));

    private void AddPort(OrganizationSettings newcomer)
    {
        if (!ReadPorts().ContainsKey(newcomer.MspId))
        {
            var ports = new Ports(replace: true);
            WritePorts(new Dictionary<string, string>(ReadPorts())
            {
                [newcomer.MspId] = ports.Settle(Next(newcomer.Peer), "the newcomer's authority"),
            });
        }
    }

    private async Task EnrolMemberAsync(
        OrganizationSettings organization, Consortium consortium, CancellationToken cancellation)
    {
        var server = ServerOf(organization.MspId, organization.Domain);
        using var client = Connect(server);
        var material = MaterialOf(organization, server, client);
        material.WriteRoots();
        await material.EnsureNodeAsync("peers", "peer0", "peer", cancellation);
        await material.EnsureUserAsync("Admin", "admin", EnrolledOrganization.Role("registrar"), cancellation);
        await material.EnsureUserAsync("User1", "client", EnrolledOrganization.Role("issuer"), cancellation);
        foreach (var chaincode in consortium.Chaincodes)
        {
            await material.EnsureChaincodeAsync(chaincode.Name, cancellation);
        }
    }

    /// <summary>A member's server, as it was settled.</summary>
    /// <exception cref="OperatorException">It has none.</exception>
    public FabricCaServer ServerOf(string mspId, string domain) =>
        new(state, mspId, domain, ReadPorts().GetValueOrDefault(mspId) ?? throw new OperatorException(
            $"{mspId} has no Fabric CA here: make the network with scripts/up.sh --ca."));

    public static FabricCaClient Connect(FabricCaServer server) =>
        new(server.MspId, server.Endpoint, server.IdentityRoot);

    public EnrolledOrganization MaterialOf(
        OrganizationSettings organization, FabricCaServer server, FabricCaClient client) => new(
            Path.Combine(state, "organizations", "peerOrganizations", organization.Domain), server, client);

    private async Task EnrolOrdererAsync(OrdererSettings orderer, CancellationToken cancellation)
    {
        var server = ServerOf(orderer.MspId, orderer.Domain);
        using var client = Connect(server);
        string directory = Path.Combine(state, "organizations", "ordererOrganizations", orderer.Domain);
        var material = new EnrolledOrganization(directory, server, client);
        material.WriteRoots();
        foreach (string host in orderer.HostNames())
        {
            await material.EnsureNodeAsync("orderers", host, "orderer", cancellation);
        }

        await material.EnsureUserAsync("Admin", "admin", new Dictionary<string, string>(), cancellation);
    }

    private static IEnumerable<(string MspId, string Endpoint)> MembersOf(Consortium consortium) =>
        consortium.OwnOrganizations().Select(organization => (organization.MspId, organization.Peer))
            .Append((consortium.Orderer.MspId, consortium.Orderer.Endpoint));

    private static string Next(string endpoint)
    {
        var address = System.Net.IPEndPoint.Parse(endpoint);
        return $"{address.Address}:{(address.Port == 0 ? 0 : address.Port + PortOffset)}";
    }

    private Dictionary<string, string> ReadPorts() => AreUsed
        ? StateFile.Read<Dictionary<string, string>>(PortsFile, Json, "without one, wipe the network")
        : [];

    private void WritePorts(Dictionary<string, string> endpoints)
    {
        File.WriteAllBytes(PortsFile + ".new", JsonSerializer.SerializeToUtf8Bytes(endpoints, Json));
        File.Move(PortsFile + ".new", PortsFile, overwrite: true);
    }
}
