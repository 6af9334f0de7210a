using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>How far events have been processed.</summary>
/// <param name="BlockNumber">The block that the next event is expected in.</param>
/// <param name="TransactionId">
/// The last transaction of that block whose event was processed; null when none was yet.
/// </param>
/// <remarks>Thread-safe.</remarks>
public readonly record struct Checkpoint(ulong BlockNumber, string? TransactionId = null)
{
    /// <summary>Returns the position after a whole block.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no block after it.</exception>
    public static Checkpoint AfterBlock(ulong blockNumber)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(blockNumber, ulong.MaxValue);
        return new Checkpoint(blockNumber + 1);
    }

    /// <summary>Returns the position after a chaincode event.</summary>
    public static Checkpoint After(ChaincodeEvent chaincodeEvent)
    {
        ArgumentNullException.ThrowIfNull(chaincodeEvent);
        return new Checkpoint(chaincodeEvent.BlockNumber, chaincodeEvent.TransactionId);
    }

    /// <summary>Returns the position after a block.</summary>
    /// <exception cref="ArgumentException">The block has no header, and so no number.</exception>
    public static Checkpoint After(Block block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Header is { } header
            ? AfterBlock(header.Number)
            : throw new ArgumentException("The block has no header, and so no number.", nameof(block));
    }

    /// <summary>Returns the position after a filtered block.</summary>
    public static Checkpoint After(FilteredBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return AfterBlock(block.Number);
    }

    /// <summary>Returns the position after a block with its private data.</summary>
    /// <exception cref="ArgumentException">There is no block with a header.</exception>
    public static Checkpoint After(BlockAndPrivateData block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return After(block.Block ?? new Block());
    }
}
