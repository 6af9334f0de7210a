using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>What an institution runs, by name, and where what it keeps lies below a state directory.</summary>
internal static class InstitutionParts
{
    public static string Peer(OrganizationSettings organization) => $"peer-{organization.MspId}";

    public static string Chaincode(OrganizationSettings organization) => $"chaincode-{organization.MspId}";

    public static string Gateway(OrganizationSettings organization) => $"gateway-{organization.MspId}";

    /// <summary>An organisation's Fabric CA, where it has one.</summary>
    public static string Authority(string mspId) => $"authority-{mspId}";

    /// <summary>The peer's ledger, below the state directory.</summary>
    public static string PeerData(OrganizationSettings organization) =>
        Path.Combine("fabric", "peers", organization.MspId, "data");

    /// <summary>The gateway's store, below the state directory.</summary>
    public static string GatewayData(OrganizationSettings organization) =>
        Path.Combine("gateways", organization.MspId);
}
