using Grpc.Core;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>
/// Knows a message that is too large in what is said of a failed call: that stays, while a peer with too much to do, of
/// the same status, has time a moment later.
/// </summary>
/// <remarks>
/// Source: gRPC for .NET (this client before it sends, and servers) and for Go (peers); text is all that they give.
/// What a peer that handled a submit answers is never too large: its message is empty.
/// </remarks>
internal static class MessageSize
{
    private static readonly string[] Words =
    [
        "Sending message exceeds the maximum configured message size",
        "Received message exceeds the maximum configured message size",
        "received message larger than max",
        "received message after decompression larger than max",
        "trying to send message larger than max",
    ];

    public static bool IsExceededIn(RpcFailure failure)
    {
        if (failure.Code != StatusCode.ResourceExhausted)
            return false;

        const string Prefix = "grpc: ";
        string text = failure.Text.StartsWith(Prefix, StringComparison.Ordinal)
            ? failure.Text[Prefix.Length..]
            : failure.Text;
        return Words.Any(words => text.StartsWith(words, StringComparison.Ordinal));
    }
}
