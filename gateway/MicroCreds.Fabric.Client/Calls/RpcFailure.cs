using System.Collections.ObjectModel;
using System.Globalization;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol;
using WireDetail = MicroCreds.Fabric.Protocol.Gateway.ErrorDetail;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>What a failed call says: status, text and the details of each node.</summary>
internal sealed record RpcFailure(StatusCode Code, string Text, IReadOnlyList<ErrorDetail> Details, Exception Cause)
{
    /// <summary>What servers say of a call whose client's deadline has passed: in .NET, and in Go.</summary>
    private static readonly HashSet<string> PassedDeadlines =
        new(["Deadline Exceeded", "context deadline exceeded"], StringComparer.OrdinalIgnoreCase);

    /// <param name="exception">The failure.</param>
    /// <param name="timeout">How long the call was given.</param>
    /// <param name="peer">Who was called.</param>
    public static RpcFailure From(RpcException exception, TimeSpan timeout, PeerName peer) =>
        new(exception.StatusCode, TextOf(exception, timeout, peer), DetailsOf(exception), exception);

    /// <summary>Channels may be told to report a passed deadline as a cancellation.</summary>
    public static RpcFailure FromDeadline(OperationCanceledException exception, TimeSpan timeout) =>
        new(StatusCode.DeadlineExceeded, NoAnswerIn(timeout), [], exception);

    /// <summary>The gateway was disposed while the call was under way.</summary>
    public static RpcFailure FromDisposal(Exception exception) => new(
        StatusCode.Cancelled, "the gateway was disposed before an answer came", [], exception);

    public string Describe(string what)
    {
        string text = $"{what} failed: {Code}: {Text}";
        if (Details.Count == 0)
            return text;

        // An evaluation's text is already what its one peer said: then the detail adds who said it.
        return Details is [var only] && only.Message.Length > 0 && Text.Contains(only.Message, StringComparison.Ordinal)
            ? $"{text} [{only.Address} {only.MspId}]"
            : $"{text} [{string.Join("; ", Details)}]";
    }

    // "Error connecting to subchannel." says nothing; the exception beneath it names the cause.
    private static string TextOf(RpcException exception, TimeSpan timeout, PeerName peer)
    {
        string text = exception.Status.Detail;
        if (exception.StatusCode == StatusCode.DeadlineExceeded
            && (text.Length == 0 || exception.Status.DebugException is not null || PassedDeadlines.Contains(text)))
        {
            // It was our own timer; or the server, whom it was told, was a moment before: the transport's words would
            // mislead.
            return NoAnswerIn(timeout);
        }

        string? cause = exception.Status.DebugException?.GetBaseException().Message;
        return cause is null || text.Contains(cause, StringComparison.Ordinal) ? text : $"{text} ({peer}: {cause})";
    }

    private static string NoAnswerIn(TimeSpan timeout) =>
        $"no answer came within {timeout.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s, "
        + "which is this client's own deadline";

    private static ReadOnlyCollection<ErrorDetail> DetailsOf(RpcException exception)
    {
        var found = new List<ErrorDetail>();
        foreach (var any in exception.Trailers.GetRpcStatus(ignoreParseError: true)?.Details ?? [])
        {
            if (any.Is(WireDetail.Descriptor) && TryRead(any.Value) is { } detail)
            {
                found.Add(new ErrorDetail(detail.Address, detail.MspId, detail.Message));
            }
        }

        return found.AsReadOnly();
    }

    // What a peer adds to a failure must not hide the failure.
    private static WireDetail? TryRead(ByteString detail)
    {
        try
        {
            return WireDetail.Parser.ParseAsGo(detail);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
