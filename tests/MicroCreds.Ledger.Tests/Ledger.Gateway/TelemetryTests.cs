using System.Collections.Concurrent;
using System.Diagnostics;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Resources;
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

    [Fact]
    public async Task Reading_IsTracedOnceInTen_UnlessItsSenderTracesIt_AndWritingAlways()
    {
        const int Requests = 100;
        var cancellation = TestContext.Current.CancellationToken;
        await using var collector = await OtlpCollector.StartAsync();
        await using (var gateway = await GatewayHost.StartAsync(
            gateways.Issuer.Member, $"OtlpEndpoint={collector.Address}"))
        {
            for (int i = 0; i < Requests; i++)
            {
                using var read = await gateway.Anyone.GetAsync("/v1/institutions", cancellation);
                using var verified = await gateway.Anyone.PostAsync(
                    VerificationResource.Address, new StringContent("{}"), cancellation);
                using var written = await gateway.PostAsync("/v1/api-keys", new { });
                using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/consortium");
                request.Headers.Add("traceparent", $"00-{Guid.NewGuid():N}-00f067aa0ba902b7-01");
                using var traced = await gateway.Anyone.SendAsync(request, cancellation);
            }
        }

        // Gateways of other tests in this process are heard too.
        string sent = collector.Received;
        Assert.True(sent.Split("POST /v1/api-keys").Length - 1 >= Requests, "Not each that writes is traced.");
        Assert.True(sent.Split("GET /v1/consortium").Length - 1 >= Requests, "Not each that brings a trace is traced.");
        Assert.InRange(sent.Split("GET /v1/institutions").Length - 1, 1, Requests / 2);
        Assert.InRange(sent.Split($"POST {VerificationResource.Address}").Length - 1, 1, Requests / 2);
    }
}
