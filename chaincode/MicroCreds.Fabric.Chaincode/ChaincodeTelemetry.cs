using System.Diagnostics;
using System.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// Names what this library tells of the transactions that it runs, to whoever listens; it costs next to nothing if
/// nobody does.
/// </summary>
/// <remarks>
/// A transaction has a span if its proposal came with a trace that is recorded (W3C's <c>traceparent</c> in its
/// transient data); it names the call and never an argument or a result. Thread-safe.
/// </remarks>
public static class ChaincodeTelemetry
{
    /// <summary>
    /// The name of the activity source. A span is named after chaincode and function (<c>assets/Put</c>), as
    /// OpenTelemetry names remote calls.
    /// </summary>
    public const string Name = "MicroCreds.Fabric.Chaincode";

    /// <summary>The tag with the transaction's identifier.</summary>
    public const string TransactionIdTag = "fabric.transaction_id";

    /// <summary>The tag with the channel.</summary>
    public const string ChannelTag = "fabric.channel";

    /// <summary>The tag with the chaincode's name.</summary>
    public const string ChaincodeTag = "rpc.service";

    /// <summary>The tag with the function that is called.</summary>
    public const string FunctionTag = "rpc.method";

    /// <summary>The tag with the status that the chaincode answered.</summary>
    public const string StatusTag = "fabric.response_status";

    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    private const string SystemTag = "rpc.system";
    private const string FabricSystem = "hyperledger_fabric";

    /// <summary>What is longer is no function's name, but what somebody sent.</summary>
    private const int MaxFunctionBytes = 128;

    private static readonly ActivitySource Source = new(Name);

    /// <summary>
    /// Gets whether the environment names a collector by OpenTelemetry's own variables,
    /// <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> or <c>OTEL_EXPORTER_OTLP_TRACES_ENDPOINT</c>.
    /// </summary>
    public static bool IsCollectorNamed =>
        !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(Endpoint))
        || !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(TracesEndpoint));

    internal static Activity? Start(ChaincodeStub stub, string chaincodeId)
    {
        if (!Source.HasListeners() || ParentOf(stub) is not { } parent)
            return null;
        string chaincode = stub.ChaincodeName ?? chaincodeId;
        string function = FunctionOf(stub);
        return Source.StartActivity(
            $"{chaincode}/{function}", ActivityKind.Server, parent,
            [
                new(SystemTag, FabricSystem), new(ChaincodeTag, chaincode), new(FunctionTag, function),
                new(ChannelTag, stub.ChannelId), new(TransactionIdTag, stub.TransactionId),
            ]);
    }

    internal static void End(Activity? span, Response response)
    {
        if (span is null)
            return;
        span.SetTag(StatusTag, response.Status);
        if (response.Status >= Response.ErrorThreshold)
            span.SetStatus(ActivityStatusCode.Error);
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

    private static string FunctionOf(ChaincodeStub stub) =>
        stub.Arguments is [{ Length: > 0 and <= MaxFunctionBytes } name, ..]
            ? Encoding.UTF8.GetString(name.Span)
            : "(none)";
}
