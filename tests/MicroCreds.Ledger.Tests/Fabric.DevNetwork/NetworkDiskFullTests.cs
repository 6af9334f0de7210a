using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// The embedded network's own file system has really no byte left, and gets some back: peers' and orderer's blocks and
/// state lie there, and a gateway asks from a disk that has room.
/// </summary>
public sealed class NetworkDiskFullTests
{
    private const int DiskMegabytes = 48;
    private const int MaxSent = 500;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LedgersDisk_Full_NothingIsOrdered_NothingIsLost_AndItGoesOnByItself()
    {
        using var disk = SmallDisk.MountOrSkip(DiskMegabytes);
        await using var fixture = new LedgerOnDisk(disk.Path);
        await fixture.InitializeAsync();
        var member = fixture[LedgerFixture.Aurora];
        await using var gateway = await GatewayHost.StartAsync(member);
        await gateway.PrepareAsync();
        int before = (await member.ListIssuancesAsync()).Sum(one => one.Size);
        var acknowledged = new List<byte[]> { await gateway.IssueAsync("Before it was full") };
        var orderer = fixture.Network.Consortium.Orderer;
        Assert.Null(await EmbeddedOrderer.FindFaultAsync(orderer, disk.Path, Cancellation));

        // What was taken when there was no room waits for it; whoever asks meanwhile is told that nothing is ordered.
        string? fault = null;
        Task<byte[]>? waiting = null;
        for (int sent = 0; sent < MaxSent && fault is null; sent++)
        {
            disk.Fill();
            waiting = IssueAsync(gateway, $"full-{sent}");
            await Until.TrueAsync(
                async () => waiting.IsCompleted
                    || (fault = await EmbeddedOrderer.FindFaultAsync(orderer, disk.Path, Cancellation)) is not null,
                () => "Neither was it issued nor does the orderer say that it cannot be.");
            if (fault is null)
                acknowledged.Add(await waiting);
        }

        // The orderer says why, and that nobody need do more than make room.
        Assert.Contains("full", fault, StringComparison.Ordinal);
        Assert.Contains("goes on by itself", fault, StringComparison.Ordinal);
        using (var refused = await gateway.PostAsync("/v1/credentials", Row("refused"), "refused"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            var problem = await refused.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
            Assert.StartsWith("urn:microcreds:problem:", (string?)problem!["type"], StringComparison.Ordinal);
        }

        // Whoever only reads is not hindered.
        Assert.Equal("valid", await gateway.VerdictAsync(acknowledged[0]));

        Assert.False(waiting!.IsCompleted);
        disk.Free();
        acknowledged.Add(await waiting);
        acknowledged.Add(await IssueAsync(gateway, "refused"));
        Assert.Null(await EmbeddedOrderer.FindFaultAsync(orderer, disk.Path, Cancellation));
        foreach (byte[] document in acknowledged)
            Assert.Equal("valid", await gateway.VerdictAsync(document));
        Assert.Equal(before + acknowledged.Count, (await member.ListIssuancesAsync()).Sum(one => one.Size));
    }

    private static async Task<byte[]> IssueAsync(GatewayHost gateway, string key)
    {
        using var answer = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/credentials", Row(key), key));
        return await answer.Content.ReadAsByteArrayAsync(Cancellation);
    }

    private static JsonObject Row(string key)
    {
        // The same request, whenever it is sent.
        var row = GatewayHost.Row("Learner " + key);
        row["recipient"]!["email"] = $"{key}@student.example";
        return row;
    }

    /// <summary>The sample consortium, whose ledger lies in a directory.</summary>
    private sealed class LedgerOnDisk(string directory) : LedgerFixture
    {
        protected override string? StateDirectory => directory;
    }
}
