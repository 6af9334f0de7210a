using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Whose transactions write a record: its owner's alone, but for what members decide together. Fabric asks only whose
/// peers endorsed, and a majority of them could write in another member's name. A ledger is founded once.
/// </summary>
internal static class WriterRule
{
    /// <summary>Leaves out of a block what was written in another's name, and reads the rest.</summary>
    /// <param name="block">The block; those of its transactions are named as doubtful.</param>
    /// <param name="read">How records are read.</param>
    /// <param name="keys">The institutions' keys, which are followed.</param>
    public static VettedBlock Vet(LedgerBlock block, RecordReader read, OwnKeys keys)
    {
        var kept = new List<ReadWrite>();
        var passedOver = new HashSet<string>(StringComparer.Ordinal);
        var transactions = new List<LedgerTransaction>(block.Transactions.Count);
        var doubtful = new List<string>(block.Doubtful);
        bool isFounded = keys.IsFounded;
        foreach (var transaction in block.Transactions)
        {
            bool isDoubtful = false;
            var own = new List<LedgerWrite>(transaction.Writes.Count);
            foreach (var write in transaction.Writes)
            {
                // Whose the places of status lists are, issuances say; those keys are for the contract alone.
                string kind = RecordForms.KindOf(write.Key);
                if (kind == RecordKey.StatusRangeType) continue;
                var reading = write.Value is { } value ? read(write.Key, value) : default;
                if (!IsAllowed(kind, write, reading, transaction.Creator)
                    || (kind == RecordKey.FoundingType && (isFounded || write.Value is null)))
                {
                    isDoubtful = true;
                    passedOver.Add(write.Key);
                    continue;
                }

                isFounded |= kind == RecordKey.FoundingType;
                if (reading.Record is Institution institution)
                {
                    reading = reading with
                    {
                        Record = keys.Take(
                            institution, transaction.Creator == institution.MspId, out bool hasForeign),
                    };
                    isDoubtful |= hasForeign;
                }

                own.Add(write);
                passedOver.Remove(write.Key);
                kept.Add(new ReadWrite(transaction.Position, write, reading));
            }

            bool isTold = transaction.Event is { } raised && (!isDoubtful || EventRule.Tells(raised, own));
            transactions.Add(isTold ? transaction : transaction with { Event = null });
            if (isDoubtful && !doubtful.Contains(transaction.Id)) doubtful.Add(transaction.Id);
        }

        return new VettedBlock(block with { Transactions = transactions, Doubtful = doubtful }, kept, passedOver);
    }

    private static bool IsAllowed(string kind, LedgerWrite write, RecordReading reading, string creator)
    {
        // What is owned is never deleted.
        string? owner = OwnerOf(kind, write.Key, reading.Record);
        return kind == RecordKey.InstitutionType ? write.Value is not null
            : owner is null || (owner == creator && write.Value is not null);
    }

    /// <summary>Who alone writes a record; none for what members decide together, or if it cannot be told.</summary>
    private static string? OwnerOf(string kind, string key, object? record)
    {
        if (kind.Length == 0 || !key.EndsWith('\0')) return null;
        switch (kind)
        {
            case RecordKey.AchievementType or RecordKey.PathwayType or RecordKey.IssuanceType or RecordKey.StatusType
                or RecordKey.WithdrawnApiKeyType or RecordKey.OfferingType:
                return CompositeKey.Split(key).Attributes is [var first, ..] ? first : null;
            case RecordKey.AccreditationType:
                return CompositeKey.Split(key).Attributes is [_, var accreditor, ..] ? accreditor : null;
            case RecordKey.AgreementType:
                return CompositeKey.Split(key).Attributes is [.., "acceptance" or "notice", var party]
                    ? party : (record as AgreementPart)?.Proposal?.Statement.MspId;
            default:
                return null;
        }
    }
}

/// <summary>A block without what was written in another's name.</summary>
/// <param name="Block">The block; the transactions that did it are named as doubtful.</param>
/// <param name="Writes">What is left, read. Institutions have the keys that count.</param>
/// <param name="PassedOver">The keys whose last write in the block was left out.</param>
internal sealed record VettedBlock(
    LedgerBlock Block, IReadOnlyList<ReadWrite> Writes, IReadOnlySet<string> PassedOver);
