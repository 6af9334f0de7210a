using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>Where real peers and orderers keep their settings and ledgers, under the state directory.</summary>
internal sealed class NativeFiles(string state)
{
    public string Root { get; } = Path.Combine(state, "fabric");

    /// <summary>The channel's first configuration; once it is there, the network has been made.</summary>
    public string GenesisBlock => Path.Combine(Root, "genesis.block");

    /// <summary>Where the binaries are that the network was made by.</summary>
    public string Binaries => Path.Combine(Root, "binaries");

    public string Ports => Path.Combine(Root, "ports.json");

    /// <summary>What has been deployed on the channel.</summary>
    public string Deployment => Path.Combine(Root, "deployment.json");

    public string ChannelDirectory => Path.Combine(Root, "channel");

    public string OrdererMsp(OrdererSettings orderer) => Path.Combine(OrdererOrganization(orderer), "msp");

    public string PeerMsp(OrganizationSettings organization) => Path.Combine(PeerOrganization(organization), "msp");

    public string OrdererNode(OrdererSettings orderer, string host) =>
        Path.Combine(OrdererOrganization(orderer), "orderers", $"{host}.{orderer.Domain}");

    public string PeerNode(OrganizationSettings organization) =>
        Path.Combine(PeerOrganization(organization), "peers", PeerName(organization));

    public string AdminMsp(OrganizationSettings organization) =>
        Path.Combine(PeerOrganization(organization), "users", $"Admin@{organization.Domain}", "msp");

    public string OrdererSettings(string host) => Path.Combine(Root, "orderers", host);

    public string PeerSettings(OrganizationSettings organization) =>
        Path.Combine(Root, "peers", organization.MspId);

    /// <summary>Where a peer keeps a channel's blocks: there once it has joined.</summary>
    public string PeerChannel(OrganizationSettings organization, string channel) =>
        Path.Combine(PeerSettings(organization), "data", "ledgersData", "chains", "chains", channel);

    public string Package(ChaincodeSettings chaincode, OrganizationSettings organization) =>
        Path.Combine(Root, "packages", $"{chaincode.Name}-{chaincode.Version}-{organization.MspId}.tar.gz");

    public string Collections(ChaincodeSettings chaincode) => Path.Combine(Root, $"collections-{chaincode.Name}.json");

    public string ForChaincode(ChaincodeSettings chaincode, OrganizationSettings organization, string file) =>
        new OrganizationFiles(state, organization.Domain).ForChaincode(chaincode.Name, file);

    public static string PeerName(OrganizationSettings organization) => $"peer0.{organization.Domain}";

    private string OrdererOrganization(OrdererSettings orderer) =>
        Path.Combine(state, "organizations", "ordererOrganizations", orderer.Domain);

    private string PeerOrganization(OrganizationSettings organization) =>
        Path.Combine(state, "organizations", "peerOrganizations", organization.Domain);
}
