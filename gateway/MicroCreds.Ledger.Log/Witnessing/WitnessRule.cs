namespace MicroCreds.Ledger.Log.Witnessing;

/// <summary>Which heads a witness may cosign: those that hold all that it cosigned before, and no others.</summary>
public static class WitnessRule
{
    /// <summary>Judges a head whose log's signature was verified.</summary>
    /// <param name="request">What the log sent.</param>
    /// <param name="head">The head in it.</param>
    /// <param name="cosigned">The head of that log that was cosigned last; none if there was none.</param>
    public static WitnessVerdict Judge(WitnessRequest request, LogHead head, LogHead? cosigned)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(head);
        if (request.OldSize > head.Size) return WitnessVerdict.OldSizeTooLarge;
        var before = cosigned ?? new LogHead(head.Origin, 0, LogHead.EmptyRoot);
        if (request.OldSize != before.Size) return WitnessVerdict.OtherSize;
        if (cosigned?.Size == head.Size)
        {
            if (!cosigned.Root.Span.SequenceEqual(head.Root.Span)) return WitnessVerdict.OtherRoot;

            // A ledger's head says by its other lines what stands, and what is not in force. Of other logs they may say
            // what changes while the log does not, such as a time.
            if (LogHead.SaysOtherwise(cosigned, head)) return WitnessVerdict.Inconsistent;
        }

        return LogProofs.IsConsistent(before, head, request.Proof)
            ? WitnessVerdict.Cosign : WitnessVerdict.Inconsistent;
    }
}

/// <summary>What a witness does with a head; each has a status of its own in tlog-witness.</summary>
public enum WitnessVerdict
{
    /// <summary>It cosigns it (200).</summary>
    Cosign,

    /// <summary>The old size is larger than the head's (400).</summary>
    OldSizeTooLarge,

    /// <summary>Another size was cosigned last than the log says (409).</summary>
    OtherSize,

    /// <summary>The head is as large as the one that was cosigned last, and has another root (409).</summary>
    OtherRoot,

    /// <summary>The head does not hold what was cosigned, or the proof does not prove it (422).</summary>
    Inconsistent,
}
