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

    /// <summary>
    /// Tells whether opening the stream once more may help: false where the peer refuses the request itself.
    /// </summary>
    public bool IsTransient => StatusCode is not (
        StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.PermissionDenied
        or StatusCode.Unauthenticated or StatusCode.Unimplemented or StatusCode.OutOfRange
        or StatusCode.FailedPrecondition);
}
