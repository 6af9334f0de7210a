using System.Collections.Concurrent;
using System.Diagnostics;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Tests.Fabric.Testing;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Spans, figures and log lines have the names of OpenTelemetry's conventions, and nothing of what is said.
/// </summary>
public sealed class TelemetryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Call_HasASpanAndAFigure_WithItsMethodPeerAndStatus()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnSubmit = (_, _) => throw new RpcException(new Status(StatusCode.FailedPrecondition, "a secret"));
        int port = int.Parse(server.Endpoint.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
        var spans = new ConcurrentQueue<Activity>();
        var figures = new ConcurrentQueue<Dictionary<string, object?>>();
        using var listener = ListenedTelemetry.TakeSpans(spans, FabricTelemetry.Name);
        using var meter = ListenedTelemetry.TakeTags(figures, FabricTelemetry.Name, FabricTelemetry.DurationMetric);
        var transaction = await server.Contract().NewProposal("Issue", new ProposalOptions { Arguments = ["a secret"] })
            .EndorseAsync(cancellationToken: Cancel);
        await Assert.ThrowsAsync<SubmitException>(() => transaction.SubmitAsync(cancellationToken: Cancel));

        var own = spans.Where(span =>
            Equals(span.GetTagItem(FabricTelemetry.TransactionIdTag), transaction.TransactionId)).ToArray();
        Assert.Equal(["gateway.Gateway/Endorse", "gateway.Gateway/Submit"], own.Select(span => span.OperationName));
        Assert.All(own, span =>
        {
            Assert.Equal(ActivityKind.Client, span.Kind);
            Assert.Equal("grpc", span.GetTagItem("rpc.system.name"));
            Assert.Equal(span.OperationName, span.GetTagItem(FabricTelemetry.MethodTag));
            Assert.Equal(("127.0.0.1", port), (span.GetTagItem("server.address"), span.GetTagItem("server.port")));
            Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal));
        });
        Assert.Equal(
            ["OK  Unset", "FAILED_PRECONDITION FAILED_PRECONDITION Error"],
            own.Select(span => $"{span.GetTagItem(FabricTelemetry.StatusTag)} "
                + $"{span.GetTagItem(FabricTelemetry.ErrorTag)} {span.Status}"));

        var ours = figures.Where(tags => Equals(tags["server.port"], port)).ToArray();
        Assert.Equal(["OK", "FAILED_PRECONDITION"], ours.Select(tags => tags[FabricTelemetry.StatusTag]));
        Assert.Equal([false, true], ours.Select(tags => tags.ContainsKey(FabricTelemetry.ErrorTag)));
        Assert.All(ours, tags => Assert.DoesNotContain(FabricTelemetry.TransactionIdTag, tags.Keys));
    }

    [Fact]
    public async Task DeadlineOfTheClient_IsNamedSo()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnEvaluate = async (_, context) =>
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            throw new InvalidOperationException();
        };
        var spans = new ConcurrentQueue<Activity>();
        using var listener = ListenedTelemetry.TakeSpans(spans, FabricTelemetry.Name);
        var proposal = server.Contract().NewProposal("Get");
        await Assert.ThrowsAsync<EvaluateException>(
            () => proposal.EvaluateAsync(TimeSpan.FromMilliseconds(50), Cancel));
        var span = Assert.Single(spans, span =>
            Equals(span.GetTagItem(FabricTelemetry.TransactionIdTag), proposal.TransactionId));
        Assert.Equal("DEADLINE_EXCEEDED", span.GetTagItem(FabricTelemetry.StatusTag));
    }

    [Fact]
    public async Task Repetition_IsLogged()
    {
        await using var server = await ScriptedGateway.StartAsync();
        int asked = 0;
        server.OnCommitStatus = (_, _) => ++asked == 1
            ? throw new RpcException(new Status(StatusCode.Unavailable, "going down"))
            : Task.FromResult(new MicroCreds.Fabric.Protocol.Gateway.CommitStatusResponse());
        using var log = new LogBook();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var contract = server.Contract(options => options with { LoggerFactory = loggers });
        var committed = await contract.SubmitUntilKnownAsync(
            "Issue", new ProposalOptions(), new SubmitRetryOptions { MinDelay = TimeSpan.FromMilliseconds(1) }, Cancel);
        string line = Assert.Single(log.Text.Split('\n'));
        Assert.Contains(committed.TransactionId, line, StringComparison.Ordinal);
        Assert.Contains("going down", line, StringComparison.Ordinal);
    }
}
