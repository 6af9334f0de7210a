namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// How a trace goes from a client to the chaincode: in the proposal's transient data, which is neither endorsed nor
/// written. Source: W3C Trace Context.
/// </summary>
public static class TransientTrace
{
    /// <summary>The key, and the name of W3C's header.</summary>
    public const string Key = "traceparent";
}
