namespace MicroCreds.Ledger.Model;

/// <summary>What institutions recognize by their agreements: the same answer wherever it is computed.</summary>
public static class Recognition
{
    private const int NearNothing = 0;
    private const int NearScope = 1;
    private const int NearProposal = 2;
    private const int NearPeriod = 3;
    private const int NearAccreditation = 4;
    private const int NearCap = 5;
    private const int There = 6;

    /// <summary>Tells what an institution makes of one credential, by itself.</summary>
    /// <param name="facts">The credential, which stands.</param>
    /// <param name="agreements">Agreements that may matter; others are passed over.</param>
    /// <param name="institution">The institution that would recognize it.</param>
    /// <param name="day">The day of asking: what parties accept later does not count yet.</param>
    public static RecognitionAnswer Of(
        CredentialFacts facts, IEnumerable<Agreement> agreements, string institution, DateTimeOffset day) =>
        Of(facts, agreements, institution, day, new RecognitionTally());

    /// <summary>Tells what an institution makes of one credential of a learner's file.</summary>
    /// <inheritdoc cref="Of(CredentialFacts, IEnumerable{Agreement}, string, DateTimeOffset)"/>
    /// <param name="facts">The credential, which stands.</param>
    /// <param name="agreements">Agreements that may matter; others are passed over.</param>
    /// <param name="institution">The institution that would recognize it.</param>
    /// <param name="day">The day of asking.</param>
    /// <param name="tally">What of the file was counted before this credential.</param>
    public static RecognitionAnswer Of(
        CredentialFacts facts, IEnumerable<Agreement> agreements, string institution, DateTimeOffset day,
        RecognitionTally tally)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(agreements);
        ArgumentNullException.ThrowIfNull(tally);
        if (!tally.IsNew(institution, facts))
        {
            return Refused(
                facts, institution, RecognitionCode.AlreadyCounted, NearCap,
                "The same achievement is in the file more than once; it counts once.", null);
        }

        if (facts.MspId == institution)
        {
            tally.Count(institution, facts);
            return new RecognitionAnswer
            {
                Institution = institution,
                Recognized = true,
                Code = RecognitionCode.OwnAward,
                Detail = "The institution awarded it itself.",
                Credits = facts.Achievement.Credits,
                EqfLevel = facts.Achievement.EqfLevel,
                Grade = facts.Grade,
                Equivalent = new AchievementReference(facts.Achievement.Id, facts.Achievement.Version),
                AwardedAt = facts.AwardedAt,
                Nearness = There,
            };
        }

        var best = Refused(
            facts, institution, RecognitionCode.NoAgreement, NearNothing,
            $"{institution} has no agreement with {facts.MspId}.", $"An agreement of {institution} and {facts.MspId}.");
        foreach (var agreement in agreements)
        {
            var answer = ByAgreement(facts, agreement, institution, day, tally);
            if (answer is not null && IsBetter(answer, best)) best = answer;
        }

        if (best.Recognized) tally.Count(institution, facts, best);
        return best;
    }

    /// <summary>
    /// Tells by which agreements an institution recognizes an award, each with its best clause, whatever else the
    /// learner has.
    /// </summary>
    /// <inheritdoc cref="Of(CredentialFacts, IEnumerable{Agreement}, string, DateTimeOffset)"/>
    public static IReadOnlyList<RecognitionAnswer> AllOf(
        CredentialFacts facts, IEnumerable<Agreement> agreements, string institution, DateTimeOffset day)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(agreements);
        var tally = new RecognitionTally();
        return
        [
            .. agreements.Select(agreement => ByAgreement(facts, agreement, institution, day, tally))
                .OfType<RecognitionAnswer>().Where(answer => answer.Recognized)
                .OrderBy(answer => answer.Agreement, StringComparer.Ordinal),
        ];
    }

    private static bool IsBetter(RecognitionAnswer one, RecognitionAnswer other)
    {
        if (one.Nearness != other.Nearness) return one.Nearness > other.Nearness;
        if (one.Credits != other.Credits) return (one.Credits ?? 0) > (other.Credits ?? 0);

        // Whatever order the agreements come in, the answer is the same.
        return string.CompareOrdinal(one.Agreement, other.Agreement) < 0;
    }

    private static RecognitionAnswer? ByAgreement(
        CredentialFacts facts, Agreement agreement, string institution, DateTimeOffset day, RecognitionTally tally)
    {
        if (agreement.VersionAt(facts.AwardedAt, day) is not { } version)
        {
            var proposed = agreement.Newest;
            return !Binds(proposed.Terms, facts.MspId, institution)
                ? null
                : Refused(
                    facts, institution, RecognitionCode.NotAccepted,
                    Covers(proposed.Terms, facts, institution) ? NearProposal : NearNothing,
                    $"The agreement {agreement.Id} is proposed, but not accepted by all.",
                    proposed.Awaits.Count == 0
                        ? $"It was accepted only on {Day(proposed.AcceptedAt!.Value)}."
                        : $"The acceptance of {string.Join(", ", proposed.Awaits)}.") with
                { Agreement = agreement.Id };
        }

        var terms = version.Terms;
        if (!Binds(terms, facts.MspId, institution)) return null;

        // What an agreement would not have taken on its best day is no nearer for being over.
        var answer = (Covers(terms, facts, institution) ? OutOfPeriod(facts, agreement, terms, institution) : null)
            ?? ByClauses(facts, terms, institution, tally);
        return answer with { Agreement = agreement.Id, Version = terms.Version };
    }

    private static bool Binds(AgreementStatement terms, string issuer, string institution) =>
        terms.Parties.Contains(issuer, StringComparer.Ordinal)
        && terms.Parties.Contains(institution, StringComparer.Ordinal);

    private static bool Covers(AgreementStatement terms, CredentialFacts facts, string institution) =>
        terms.Clauses.Any(clause => Means(clause.RecognizedBy, institution) && Means(clause.AwardedBy, facts.MspId)
            && clause.Scope.Covers(facts.Achievement, out _));

    private static RecognitionAnswer? OutOfPeriod(
        CredentialFacts facts, Agreement agreement, AgreementStatement terms, string institution)
    {
        if (facts.AwardedAt < terms.ValidFrom)
        {
            return Refused(
                facts, institution, RecognitionCode.BeforeAgreement, NearPeriod,
                $"It was awarded on {Day(facts.AwardedAt)}, and the agreement {terms.Id} begins on "
                + $"{Day(terms.ValidFrom)}.",
                "An agreement that takes awards of that time.");
        }

        DateTimeOffset? end = null;
        DateTimeOffset?[] ends =
            [terms.ValidUntil, agreement.LeavesAt(institution), agreement.LeavesAt(facts.MspId)];
        foreach (var until in ends)
        {
            if (until is { } given && (end is null || given < end)) end = given;
        }

        return end is { } over && facts.AwardedAt >= over
            ? Refused(
                facts, institution, RecognitionCode.AfterAgreement, NearPeriod,
                $"It was awarded on {Day(facts.AwardedAt)}, and the agreement {terms.Id} ended on {Day(over)}.",
                "An agreement that takes awards of that time.")
            : null;
    }

    private static RecognitionAnswer ByClauses(
        CredentialFacts facts, AgreementStatement terms, string institution, RecognitionTally tally)
    {
        var best = Refused(
            facts, institution, RecognitionCode.OutOfScope, NearScope,
            $"The agreement {terms.Id} has no clause by which {institution} recognizes awards of {facts.MspId}.",
            "A clause for awards in this direction.");
        foreach (var clause in terms.Clauses)
        {
            if (!Means(clause.RecognizedBy, institution) || !Means(clause.AwardedBy, facts.MspId)) continue;

            var answer = ByClause(facts, terms, clause, institution, tally) with { Clause = clause.Id };
            if (IsBetter(answer, best) || best.Clause is null) best = answer;
        }

        return best;
    }

    private static RecognitionAnswer ByClause(
        CredentialFacts facts, AgreementStatement terms, AgreementClause clause, string institution,
        RecognitionTally tally)
    {
        var achievement = facts.Achievement;
        if (!clause.Scope.Covers(achievement, out string missing))
        {
            return Refused(
                facts, institution, RecognitionCode.OutOfScope, NearScope,
                $"The agreement {terms.Id} does not take this achievement: its {missing} are others.",
                Wanted(clause.Scope, missing));
        }

        if (clause.AccreditedOnly && !facts.IsAccredited)
        {
            return Refused(
                facts, institution, RecognitionCode.NotAccredited, NearAccreditation,
                $"The agreement {terms.Id} takes only what was accredited when it was awarded.",
                "An accreditation of the issuer for this achievement, of that time.");
        }

        double full = CreditsOf(clause, achievement);
        double credits = Math.Min(full, tally.Left(terms.Id, clause, institution));
        if (full > 0 && credits <= 0)
        {
            return Refused(
                facts, institution, RecognitionCode.CapReached, NearCap,
                $"By this clause one learner gets {clause.MaxCreditsPerLearner} credits at most, which others of the "
                + "file have used up.",
                "Nothing: more is not recognized by this agreement.");
        }

        string? grade = clause.Grades.FirstOrDefault(line => line.From == facts.Grade)?.To;
        return new RecognitionAnswer
        {
            Institution = institution,
            Recognized = true,
            Code = RecognitionCode.Recognized,
            Detail = credits < full
                ? $"Recognized under the agreement {terms.Id}, version {terms.Version}, up to the most that one "
                + "learner gets by this clause."
                : $"Recognized under the agreement {terms.Id}, version {terms.Version}.",
            Credits = credits,
            MaxCreditsPerLearner = clause.MaxCreditsPerLearner,
            EqfLevel = clause.EqfLevel ?? achievement.EqfLevel,
            Grade = grade,
            Equivalent = clause.Equivalent,
            AwardedAt = facts.AwardedAt,
            Nearness = There,
        };
    }

    private static double CreditsOf(AgreementClause clause, AchievementDefinition achievement) =>
        clause.Credits ?? Math.Round(
            achievement.Credits * (clause.CreditRatio ?? 1), Limits.CreditDecimals, MidpointRounding.AwayFromZero);

    private static bool Means(IReadOnlyList<string> parties, string mspId) =>
        parties.Count == 0 || parties.Contains(mspId, StringComparer.Ordinal);

    private static string Wanted(AwardScope scope, string missing) => missing switch
    {
        "levels" => $"One of the levels {string.Join(", ", scope.Levels)} of the EQF.",
        "fields" => $"A field of ISCED-F that begins with {string.Join(" or ", scope.Fields)}.",
        _ => $"One of the achievements {string.Join(", ", scope.Achievements)}.",
    };

    private static RecognitionAnswer Refused(
        CredentialFacts facts, string institution, string code, int nearness, string detail, string? missing) => new()
        {
            Institution = institution,
            Recognized = false,
            Code = code,
            Detail = detail,
            Missing = missing,
            AwardedAt = facts.AwardedAt,
            Nearness = nearness,
        };

    private static string Day(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
