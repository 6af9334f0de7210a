using System.Security.Authentication;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>A stream of events could not be opened, or broke.</summary>
/// <remarks>
/// Read on from the checkpoint, or let the stream do it by itself: see <see cref="EventOptions.Resume"/>.
/// </remarks>
public sealed class EventStreamException : FabricException
{
    internal EventStreamException(string what, RpcFailure failure)
        : base($"Reading {what}", "", failure)
    {
    }

    internal EventStreamException(string message, StatusCode statusCode)
        : base(message, "", statusCode, [], null)
    {
    }

    internal EventStreamException(string message, StatusCode statusCode, Exception? cause)
        : base(message, "", statusCode, [], cause)
    {
    }

    /// <summary>
    /// Tells whether opening the stream once more may help: false where the peer refuses the request itself, where a
    /// block is larger than <see cref="PeerChannelOptions.MaxMessageBytes"/>, and where the peer's TLS certificate is
    /// not trusted or does not hold the name that was asked for.
    /// </summary>
    public bool IsTransient => !IsForGood && !IsOfTls
        && StatusCode is not (StatusCode.NotFound or StatusCode.FailedPrecondition);

    /// <summary>
    /// Whether the peer refuses the request, whenever it is asked, or a message is too large for this client.
    /// </summary>
    internal bool IsForGood => IsTooLarge || StatusCode is StatusCode.InvalidArgument or StatusCode.PermissionDenied
        or StatusCode.Unauthenticated or StatusCode.Unimplemented or StatusCode.OutOfRange;

    /// <summary>Whether no peer was reached, or it was lost: that passes when it is back.</summary>
    internal bool IsOfNetwork => !IsOfTls && StatusCode is (
        StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled
        or StatusCode.ResourceExhausted);

    /// <summary>Whether the peer was reached, and its TLS certificate was not good.</summary>
    internal bool IsOfTls => Causes.OfType<AuthenticationException>().Any();

    /// <summary>Whether no connection came about: what lasts long then is the attempt, by its own timeout.</summary>
    internal bool IsOfConnecting => Causes.Any(cause => cause is TimeoutException or HttpRequestException
    {
        HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
    });

    private IEnumerable<Exception> Causes
    {
        get
        {
            var cause = InnerException is RpcException rpc ? rpc.Status.DebugException : InnerException;
            for (; cause is not null; cause = cause.InnerException)
            {
                yield return cause;
            }
        }
    }
}
