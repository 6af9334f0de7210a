using System.Text.RegularExpressions;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed partial class NodeSettingsTests
{
    private static readonly Version V3 = new(3, 1, 5);
    private static readonly Version V2 = new(2, 5, 16);

    private readonly Consortium _consortium = SampleConsortium.Read();
    private readonly NativeFiles _files = new("/state");

    [Fact]
    public void Peer_EveryListener_IsOnLoopbackAndItsOwn()
    {
        var endpoints = _consortium.Organizations.SelectMany(organization =>
        {
            string[] found = [.. Endpoint().Matches(Settings(V3).ForPeer(organization))
                .Select(match => match.Value).Distinct()];
            Assert.All(found, endpoint => Assert.StartsWith("127.0.0.1:", endpoint, StringComparison.Ordinal));
            return found.Where(endpoint => !endpoint.EndsWith(":0", StringComparison.Ordinal));
        }).ToList();
        Assert.Equal(4 * 3, endpoints.Count);
        Assert.Equal(endpoints.Count, endpoints.Distinct().Count());
    }

    [Fact]
    public void Peer_Settings_ArePeculiarToTheOrganization()
    {
        string settings = Settings(V3).ForPeer(_consortium.Organizations[1]);
        Assert.Contains("localMspId: \"LindenMSP\"", settings, StringComparison.Ordinal);
        Assert.Contains("listenAddress: \"127.0.0.1:8051\"", settings, StringComparison.Ordinal);
        Assert.Contains(
            "mspConfigPath: \"/state/organizations/peerOrganizations/linden.example/peers/peer0.linden.example/msp\"",
            settings, StringComparison.Ordinal);
        Assert.Contains("executetimeout: 30000ms", settings, StringComparison.Ordinal);
        Assert.Contains("useWriteBatch: true", settings, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void Peer_Before3_HasNoFilterThatItDoesNotKnow()
    {
        var organization = _consortium.Organizations[0];
        Assert.Contains("TimeWindowCheck", Settings(V3).ForPeer(organization), StringComparison.Ordinal);
        Assert.DoesNotContain("TimeWindowCheck", Settings(V2).ForPeer(organization), StringComparison.Ordinal);
        Assert.Contains("ExpirationCheck", Settings(V2).ForPeer(organization), StringComparison.Ordinal);
    }

    [Fact]
    public void Orderers_AreThree_EachWithItsOwnKeysAndPorts()
    {
        var orderers = NativePorts.OrderersOf(_consortium);
        Assert.Equal(
            [("orderer", "127.0.0.1:7050"), ("orderer2", "127.0.0.1:7060"), ("orderer3", "127.0.0.1:7070")], orderers);
        string settings = Settings(V3).ForOrderer("orderer2", "127.0.0.1:7060");
        Assert.Contains("ListenPort: 7060", settings, StringComparison.Ordinal);
        Assert.Contains("orderers/orderer2.orderer.example/tls/server.key", settings, StringComparison.Ordinal);
        Assert.Contains("ClientAuthRequired: true", settings, StringComparison.Ordinal);
        Assert.All(
            Endpoint().Matches(settings).Select(match => match.Value),
            endpoint => Assert.StartsWith("127.0.0.1:", endpoint, StringComparison.Ordinal));
        Assert.DoesNotContain("{{", settings, StringComparison.Ordinal);
    }

    [Fact]
    public void Channel_Profile_HasTheConsortiumsOwnFigures()
    {
        string profile = ChannelProfile.Write(_consortium, _files, V3);
        Assert.Contains("Capabilities: { V3_0: true }", profile, StringComparison.Ordinal);
        Assert.Contains("BatchTimeout: 200ms", profile, StringComparison.Ordinal);
        Assert.Contains("MaxMessageCount: 500", profile, StringComparison.Ordinal);
        Assert.Contains(
            """
                    - Name: "TejoMSP"
                      ID: "TejoMSP"
                      MSPDir: "/state/organizations/peerOrganizations/tejo.example/msp"
                      AnchorPeers: [{ Host: "127.0.0.1", Port: 9051 }]
            """,
            profile, StringComparison.Ordinal);
        Assert.Contains(
            """OrdererEndpoints: ["127.0.0.1:7050", "127.0.0.1:7060", "127.0.0.1:7070"]""",
            profile, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", profile, StringComparison.Ordinal);
        Assert.Contains(
            "Capabilities: { V2_0: true }", ChannelProfile.Write(_consortium, _files, V2), StringComparison.Ordinal);
    }

    private NodeSettings Settings(Version version) =>
        new(_consortium, _files, NativePorts.NextTo(_consortium), version);

    [GeneratedRegex(@"\d+\.\d+\.\d+\.\d+:\d+")]
    private static partial Regex Endpoint();
}
