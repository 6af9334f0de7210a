using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace MicroCreds.Fabric.Client;

/// <summary>
/// Names what this library tells of its calls, to whoever listens; it costs next to nothing if nobody does.
/// </summary>
/// <remarks>Thread-safe.</remarks>
public static class FabricTelemetry
{
    /// <summary>
    /// The name of the activity source and of the meter. A span is named after the call (<c>fabric.endorse</c>) and
    /// carries <see cref="TransactionIdTag"/>; never an argument, a result or a message of the peer.
    /// </summary>
    public const string Name = "MicroCreds.Fabric.Client";

    /// <summary>The tag with the transaction's identifier.</summary>
    public const string TransactionIdTag = "fabric.transaction_id";

    /// <summary>The tag with the gRPC status of a call that failed.</summary>
    public const string StatusTag = "rpc.grpc.status_code";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(
        "call_duration_seconds", "s", "How long calls to the peer took: evaluate, endorse, submit, commit_status.");

    internal static Activity? Start(string call, string transactionId)
    {
        var activity = Source.StartActivity("fabric." + call, ActivityKind.Client);
        activity?.SetTag(TransactionIdTag, transactionId);
        return activity;
    }

    internal static void Count(string call, long started, bool failed) => Durations.Record(
        Stopwatch.GetElapsedTime(started).TotalSeconds, new("call", call), new("outcome", failed ? "failed" : "ok"));
}
