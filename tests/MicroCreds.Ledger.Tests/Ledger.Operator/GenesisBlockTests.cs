using System.Diagnostics;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>The channel's first block as Fabric's own configtxgen makes and reads it.</summary>
public sealed class GenesisBlockTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Block_OfTheSampleConsortium_HasMembersAnchorsAndConsenters()
    {
        var consortium = SampleConsortium.Read();
        var groups = Make(FindOrSkip(), consortium);

        var members = groups["Application"]!["groups"]!.AsObject();
        Assert.Equal(
            consortium.Organizations.Select(o => o.MspId).Order(StringComparer.Ordinal),
            members.Select(member => member.Key).Order(StringComparer.Ordinal));
        foreach (var organization in consortium.Organizations)
        {
            var anchor = members[organization.MspId]!["values"]!["AnchorPeers"]!["value"]!["anchor_peers"]![0]!;
            Assert.Equal(organization.Peer, $"{anchor["host"]}:{anchor["port"]}");
        }

        var ordering = groups["Orderer"]!["values"]!;
        var raft = ordering["ConsensusType"]!["value"]!["metadata"]!;
        Assert.Equal(
            ["127.0.0.1:7050", "127.0.0.1:7060", "127.0.0.1:7070"],
            raft["consenters"]!.AsArray().Select(consenter => $"{consenter!["host"]}:{consenter["port"]}"));
        Assert.Equal(3, raft["consenters"]!.AsArray().Select(c => (string)c!["server_tls_cert"]!).Distinct().Count());
        Assert.Equal("200ms", (string?)ordering["BatchTimeout"]!["value"]!["timeout"]);
        Assert.Equal(500, (int)ordering["BatchSize"]!["value"]!["max_message_count"]!);
        Assert.Equal(10_485_760, (int)ordering["BatchSize"]!["value"]!["absolute_max_bytes"]!);
    }

    [Fact]
    public void Block_WithBft_HasFourConsentersWithTheirIdentities()
    {
        var binaries = FindOrSkip();
        Assert.SkipWhen(binaries.Version < new Version(3, 0), "BFT ordering came with Fabric 3.0.");
        var ordering = Make(binaries, WithBft(SampleConsortium.Read()))["Orderer"]!["values"]!;
        Assert.Equal("BFT", (string?)ordering["ConsensusType"]!["value"]!["type"]);
        var consenters = ordering["Orderers"]!["value"]!["consenter_mapping"]!.AsArray();
        Assert.Equal([1, 2, 3, 4], consenters.Select(consenter => (int)consenter!["id"]!));
        Assert.Equal(4, consenters.Select(consenter => (string)consenter!["identity"]!).Distinct().Count());
    }

    [Fact]
    public void Profile_WithBftBefore3_IsRefusedWithTheMend()
    {
        var fault = Assert.Throws<OperatorException>(() => ChannelProfile.Write(
            WithBft(SampleConsortium.Read()), new NativeFiles(_state), new Version(2, 5, 16)));
        Assert.Contains("install Fabric 3.1.5", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Consortium_WithBftAndThreeOrderers_IsRefused()
    {
        var consortium = SampleConsortium.Read();
        var fault = Assert.Throws<DevNetworkException>(() => ConsortiumFile.Validate(
            consortium with { Orderer = consortium.Orderer with { Consensus = "bft" } }));
        Assert.Contains("bft needs 4 orderers", fault.Message, StringComparison.Ordinal);
    }

    private static Consortium WithBft(Consortium consortium) => consortium with
    {
        Orderer = consortium.Orderer with
        {
            Consensus = OrdererSettings.BftConsensus,
            FurtherEndpoints = [.. consortium.Orderer.FurtherEndpoints, "127.0.0.1:7080"],
        },
    };

    private JsonNode Make(FabricBinaries binaries, Consortium consortium)
    {
        KeyMaterial.Ensure(_state, consortium, DateTimeOffset.UtcNow);
        File.WriteAllText(
            Path.Combine(_state, "configtx.yaml"),
            ChannelProfile.Write(consortium, new NativeFiles(_state), binaries.Version));
        string block = Path.Combine(_state, "genesis.block");
        Run(
            binaries, "-configPath", _state, "-profile", ChannelProfile.Name, "-channelID", consortium.Channel,
            "-outputBlock", block);
        var config = JsonNode.Parse(Run(binaries, "-inspectBlock", block))!;
        return config["data"]!["data"]![0]!["payload"]!["data"]!["config"]!["channel_group"]!["groups"]!;
    }

    private static FabricBinaries FindOrSkip()
    {
        try
        {
            return FabricBinaries.Find(kept: "");
        }
        catch (UnavailableException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    private static string Run(FabricBinaries binaries, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(binaries.Configtxgen, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error.GetAwaiter().GetResult());
        return output;
    }
}
