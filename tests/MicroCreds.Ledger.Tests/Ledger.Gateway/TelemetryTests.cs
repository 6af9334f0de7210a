using System.Collections.Concurrent;
using System.Diagnostics;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a gateway sends to a collector.</summary>
public sealed class TelemetryTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Name = "Zymurgia Quillfeather";

    [Fact]
    public async Task Issue_WithACollector_IsOneTraceToTheBlockAndNamesNobody()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is FabricTelemetry.Name or TransactionTraces.Name,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var collector = await OtlpCollector.StartAsync();
        await using (var gateway = await GatewayHost.StartAsync(
            gateways.Issuer.Member, $"OtlpEndpoint={collector.Address}"))
        {
            await gateway.PrepareAsync("telemetry");
            spans.Clear();
            using var issued = await GatewayHost.OkAsync(
                await gateway.PostAsync("/v1/credentials", GatewayHost.Row(Name, "telemetry")));
            await Until.TrueAsync(
                () => Task.FromResult(spans.Any(IsOwnBlock)),
                () => string.Join(' ', spans.Select(one => one.DisplayName)));
            await gateway.VerifyAsync(await issued.Content.ReadAsByteArrayAsync(
                TestContext.Current.CancellationToken));
            using var missed = await gateway.Anyone.GetAsync(
                $"/v1/credentials?name={Uri.EscapeDataString(Name)}", TestContext.Current.CancellationToken);
            string awaited = (string)spans.Last(IsOwnBlock).Links.Single().Tags!.Single().Value!;
            await Until.TrueAsync(
                () => Task.FromResult(collector.Received.Contains(awaited, StringComparison.Ordinal)),
                () => "The collector did not get the transaction's spans.");
        }

        var block = spans.Last(IsOwnBlock);
        var link = block.Links.Single();
        string transactionId = (string)link.Tags!.Single().Value!;
        foreach (string call in (string[])["Endorse", "Submit", "CommitStatus"])
        {
            var span = spans.First(one =>
                one.OperationName == $"gateway.Gateway/{call}"
                && Equals(one.GetTagItem(FabricTelemetry.TransactionIdTag), transactionId));
            Assert.Equal(link.Context.TraceId, span.TraceId);
        }

        string sent = collector.Received;
        Assert.Contains(transactionId, sent, StringComparison.Ordinal);
        Assert.Contains("POST /v1/credentials", sent, StringComparison.Ordinal);
        Assert.Contains("ledger.block", sent, StringComparison.Ordinal);
        Assert.Contains("microcreds_credentials_issued_total", sent, StringComparison.Ordinal);
        Assert.Contains("http.server.request.duration", sent, StringComparison.Ordinal);
        Assert.Contains(FabricTelemetry.DurationMetric, sent, StringComparison.Ordinal);
        Assert.DoesNotContain("Zymurgia", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("@student.example", sent, StringComparison.Ordinal);
        Assert.Equal(3, collector.Signals.Count);

        static bool IsOwnBlock(Activity span) => span.OperationName == "ledger.block" && span.Links.Any();
    }
}
