namespace MicroCreds.Ledger.Model;

/// <summary>What institutions recognize by their agreements: the same answer wherever it is computed.</summary>
public static class Recognition
{
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
            return new RecognitionAnswer
            {
                Institution = institution,
                Recognized = false,
                Code = RecognitionCode.AlreadyCounted,
                Detail = "The same achievement is in the file more than once; it counts once.",
                AwardedAt = facts.AwardedAt,
            };
        }

        if (facts.Ledger is null && facts.MspId == institution)
        {
            tally.Count(institution, facts);
            return OwnAward(facts);
        }

        var best = new RecognitionMatch(RecognitionCode.NoAgreement, RecognitionNearness.Nothing);
        foreach (var agreement in agreements)
        {
            if (Weigh(facts, agreement, institution, day, tally) is { } match && match.IsBetterThan(best))
                best = match;
        }

        if (best.IsRecognized) tally.Count(institution, facts, best);
        return best.Write(facts, institution);
    }

    /// <summary>
    /// Tells by which clauses of which agreements an institution recognizes an award, whatever else the learner has:
    /// the best of them may be used up by a bound, or stand for something that the learner has already.
    /// </summary>
    /// <inheritdoc cref="Of(CredentialFacts, IEnumerable{Agreement}, string, DateTimeOffset)"/>
    public static IReadOnlyList<RecognitionAnswer> AllOf(
        CredentialFacts facts, IEnumerable<Agreement> agreements, string institution, DateTimeOffset day)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(agreements);
        var tally = new RecognitionTally();
        var found = new List<RecognitionAnswer>();
        foreach (var agreement in agreements)
        {
            if (agreement.VersionAt(facts.AwardedAt, day)?.Terms is not { } terms
                || !terms.Binds(facts, institution)
                || OutOfPeriod(facts, agreement, terms, institution) is not null)
                continue;
            for (int i = 0; i < terms.Clauses.Count; i++)
            {
                if (!terms.Clauses[i].Means(institution, facts.MspId)) continue;
                var match = Weigh(facts, terms, terms.Clauses[i], institution, tally);
                if (match.IsRecognized)
                    found.Add((match with { Agreement = agreement, Terms = terms }).Write(facts, institution));
            }
        }

        found.Sort((one, other) => string.CompareOrdinal(one.Agreement, other.Agreement) is var order and not 0
            ? order
            : Nullable.Compare(other.Credits, one.Credits));
        return found;
    }

    private static RecognitionAnswer OwnAward(CredentialFacts facts) => new()
    {
        Institution = facts.MspId,
        Recognized = true,
        Code = RecognitionCode.OwnAward,
        Detail = "The institution awarded it itself.",
        Credits = facts.Achievement.Credits,
        EqfLevel = facts.Achievement.EqfLevel,
        Grade = facts.Grade,
        Equivalent = new AchievementReference(facts.Achievement.Id, facts.Achievement.Version),
        AwardedAt = facts.AwardedAt,
    };

    private static RecognitionMatch? Weigh(
        CredentialFacts facts, Agreement agreement, string institution, DateTimeOffset day, RecognitionTally tally)
    {
        if (agreement.VersionAt(facts.AwardedAt, day) is not { } version)
        {
            var proposed = agreement.Newest.Terms;
            return !proposed.Binds(facts, institution) ? null
                : new RecognitionMatch(
                    RecognitionCode.NotAccepted,
                    Covers(proposed, facts, institution) ? RecognitionNearness.Proposal : RecognitionNearness.Nothing)
                { Agreement = agreement };
        }

        var terms = version.Terms;
        if (!terms.Binds(facts, institution)) return null;

        var best = new RecognitionMatch(RecognitionCode.OutOfScope, RecognitionNearness.Scope);
        bool isCovered = false;
        for (int i = 0; i < terms.Clauses.Count; i++)
        {
            var clause = terms.Clauses[i];
            if (!clause.Means(institution, facts.MspId)) continue;

            var match = Weigh(facts, terms, clause, institution, tally);
            isCovered |= match.Nearness > RecognitionNearness.Scope;
            if (match.IsBetterThan(best) || best.Clause is null) best = match;
        }

        // What an agreement would not have taken on its best day is no nearer for being over.
        return (isCovered ? OutOfPeriod(facts, agreement, terms, institution) ?? best : best) with
        {
            Agreement = agreement,
            Terms = terms,
        };
    }

    private static bool Covers(AgreementStatement terms, CredentialFacts facts, string institution) =>
        terms.Clauses.Any(clause => clause.Means(institution, facts.MspId)
            && clause.Scope.Covers(facts.Achievement, out _));

    private static RecognitionMatch? OutOfPeriod(
        CredentialFacts facts, Agreement agreement, AgreementStatement terms, string institution)
    {
        if (facts.AwardedAt < terms.ValidFrom)
            return new RecognitionMatch(RecognitionCode.BeforeAgreement, RecognitionNearness.Period);

        // Those of another consortium are no parties, whatever their names are.
        string awarder = facts.Ledger is null ? facts.MspId : institution;
        return agreement.EndFor(terms, institution, awarder) is { } end && facts.AwardedAt >= end
            ? new RecognitionMatch(RecognitionCode.AfterAgreement, RecognitionNearness.Period) { EndedAt = end }
            : null;
    }

    private static RecognitionMatch Weigh(
        CredentialFacts facts, AgreementStatement terms, AgreementClause clause, string institution,
        RecognitionTally tally)
    {
        if (!clause.Scope.Covers(facts.Achievement, out string missing))
        {
            return new RecognitionMatch(RecognitionCode.OutOfScope, RecognitionNearness.Scope)
            {
                Clause = clause,
                Missing = missing,
            };
        }

        if (clause.AccreditedOnly && !facts.IsAccredited)
        {
            return new RecognitionMatch(RecognitionCode.NotAccredited, RecognitionNearness.Accreditation)
            {
                Clause = clause,
            };
        }

        if (clause.Equivalent is { } equivalent && !tally.IsNew(institution, equivalent))
            return new RecognitionMatch(RecognitionCode.AlreadyCounted, RecognitionNearness.Cap) { Clause = clause };

        int full = Hundredths.Of(CreditsOf(clause, facts.Achievement));
        var match = new RecognitionMatch(RecognitionCode.Recognized, RecognitionNearness.There)
        {
            Clause = clause,
            Credits = full,
            FullCredits = full,
        };
        if (clause.MaxCreditsPerLearner is not { } most) return match;

        int cap = Hundredths.Of(most);
        int whole = CreditCap.Whole(full, cap);
        return CreditCap.Takes(whole, cap, tally.Used(terms.Id, clause, institution))
            ? match with { Credits = whole }
            : new RecognitionMatch(RecognitionCode.CapReached, RecognitionNearness.Cap) { Clause = clause };
    }

    private static double CreditsOf(AgreementClause clause, AchievementDefinition achievement) =>
        clause.Credits ?? Math.Round(
            achievement.Credits * (clause.CreditRatio ?? 1), Limits.CreditDecimals, MidpointRounding.AwayFromZero);
}
