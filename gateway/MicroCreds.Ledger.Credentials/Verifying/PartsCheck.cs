namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Asks after the credentials that an award was made for. The award is its issuer's word and stands by its own status;
/// that a part was revoked since takes nothing from it by itself, but who reads it must know: it warns, and does not
/// fail.
/// </summary>
/// <param name="ledger">What says what is on the ledger.</param>
/// <param name="time">What says what time it is.</param>
internal sealed class PartsCheck(ILedgerView ledger, TimeProvider time)
{
    /// <summary>The most parts of one award that are asked after; whether the others stand is not known.</summary>
    public const int MaxAsked = 128;

    /// <summary>How long asking after all parts may take; whether those stand that are left is not known.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    /// <summary>The most parts that a sentence names.</summary>
    private const int MaxNamed = 3;

    /// <summary>The line of an award that is not established: what a forged list names is not asked after.</summary>
    public static readonly Check NotAsked = new(
        CheckNames.Parts, CheckOutcome.Unknown, CheckCodes.NotChecked,
        "The credentials that it was awarded for are asked after once signature and anchor are established.",
        "See the lines on its signature and its anchor.");

    /// <summary>Finds how each part stands, by one look at the ledger for each.</summary>
    public async ValueTask<IReadOnlyList<PartFinding>> FindAsync(
        IReadOnlyList<CredentialPart> parts, VerificationOptions options, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(MaxTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var findings = new PartFinding[parts.Count];
        for (int i = 0; i < parts.Count; i++)
        {
            findings[i] = i < MaxAsked
                ? await FindAsync(parts[i], options, both.Token, cancellationToken)
                : PartFinding.NotKnown(
                    parts[i], CheckCodes.NotChecked, $"At most {MaxAsked} parts of an award are asked after.");
        }

        return findings;
    }

    /// <summary>Sums the parts up in a line.</summary>
    public static Check Of(IReadOnlyList<PartFinding> findings)
    {
        var fallen = findings.Where(part => part.Standing == PartStanding.DoesNotStand).ToList();
        if (fallen.Count > 0)
        {
            return new Check(
                CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsDoNotStand,
                $"It was awarded for other credentials, and not all of them stand. {Told(fallen)}",
                "That alone does not revoke the award: ask its issuer whether it stays, and decide whether it counts "
                + "for you.");
        }

        var doubtful = findings.Where(part => part.Standing == PartStanding.NotKnown).ToList();
        return doubtful.Count > 0
            ? new Check(
                CheckNames.Parts, CheckOutcome.Warning, CheckCodes.PartsNotKnown,
                "It was awarded for other credentials, and whether all of them stand is not known here. "
                + Told(doubtful),
                "Ask the learner for those credentials and verify them, or ask the issuer.")
            : new Check(
                CheckNames.Parts, CheckOutcome.Pass, CheckCodes.PartsStand,
                "None of the credentials that it was awarded for was revoked or suspended since.");
    }

    private static string Told(List<PartFinding> parts)
    {
        var told = parts.Take(MaxNamed).Select(part => part.MspId.Length > 0
            ? $"“{part.Title}” of {part.MspId}: {part.Detail}"
            : $"“{part.Title}”: {part.Detail}");
        return string.Join(' ', parts.Count > MaxNamed ? told.Append($"And {parts.Count - MaxNamed} more.") : told);
    }

    private async ValueTask<PartFinding> FindAsync(
        CredentialPart part, VerificationOptions options, CancellationToken inTime, CancellationToken asked)
    {
        if (!part.HasPlace)
        {
            return PartFinding.NotKnown(
                part, CheckCodes.NotChecked, "The award does not name its place on a ledger.");
        }

        try
        {
            var view = await ledger.FindAnchorAsync(part.MspId, part.Root, part.Index, achievement: null, inTime);
            return PartFinding.Of(part, view, options);
        }
        catch (LedgerUnavailableException)
        {
            return NotAnswered();
        }
        catch (OperationCanceledException) when (!asked.IsCancellationRequested)
        {
            return NotAnswered();
        }

        PartFinding NotAnswered() =>
            PartFinding.NotKnown(part, CheckCodes.LedgerUnreachable, "The ledger could not be asked about it.");
    }
}
