namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>Verifies the whole audit log, from where it was dropped up to its head.</summary>
public sealed class AuditChain(AuditLog log)
{
    private const int Chunk = 1_000;

    /// <summary>Verifies it.</summary>
    /// <param name="noted">A number and hash that somebody noted earlier: they must still be in it.</param>
    public AuditVerdict Verify((long Number, string Hash)? noted = null)
    {
        // The head first: what is added meanwhile comes after it.
        var head = log.ReadHead();
        var (number, hash) = (head.PrunedNumber, head.PrunedHash);
        bool isNotedThere = noted is not { } wanted || wanted == (number, hash);

        // Whoever drops entries by hand can move the place to which they were dropped too, but retention also says so.
        bool isDropNamed = head.PrunedNumber == 0;
        string dropped = AuditLog.NameOfDrop(head.PrunedNumber, head.PrunedHash);
        while (number < head.Number)
        {
            var entries = log.ReadOn(number, (int)Math.Min(Chunk, head.Number - number));
            if (entries.Count == 0)
                return Broken(number + 1, "it is missing");
            foreach (var entry in entries)
            {
                if (FaultOf(entry, number + 1, hash) is { } fault)
                    return Broken(number + 1, fault);
                (number, hash) = (number + 1, entry.Hash);
                isNotedThere |= noted == (number, hash);
                isDropNamed |= entry.Action == AuditActions.Pruned && entry.Subject == dropped;
            }
        }

        if (hash != head.Hash)
            return Broken(number, "it is not the one that the head names");
        if (!isDropNamed)
        {
            return Broken(
                head.PrunedNumber, "it was dropped with those before it, and no entry says that retention did so");
        }

        return isNotedThere
            ? new AuditVerdict(true, head.PrunedNumber, head.Number, head.Hash, null, null)
            : Broken(noted!.Value.Number, noted.Value.Number <= head.PrunedNumber
                ? "it is older than what is kept" : "it is not the one that was noted: the log was written anew");

        AuditVerdict Broken(long at, string fault) =>
            new(false, head.PrunedNumber, head.Number, head.Hash, at, $"Of entry {at}: {fault}.");
    }

    private static string? FaultOf(StoredAuditEntry kept, long number, string previous)
    {
        if (kept.Number != number)
            return "it is missing";
        if (AuditEntry.HashOf(kept.Canonical) != kept.Hash)
            return "it was altered";
        if (kept.TryRead() is not { } entry)
            return "it was altered and cannot be read";
        if (entry.Number != number || entry.Previous != previous)
            return "it does not follow the one before";

        // What it is found by is not hashed itself: a changed one would hide it from a search.
        var foundBy = (entry.At.ToUnixTimeMilliseconds(), entry.Actor.Id, entry.Action, entry.Subject);
        return foundBy == (kept.At, kept.Actor, kept.Action, kept.Subject) ? null : "what it is found by was altered";
    }
}

/// <summary>Whether the audit log is whole.</summary>
/// <param name="Whole">
/// Whether each entry follows from the one before, and the log itself says what was dropped at its front. Of its end it
/// says nothing: entries that were cut off there are missed only beside a number and hash that were noted earlier.
/// </param>
/// <param name="DroppedUpTo">The number up to which entries were dropped since they were old enough.</param>
/// <param name="Number">The number of the newest entry.</param>
/// <param name="Hash">Its hash. Note both elsewhere: later they show whether the log was written anew.</param>
/// <param name="BrokenAt">The number of the first entry with a fault.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record AuditVerdict(
    bool Whole, long DroppedUpTo, long Number, string Hash, long? BrokenAt, string? Fault);
