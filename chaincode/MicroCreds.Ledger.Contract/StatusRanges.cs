using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// Which places of status lists are taken: no two credentials ever share one, whatever an issuer's gateway believes.
/// A range is kept as the fewest aligned blocks that make it up, each under its path in a tree over the list, so that
/// two issuances touch the same keys only where they want the same places.
/// </summary>
internal static class StatusRanges
{
    private const string ObjectType = RecordKey.StatusRangeType;

    /// <summary>Returns the blocks that make up an issuance's range.</summary>
    public static IReadOnlyList<StatusBlock> BlocksOf(IssuanceStatement issuance) =>
        StatusBlock.Cover(issuance.StatusOffset, issuance.Size);

    /// <summary>Returns the keys of the blocks and of all that lie around them, each once.</summary>
    public static IReadOnlyList<RecordKey> KeysAround(IssuanceStatement issuance, IReadOnlyList<StatusBlock> blocks)
    {
        // Blocks lie in the list's order, so what lies around several of them comes one after the other.
        var latest = new StatusBlock[StatusBlock.MaxDepth + 1];
        var keys = new List<RecordKey>();
        foreach (var block in blocks)
        {
            for (StatusBlock? around = block; around is { } one && latest[one.Depth] != one; around = one.Parent)
            {
                latest[one.Depth] = one;
                keys.Add(KeyOf(issuance, one));
            }
        }

        return keys;
    }

    /// <summary>Refuses a range of which a place is taken, and takes it.</summary>
    /// <param name="context">The transaction.</param>
    /// <param name="issuance">What takes it.</param>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="around">What is stored under <see cref="KeysAround"/>.</param>
    public static async ValueTask TakeAsync(
        TransactionContext context, IssuanceStatement issuance, IReadOnlyList<StatusBlock> blocks,
        IEnumerable<byte[]?> around)
    {
        if (around.Any(stored => stored is not null)) throw Taken(issuance);

        byte[] root = CanonicalJson.Serialize(issuance.Root);
        foreach (var (first, last) in Neighbours(blocks))
        {
            // The whole of them is read, so that a place which another issuance takes meanwhile is a conflict.
            await foreach (var _ in context.Stub.GetStateByCompositeKeyRangeAsync(
                ObjectType, KeyOf(issuance, first).Attributes, KeyOf(issuance, last).Attributes))
                throw Taken(issuance);
        }

        foreach (var block in blocks)
            await context.Stub.PutStateAsync(LedgerRecords.StateKeyOf(KeyOf(issuance, block)), root);
    }

    /// <summary>
    /// The runs of blocks that have places below them and lie side by side under one parent: one query is enough for
    /// all of a run.
    /// </summary>
    private static IEnumerable<(StatusBlock First, StatusBlock Last)> Neighbours(IReadOnlyList<StatusBlock> blocks)
    {
        for (int i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].IsPlace) continue;

            int first = i;
            while (i + 1 < blocks.Count && blocks[i + 1].Depth == blocks[first].Depth
                && blocks[i + 1].Parent == blocks[first].Parent)
                i++;
            yield return (blocks[first], blocks[i]);
        }
    }

    private static RecordKey KeyOf(IssuanceStatement issuance, StatusBlock block) =>
        RecordKey.StatusRange(issuance.MspId, issuance.StatusList, block);

    private static ChaincodeException Taken(IssuanceStatement issuance) => Refusal.Because(
        ErrorCodes.StatusRangeConflict,
        $"Of the places {issuance.StatusOffset} to {issuance.StatusOffset + issuance.Size - 1} of the list "
        + $"{issuance.StatusList}, some are taken by an earlier issuance: take others, and sign a new statement.",
        "/statement/statusOffset");
}
