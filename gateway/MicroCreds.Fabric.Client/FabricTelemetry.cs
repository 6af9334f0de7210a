using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>
/// Names what this library tells of its calls, to whoever listens; it costs next to nothing if nobody does.
/// </summary>
/// <remarks>
/// By OpenTelemetry's conventions for gRPC (stable since 1.45): spans are named after the method
/// (<c>gateway.Gateway/Endorse</c>), the histogram is <c>rpc.client.call.duration</c>. Nothing holds an argument, a
/// result or a message of the peer. A trace goes on into the chaincode by <see cref="ProposalOptions.CarriesTrace"/>.
/// Thread-safe.
/// </remarks>
public static class FabricTelemetry
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "MicroCreds.Fabric.Client";

    /// <summary>The histogram of how long calls take, in seconds.</summary>
    public const string DurationMetric = "rpc.client.call.duration";

    /// <summary>The tag with the transaction's identifier; of spans alone.</summary>
    public const string TransactionIdTag = "fabric.transaction_id";

    /// <summary>The tag with the method, such as <c>gateway.Gateway/Endorse</c>.</summary>
    public const string MethodTag = "rpc.method";

    /// <summary>The tag with the gRPC status that a call ended with, such as <c>DEADLINE_EXCEEDED</c>.</summary>
    public const string StatusTag = "rpc.response.status_code";

    /// <summary>The tag with the status of a call that failed.</summary>
    public const string ErrorTag = "error.type";

    private static readonly KeyValuePair<string, object?> RpcSystem = new("rpc.system.name", "grpc");
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        DurationMetric, "s", "How long calls to the peer took.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
        });

    private static readonly string[] Codes =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    ];

    internal static Activity? Start(string method, PeerName peer, string transactionId) => Source.HasListeners()
        ? Source.StartActivity(
            method, ActivityKind.Client, default(ActivityContext),
            [RpcSystem, new(MethodTag, method), .. peer.Tags, new(TransactionIdTag, transactionId)])
        : null;

    internal static void End(Activity? span, string method, PeerName peer, long started, StatusCode code)
    {
        string status = NameOf(code);
        bool isError = code != StatusCode.OK;
        if (span is not null)
        {
            span.SetTag(StatusTag, status);
            if (isError)
                span.SetTag(ErrorTag, status).SetStatus(ActivityStatusCode.Error);
        }

        if (!Durations.Enabled)
            return;
        var tags = new TagList { RpcSystem, new(MethodTag, method), new(StatusTag, status) };
        foreach (var tag in peer.Tags) tags.Add(tag);
        if (isError)
            tags.Add(ErrorTag, status);
        Durations.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }

    private static string NameOf(StatusCode code) =>
        (int)code >= 0 && (int)code < Codes.Length ? Codes[(int)code] : "UNKNOWN";
}
