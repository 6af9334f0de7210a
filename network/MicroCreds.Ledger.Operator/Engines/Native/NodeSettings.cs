using System.Globalization;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>What peers and orderers read when they start: made from the consortium's description.</summary>
internal sealed class NodeSettings(Consortium consortium, NativeFiles files, NativePorts ports, Version version)
{
    /// <summary>Where peers find the external builder. Default is where the repository has it.</summary>
    public string BuilderDirectory { get; init; } = SettingsTemplate.BuilderDirectory;

    private static readonly Version FirstWithTimeWindowFilter = new(3, 0);

    /// <summary>A peer's core.yaml.</summary>
    public string ForPeer(OrganizationSettings organization)
    {
        string node = files.PeerNode(organization);
        var executeTimeout = consortium.Chaincodes.Select(chaincode => chaincode.ExecuteTimeout)
            .DefaultIfEmpty(TimeSpan.FromSeconds(30)).Max();
        return SettingsTemplate.Fill("core.yaml", new Dictionary<string, string>
        {
            ["peerName"] = NativeFiles.PeerName(organization),
            ["channel"] = consortium.Channel,
            ["peerEndpoint"] = organization.Peer,
            ["chaincodeEndpoint"] = ports.Chaincode[organization.MspId],
            ["operationsEndpoint"] = ports.PeerOperations[organization.MspId],
            ["dataDirectory"] = Path.Combine(files.PeerSettings(organization), "data"),
            ["mspDirectory"] = Path.Combine(node, "msp"),
            ["tlsDirectory"] = Path.Combine(node, "tls"),
            ["mspId"] = organization.MspId,
            ["authFilters"] = AuthFilters,
            ["executeTimeout"] = Milliseconds(executeTimeout),
            ["builderDirectory"] = BuilderDirectory,
        });
    }

    /// <summary>An orderer's orderer.yaml.</summary>
    public string ForOrderer(string host, string endpoint)
    {
        string node = files.OrdererNode(consortium.Orderer, host);
        var (address, port) = Split(endpoint);
        return SettingsTemplate.Fill("orderer.yaml", new Dictionary<string, string>
        {
            ["host"] = address,
            ["port"] = port,
            ["mspId"] = consortium.Orderer.MspId,
            ["mspDirectory"] = Path.Combine(node, "msp"),
            ["tlsDirectory"] = Path.Combine(node, "tls"),
            ["dataDirectory"] = Path.Combine(files.OrdererSettings(host), "data"),
            ["adminEndpoint"] = ports.OrdererAdmin[host],
            ["operationsEndpoint"] = ports.OrdererOperations[host],
        });
    }

    // The filter of proposals by their time is a plugin's name that peers before 3.0 do not have.
    private string AuthFilters => version >= FirstWithTimeWindowFilter
        ? "[{ name: DefaultAuth }, { name: ExpirationCheck }, { name: TimeWindowCheck }]"
        : "[{ name: DefaultAuth }, { name: ExpirationCheck }]";

    internal static (string Host, string Port) Split(string endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        return (endpoint[..colon], endpoint[(colon + 1)..]);
    }

    internal static string Milliseconds(TimeSpan duration) =>
        string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalMilliseconds}ms");
}
