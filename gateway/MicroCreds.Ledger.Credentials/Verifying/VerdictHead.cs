namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// The head of a verdict: the one place that decides what a reader must not miss. Of what is not valid it is why; of
/// what is valid, the warnings that bear on whether to rely on it.
/// </summary>
public sealed record VerdictHead
{
    // Not here: holderProofNotAsked. It is about who presents a credential and not about what it is worth, and stands
    // in the notices of most presentations.
    private static readonly string[] Reservations =
    [
        CheckCodes.NeverAccredited,
        CheckCodes.AccreditationLater,
        CheckCodes.AccreditationOutOfScope,
        CheckCodes.AccreditationSuspended,
        CheckCodes.AccreditationWithdrawn,
        CheckCodes.AccreditationExpired,
        CheckCodes.AccreditorRemoved,
        CheckCodes.AccreditationNotKnown,
        CheckCodes.RecordUnreadable,
        CheckCodes.PartsDoNotStand,
        CheckCodes.PartsNotKnown,
    ];

    private VerdictHead(VerdictKind kind, IReadOnlyList<Check> told) => (Kind, Told) = (kind, told);

    /// <summary>The verdict.</summary>
    public VerdictKind Kind { get; }

    /// <summary>The checks that the head tells of; none if there is nothing to say beyond the verdict.</summary>
    public IReadOnlyList<Check> Told { get; }

    /// <summary>Whether it is valid, but not without a reservation.</summary>
    public bool IsReserved => Kind == VerdictKind.Valid && Told.Count > 0;

    /// <summary>The verdict in a few words, without a full stop.</summary>
    public string Word => Kind switch
    {
        VerdictKind.Valid when IsReserved => "Valid, with a reservation",
        VerdictKind.Valid => "Valid",
        VerdictKind.Invalid => "Not valid",
        VerdictKind.Foreign => "Not of this consortium",
        _ => "Could not be verified",
    };

    /// <summary>The head as text.</summary>
    public string Sentence => Told.Count == 0
        ? Word + "."
        : $"{Word}: {string.Join(' ', Told.Select(check => check.Detail))}";

    /// <summary>The codes of the checks that it tells of.</summary>
    public IReadOnlyList<string> Codes => [.. Told.Select(check => check.Code)];

    /// <summary>Decides what a head says.</summary>
    /// <param name="kind">The verdict.</param>
    /// <param name="checks">The checks that led to it.</param>
    /// <param name="view">What the ledger said; absent if it was not or could not be asked.</param>
    public static VerdictHead Of(VerdictKind kind, IReadOnlyList<Check> checks, AnchorView? view)
    {
        ArgumentNullException.ThrowIfNull(checks);
        if (kind == VerdictKind.Valid)
            return new VerdictHead(kind, [.. checks.Where(check => IsReservation(check, view))]);

        var reason = checks.Where(check => check.Outcome is CheckOutcome.Fail or CheckOutcome.Unknown).MinBy(WeightOf);
        return new VerdictHead(kind, reason is null ? [] : [reason]);
    }

    // Where nobody accredits, that nobody accredited this issuer tells nothing of it, and stands in its line alone.
    private static bool IsReservation(Check check, AnchorView? view) =>
        check.Outcome == CheckOutcome.Warning && Reservations.Contains(check.Code)
        && (check.Code != CheckCodes.NeverAccredited || view?.Accreditation?.Consortium.Accreditors is not []);

    // What failed weighs most; of what is not known, that from which the rest follows.
    private static int WeightOf(Check check) => check switch
    {
        { Outcome: CheckOutcome.Fail } => 0,
        { Code: CheckCodes.LedgerUnreachable or CheckCodes.NotAnchoredYet } => 1,
        _ => 2,
    };
}
