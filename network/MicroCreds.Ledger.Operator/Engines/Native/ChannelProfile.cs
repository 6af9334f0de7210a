using System.Globalization;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>What configtxgen reads to make the channel's first configuration.</summary>
internal static class ChannelProfile
{
    /// <summary>The profile's name in configtx.yaml.</summary>
    public const string Name = "Consortium";

    private const int ListColumns = 8;
    private const int SectionColumns = 6;
    private const int ConsenterColumns = 4;

    private static readonly Version FirstWithV3 = new(3, 0);

    /// <summary>The whole configtx.yaml.</summary>
    public static string Write(Consortium consortium, NativeFiles files, Version version)
    {
        if (IsBft(consortium) && version < FirstWithV3)
        {
            throw new OperatorException(
                $"Fabric {version} has no BFT ordering, which came with 3.0: leave \"consensus\" out of "
                + "consortium.json, or install Fabric 3.1.5.");
        }

        return SettingsTemplate.Fill("configtx.yaml", new Dictionary<string, string>
        {
            ["channelCapability"] = version >= FirstWithV3 ? "V3_0" : "V2_0",
            ["batchTimeout"] = NodeSettings.Milliseconds(consortium.Batch.Timeout),
            ["maxMessageCount"] = Number(consortium.Batch.MaxMessageCount),
            ["absoluteMaxBytes"] = Number(consortium.Batch.AbsoluteMaxBytes),
            ["preferredMaxBytes"] = Number(consortium.Batch.PreferredMaxBytes),
            ["ordererType"] = IsBft(consortium) ? "BFT" : "etcdraft",
            ["consensus"] = SettingsTemplate.Indent(Consensus(consortium, files), SectionColumns),
            ["ordererOrganization"] = List([OrdererOrganization(consortium, files)]),
            ["peerOrganizations"] = List(consortium.Organizations.Select(organization =>
                PeerOrganization(organization, files))),
        });
    }

    /// <summary>One member's part, which configtxgen also prints by itself for a newcomer.</summary>
    public static string PeerOrganization(OrganizationSettings organization, NativeFiles files)
    {
        var (host, port) = NodeSettings.Split(organization.Peer);
        return SettingsTemplate.Fill("configtx.organization.yaml", new Dictionary<string, string>
        {
            ["mspId"] = organization.MspId,
            ["mspDirectory"] = files.PeerMsp(organization),
            ["host"] = host,
            ["port"] = port,
        });
    }

    private static string OrdererOrganization(Consortium consortium, NativeFiles files) =>
        SettingsTemplate.Fill("configtx.orderer.yaml", new Dictionary<string, string>
        {
            ["mspId"] = consortium.Orderer.MspId,
            ["mspDirectory"] = files.OrdererMsp(consortium.Orderer),
            ["endpoints"] = string.Join(
                ", ", NativePorts.OrderersOf(consortium).Select(orderer => $"\"{orderer.Endpoint}\"")),
        });

    private static string Consensus(Consortium consortium, NativeFiles files)
    {
        string kind = IsBft(consortium) ? "bft" : "raft";
        var consenters = NativePorts.OrderersOf(consortium).Select((orderer, index) =>
            Consenter($"configtx.{kind}-consenter.yaml", consortium.Orderer, files, orderer, index + 1));
        return SettingsTemplate.Fill($"configtx.{kind}.yaml", new Dictionary<string, string>
        {
            ["consenters"] = List(consenters, ConsenterColumns),
            ["batchTimeout"] = NodeSettings.Milliseconds(consortium.Batch.Timeout),
            ["maxMessageCount"] = Number(consortium.Batch.MaxMessageCount),
            ["absoluteMaxBytes"] = Number(consortium.Batch.AbsoluteMaxBytes),
        });
    }

    private static string Consenter(
        string template, OrdererSettings settings, NativeFiles files, (string Host, string Endpoint) orderer, int id)
    {
        var (address, port) = NodeSettings.Split(orderer.Endpoint);
        string node = files.OrdererNode(settings, orderer.Host);
        return SettingsTemplate.Fill(template, new Dictionary<string, string>
        {
            ["id"] = Number(id),
            ["host"] = address,
            ["port"] = port,
            ["mspId"] = settings.MspId,
            ["identity"] = Path.Combine(node, "msp", "signcerts", $"{Path.GetFileName(node)}-cert.pem"),
            ["tlsDirectory"] = Path.Combine(node, "tls"),
        });
    }

    private static bool IsBft(Consortium consortium) => consortium.Orderer.Consensus == OrdererSettings.BftConsensus;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string List(IEnumerable<string> pieces, int columns = ListColumns) => string.Join(
        '\n', pieces.Select(piece => SettingsTemplate.Indent(piece, columns)));
}
