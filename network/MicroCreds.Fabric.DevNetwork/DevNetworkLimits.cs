namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Names the limits that every service of the network shares.</summary>
internal static class DevNetworkLimits
{
    /// <summary>The largest message a peer, an orderer or a chaincode takes: Fabric's own limit.</summary>
    public const int MaxMessageBytes = 100 * 1024 * 1024;
}
