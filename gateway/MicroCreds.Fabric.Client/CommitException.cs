using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>A transaction was ordered and then found invalid: it changed nothing.</summary>
/// <remarks>
/// The outcome is known, so that a new transaction in its place is safe. As no call failed, there is no gRPC status of
/// a peer: <see cref="FabricException.StatusCode"/> is Aborted, as gRPC names what a conflict undid.
/// </remarks>
public sealed class CommitException : FabricException
{
    internal CommitException(CommitStatus status)
        : base(
            $"Transaction {status.TransactionId} is invalid in block {status.BlockNumber}: {Name(status.Code)}",
            status.TransactionId, StatusCode.Aborted, [], null)
    {
        Code = status.Code;
        BlockNumber = status.BlockNumber;
    }

    /// <summary>Why the transaction is invalid.</summary>
    public TxValidationCode Code { get; }

    /// <summary>The block that the transaction is in.</summary>
    public ulong BlockNumber { get; }

    private static string Name(TxValidationCode code) =>
        $"{OriginalName(code)} (validation code {(int)code})";

    private static string OriginalName(TxValidationCode code)
    {
        // The field's own names, such as MVCC_READ_CONFLICT, are what people search for.
        var value = TransactionReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>(
            nameof(TxValidationCode))?.FindValueByNumber((int)code);
        return value?.Name ?? "unknown code";
    }
}
