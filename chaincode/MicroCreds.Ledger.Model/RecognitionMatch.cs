namespace MicroCreds.Ledger.Model;

/// <summary>
/// How far an agreement goes towards recognizing an award. Many are weighed for one answer, and only the best is put
/// into words.
/// </summary>
internal readonly record struct RecognitionMatch(string Code, RecognitionNearness Nearness)
{
    /// <summary>The agreement; absent where there is none.</summary>
    public Agreement? Agreement { get; init; }

    /// <summary>The version that rules the award.</summary>
    public AgreementStatement? Terms { get; init; }

    /// <summary>The clause.</summary>
    public AgreementClause? Clause { get; init; }

    /// <summary>The hundredths that it counts for.</summary>
    public int Credits { get; init; }

    /// <summary>The hundredths that it would count for without a cap.</summary>
    public int FullCredits { get; init; }

    /// <summary>By which member of the scope it falls out.</summary>
    public string? Missing { get; init; }

    /// <summary>When the agreement ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    public bool IsRecognized => Nearness == RecognitionNearness.There;

    public bool IsBetterThan(in RecognitionMatch other)
    {
        if (Nearness != other.Nearness) return Nearness > other.Nearness;
        if (Credits != other.Credits) return Credits > other.Credits;

        // Whatever order the agreements come in, the answer is the same.
        return string.CompareOrdinal(Agreement?.Id, other.Agreement?.Id) < 0;
    }

    public RecognitionAnswer Write(CredentialFacts facts, string institution) => new()
    {
        Institution = institution,
        Recognized = IsRecognized,
        Code = Code,
        Detail = Detail(facts, institution),
        Missing = IsRecognized ? null : Wanted(facts, institution),
        Credits = IsRecognized ? Hundredths.ToCredits(Credits) : null,
        MaxCreditsPerLearner = IsRecognized ? Clause?.MaxCreditsPerLearner : null,
        EqfLevel = IsRecognized ? Clause?.EqfLevel ?? facts.Achievement.EqfLevel : null,
        Grade = IsRecognized ? GradeOf(facts) : null,
        Equivalent = IsRecognized ? Clause?.Equivalent : null,
        Agreement = Agreement?.Id,
        Version = Terms?.Version,
        Clause = Clause?.Id,
        AwardedAt = facts.AwardedAt,
    };

    private string? GradeOf(CredentialFacts facts) =>
        Clause?.Grades.FirstOrDefault(line => line.From == facts.Grade)?.To;

    private string Detail(CredentialFacts facts, string institution) => Code switch
    {
        RecognitionCode.NoAgreement => $"{institution} has no agreement with {facts.MspId}.",
        RecognitionCode.NotAccepted => Agreement!.TurnedDownBy is { } one
            ? $"The agreement {Agreement.Id} was proposed, and turned down by {one}."
            : $"The agreement {Agreement!.Id} is proposed, but not accepted by all.",
        RecognitionCode.BeforeAgreement =>
            $"It was awarded on {Day(facts.AwardedAt)}, and the agreement {Terms!.Id} begins on "
            + $"{Day(Terms.ValidFrom)}.",
        RecognitionCode.AfterAgreement =>
            $"It was awarded on {Day(facts.AwardedAt)}, and the agreement {Terms!.Id} ended on {Day(EndedAt!.Value)}.",
        RecognitionCode.OutOfScope when Clause is null =>
            $"The agreement {Terms!.Id} has no clause by which {institution} recognizes awards of {facts.MspId}.",
        RecognitionCode.OutOfScope =>
            $"The agreement {Terms!.Id} does not take this achievement: its {Missing} are others.",
        RecognitionCode.NotAccredited =>
            $"The agreement {Terms!.Id} takes only what was accredited when it was awarded.",
        RecognitionCode.CapReached =>
#pragma warning disable MCF0007 // Readers of the ledger say it to people; no transaction writes it.
            $"By this clause one learner gets {Clause!.MaxCreditsPerLearner} credits at most, and others of the file "
            + "leave no room for it.",
#pragma warning restore MCF0007 // As above.
        RecognitionCode.AlreadyCounted =>
            $"By this clause it counts as {Clause!.Equivalent!.Id}, which another of the file counts as already.",
        _ => Credits < FullCredits
            ? $"Recognized under the agreement {Terms!.Id}, version {Terms.Version}, for the most that one learner "
            + "gets by this clause."
            : $"Recognized under the agreement {Terms!.Id}, version {Terms.Version}.",
    };

    private string Wanted(CredentialFacts facts, string institution) => Code switch
    {
        RecognitionCode.NoAgreement => $"An agreement of {institution} and {facts.MspId}.",
        RecognitionCode.NotAccepted => Agreement!.TurnedDownBy is not null
            ? "A proposal that all its parties accept."
            : Agreement.Newest is { Awaits.Count: > 0 } proposed
                ? $"The acceptance of {string.Join(", ", proposed.Awaits)}."
                : $"It was accepted only on {Day(Agreement.Newest.AcceptedAt!.Value)}.",
        RecognitionCode.BeforeAgreement or RecognitionCode.AfterAgreement =>
            "An agreement that takes awards of that time.",
        RecognitionCode.OutOfScope when Clause is null => "A clause for awards in this direction.",
        RecognitionCode.OutOfScope => Missing switch
        {
            "levels" => $"One of the levels {string.Join(", ", Clause.Scope.Levels)} of the EQF.",
            "fields" => $"A field of ISCED-F that begins with {string.Join(" or ", Clause.Scope.Fields)}.",
            _ => $"One of the achievements {string.Join(", ", Clause.Scope.Achievements)}.",
        },
        RecognitionCode.NotAccredited => "An accreditation of the issuer for this achievement, of that time.",
        _ => "Nothing: more is not recognized by this agreement.",
    };

    private static string Day(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>How near an award comes to being recognized; the nearest is told.</summary>
internal enum RecognitionNearness
{
    /// <summary>Nothing was agreed that could be meant.</summary>
    Nothing,

    /// <summary>An agreement takes other achievements.</summary>
    Scope,

    /// <summary>It would be, were the proposal accepted.</summary>
    Proposal,

    /// <summary>It would be, had it been awarded at another time.</summary>
    Period,

    /// <summary>It would be, had its issuer been accredited.</summary>
    Accreditation,

    /// <summary>It would be, had the learner less.</summary>
    Cap,

    /// <summary>It is.</summary>
    There,
}
