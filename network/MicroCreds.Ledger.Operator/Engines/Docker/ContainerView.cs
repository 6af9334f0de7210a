using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// The network as its containers see it: every node by the name in its TLS certificate, on the port that the host
/// publishes it on.
/// </summary>
internal static class ContainerView
{
    /// <summary>The root of keys and ledger in a node's container.</summary>
    public const string NodeRoot = "/var/hyperledger";

    public const string BuilderDirectory = "/opt/microcreds/builder";

    /// <summary>The consortium by its containers' names.</summary>
    public static Consortium Of(Consortium consortium)
    {
        var orderers = NativePorts.OrderersOf(consortium);
        string[] endpoints = [.. orderers.Select(orderer =>
            At(OrdererName(consortium.Orderer, orderer.Host), orderer.Endpoint))];
        return OfChaincodes(consortium) with
        {
            Orderer = consortium.Orderer with { Endpoint = endpoints[0], FurtherEndpoints = endpoints[1..] },
            Organizations = [.. consortium.Organizations.Select(organization => organization with
            {
                Peer = At(NativeFiles.PeerName(organization), organization.Peer),
            })],
        };
    }

    /// <summary>The consortium for commands of the host: only chaincode servers are dialled by containers.</summary>
    public static Consortium OfChaincodes(Consortium consortium) => consortium with
    {
        Chaincodes = [.. consortium.Chaincodes.Select(chaincode => chaincode with
        {
            Servers = consortium.Organizations.Where(o => chaincode.Servers.ContainsKey(o.MspId)).ToDictionary(
                o => o.MspId, o => At(ChaincodeName(chaincode, o), chaincode.Servers[o.MspId])),
        })],
    };

    /// <summary>The further ports by the containers' names.</summary>
    public static NativePorts Of(Consortium consortium, NativePorts ports)
    {
        Dictionary<string, string> Peers(IReadOnlyDictionary<string, string> endpoints) =>
            consortium.Organizations.ToDictionary(
                o => o.MspId, o => At(NativeFiles.PeerName(o), endpoints[o.MspId]));
        Dictionary<string, string> Orderers(IReadOnlyDictionary<string, string> endpoints) =>
            consortium.Orderer.HostNames().ToDictionary(
                host => host, host => At(OrdererName(consortium.Orderer, host), endpoints[host]));

        return new NativePorts
        {
            Chaincode = Peers(ports.Chaincode),
            PeerOperations = Peers(ports.PeerOperations),
            OrdererAdmin = Orderers(ports.OrdererAdmin),
            OrdererOperations = Orderers(ports.OrdererOperations),
        };
    }

    public static string OrdererName(OrdererSettings orderer, string host) => $"{host}.{orderer.Domain}";

    public static string ChaincodeName(ChaincodeSettings chaincode, OrganizationSettings organization) =>
        $"{chaincode.Name}.{organization.Domain}";

    /// <summary>What the host publishes a container's port as, in Compose's words.</summary>
    public static string Publish(string endpoint) => $"{endpoint}:{NodeSettings.Split(endpoint).Port}";

    private static string At(string name, string endpoint) => $"{name}:{NodeSettings.Split(endpoint).Port}";
}
