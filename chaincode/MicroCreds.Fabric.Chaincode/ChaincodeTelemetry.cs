using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// Names what this library tells of the transactions that it runs, to whoever listens; it costs next to nothing if
/// nobody does.
/// </summary>
/// <remarks>
/// By OpenTelemetry's conventions for remote calls (stable since 1.45). Every transaction is in the histogram
/// <see cref="DurationMetric"/>; one has a span if its proposal came with a trace that is recorded (W3C's
/// <c>traceparent</c> in its transient data, which is neither endorsed nor written). Nothing holds an argument or a
/// result. Thread-safe.
/// </remarks>
public static class ChaincodeTelemetry
{
    /// <summary>
    /// The name of the activity source and of the meter. A span is named after chaincode and function
    /// (<c>assets/Put</c>).
    /// </summary>
    public const string Name = "MicroCreds.Fabric.Chaincode";

    /// <summary>The histogram of how long transactions take, in seconds.</summary>
    public const string DurationMetric = "rpc.server.call.duration";

    /// <summary>The number of transactions that run now.</summary>
    public const string ActiveMetric = "fabric.chaincode.active_transactions";

    /// <summary>The tag with the transaction's identifier; of spans alone.</summary>
    public const string TransactionIdTag = "fabric.transaction_id";

    /// <summary>The tag with the channel.</summary>
    public const string ChannelTag = "fabric.channel";

    /// <summary>
    /// The tag with chaincode and function. In the histogram the function is <c>_OTHER</c> where no call of it has
    /// succeeded yet, or too many have: anybody can send any name, and each would be a series of its own.
    /// </summary>
    public const string MethodTag = "rpc.method";

    /// <summary>The tag with the status that the chaincode answered.</summary>
    public const string StatusTag = "rpc.response.status_code";

    /// <summary>The tag with the status of a transaction that failed here: 500 or more. Below, the caller is wrong.
    /// </summary>
    public const string ErrorTag = "error.type";

    /// <summary>How many functions the histogram names at most.</summary>
    private const int MaxNamedMethods = 256;

    /// <summary>What is longer is no function's name, but what somebody sent.</summary>
    private const int MaxFunctionBytes = 128;

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private static readonly KeyValuePair<string, object?> RpcSystem = new("rpc.system.name", "hyperledger_fabric");
    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);
    private static readonly ConcurrentDictionary<string, bool> Named = new(StringComparer.Ordinal);

    private static readonly UpDownCounter<int> Active = Meter.CreateUpDownCounter<int>(
        ActiveMetric, "{transaction}", "Transactions that run now.");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        DurationMetric, "s", "How long transactions took in this chaincode.", tags: null,
        new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        });

    /// <summary>
    /// Gets whether the environment names a collector by OpenTelemetry's own variables,
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>.
    /// </summary>
    public static bool IsCollectorNamed =>
        !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Endpoint))
        || !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(TracesEndpoint));

    internal static Activity? Start(ChaincodeStub stub, string chaincodeId)
    {
        Active.Add(1);
        if (!Source.HasListeners() || ParentOf(stub) is not { } parent)
            return null;
        string method = MethodOf(stub, chaincodeId);
        return Source.StartActivity(
            method, ActivityKind.Server, parent,
            [
                RpcSystem, new(MethodTag, method), new(ChannelTag, stub.ChannelId),
                new(TransactionIdTag, stub.TransactionId),
            ]);
    }

    /// <param name="span">The transaction's span, if it has one.</param>
    /// <param name="stub">The transaction.</param>
    /// <param name="chaincodeId">As which the chaincode registered.</param>
    /// <param name="started">The timestamp of its begin.</param>
    /// <param name="response">What was answered.</param>
    internal static void End(
        Activity? span, ChaincodeStub stub, string chaincodeId, long started, Response response)
    {
        Active.Add(-1);
        string? error = response.Status >= Response.InternalError ? StatusOf(response) : null;
        if (span is not null)
        {
            span.SetTag(StatusTag, StatusOf(response));
            if (error is not null)
                span.SetTag(ErrorTag, error).SetStatus(ActivityStatusCode.Error);
        }

        if (!Durations.Enabled)
            return;
        string method = span?.OperationName ?? MethodOf(stub, chaincodeId);
        var tags = new TagList
        {
            RpcSystem, new(MethodTag, NamedMethod(method, response.IsSuccess)),
            new(StatusTag, StatusOf(response)),
        };
        if (error is not null)
            tags.Add(ErrorTag, error);
        Durations.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
    }

    private static string StatusOf(Response response) => response.Status.ToString(CultureInfo.InvariantCulture);

    private static string NamedMethod(string method, bool isSuccess)
    {
        if (Named.ContainsKey(method))
            return method;

        if (isSuccess && Named.Count < MaxNamedMethods)
        {
            Named.TryAdd(method, true);
            return method;
        }

        return "_OTHER";
    }

    private static ActivityContext? ParentOf(ChaincodeStub stub)
    {
        try
        {
            return stub.SignedProposal is not null
                && stub.Transient.TryGetValue(TransientTrace.Key, out var trace)
                && ActivityContext.TryParse(Encoding.ASCII.GetString(trace.Span), null, isRemote: true, out var parent)
                && parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
                    ? parent
                    : null;
        }
        catch (ChaincodeException)
        {
            // A proposal that cannot be read is the chaincode's to refuse.
            return null;
        }
    }

    private static string MethodOf(ChaincodeStub stub, string chaincodeId) =>
        $"{ChaincodeOf(stub) ?? chaincodeId}/{FunctionOf(stub)}";

    private static string? ChaincodeOf(ChaincodeStub stub)
    {
        try
        {
            return stub.SignedProposal is null ? null : stub.ChaincodeName;
        }
        catch (ChaincodeException)
        {
            return null;
        }
    }

    private static string FunctionOf(ChaincodeStub stub) =>
        stub.Arguments is [{ Length: > 0 and <= MaxFunctionBytes } name, ..]
            ? Encoding.UTF8.GetString(name.Span)
            : "(none)";
}
