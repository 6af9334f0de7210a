namespace MicroCreds.Ledger.Model;

/// <summary>
/// What of one learner's file was recognized so far, so that no achievement counts twice and no cap is passed.
/// Not thread-safe; one for each file.
/// </summary>
public sealed class RecognitionTally
{
    private readonly SortedDictionary<string, double> _credits = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _achievements = new(StringComparer.Ordinal);

    internal bool IsNew(string institution, CredentialFacts facts) =>
        !_achievements.Contains(NameOf(institution, facts.MspId, facts.Achievement.Id));

    internal double Left(string agreement, AgreementClause clause, string institution) =>
        clause.MaxCreditsPerLearner is { } most
            ? most - _credits.GetValueOrDefault(NameOf(institution, agreement, clause.Id))
            : double.PositiveInfinity;

    internal void Count(string institution, CredentialFacts facts, RecognitionAnswer? answer = null)
    {
        _achievements.Add(NameOf(institution, facts.MspId, facts.Achievement.Id));
        if (answer?.Credits is not { } credits) return;

        string clause = NameOf(institution, answer.Agreement!, answer.Clause!);
        _credits[clause] = _credits.GetValueOrDefault(clause) + credits;
    }

    // None of the names holds a line feed.
    private static string NameOf(params string[] parts) => string.Join('\n', parts);
}
