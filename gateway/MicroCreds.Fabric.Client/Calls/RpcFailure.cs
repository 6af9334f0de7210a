using System.Collections.ObjectModel;
using Grpc.Core;
using WireDetail = MicroCreds.Fabric.Protocol.Gateway.ErrorDetail;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>What a failed call says: status, text and the details of each node.</summary>
internal sealed record RpcFailure(StatusCode Code, string Text, IReadOnlyList<ErrorDetail> Details, Exception Cause)
{
    public static RpcFailure From(RpcException exception) =>
        new(exception.StatusCode, TextOf(exception), DetailsOf(exception), exception);

    /// <summary>Channels may be told to report a passed deadline as a cancellation.</summary>
    public static RpcFailure FromDeadline(OperationCanceledException exception) =>
        new(StatusCode.DeadlineExceeded, "the deadline has passed", [], exception);

    public string Describe(string what)
    {
        string text = $"{what} failed: {Code}: {Text}";
        return Details.Count == 0 ? text : $"{text} [{string.Join("; ", Details)}]";
    }

    // "Error connecting to subchannel." says nothing; the exception beneath it names address and cause.
    private static string TextOf(RpcException exception)
    {
        if (exception is { StatusCode: StatusCode.DeadlineExceeded, Status.DebugException: not null })
        {
            // The peer reset the stream a moment before our own timer: the transport's words would mislead.
            return "the deadline passed without an answer";
        }

        string text = exception.Status.Detail;
        string? cause = exception.Status.DebugException?.GetBaseException().Message;
        return cause is null || text.Contains(cause, StringComparison.Ordinal) ? text : $"{text} ({cause})";
    }

    private static ReadOnlyCollection<ErrorDetail> DetailsOf(RpcException exception)
    {
        var found = new List<ErrorDetail>();
        foreach (var any in exception.Trailers.GetRpcStatus(ignoreParseError: true)?.Details ?? [])
        {
            if (any.Is(WireDetail.Descriptor))
            {
                var detail = any.Unpack<WireDetail>();
                found.Add(new ErrorDetail(detail.Address, detail.MspId, detail.Message));
            }
        }

        return found.AsReadOnly();
    }
}
