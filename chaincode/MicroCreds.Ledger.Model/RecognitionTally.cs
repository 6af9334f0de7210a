namespace MicroCreds.Ledger.Model;

/// <summary>
/// What of one learner's file was recognized so far, so that no achievement counts twice, as itself or as what it is
/// equivalent to, and no cap is passed.
/// Not thread-safe; one for each file.
/// </summary>
public sealed class RecognitionTally
{
    private readonly SortedDictionary<Name, int> _credits = new(Name.Order);
    private readonly SortedSet<Name> _achievements = new(Name.Order);

    internal bool IsNew(string institution, CredentialFacts facts) =>
        !_achievements.Contains(new Name(facts.Achievement.Id, AwarderOf(facts), institution));

    internal bool IsNew(string institution, AchievementReference equivalent) =>
        !_achievements.Contains(new Name(equivalent.Id, institution, institution));

    internal int Used(string agreement, AgreementClause clause, string institution) =>
        _credits.GetValueOrDefault(new Name(clause.Id, agreement, institution));

    internal void Count(string institution, CredentialFacts facts, RecognitionMatch? match = null)
    {
        _achievements.Add(new Name(facts.Achievement.Id, AwarderOf(facts), institution));
        if (match?.Clause?.Equivalent is { } equivalent)
            _achievements.Add(new Name(equivalent.Id, institution, institution));
        if (match is not { Clause.MaxCreditsPerLearner: not null } by) return;

        var clause = new Name(by.Clause.Id, by.Terms!.Id, institution);
        _credits[clause] = _credits.GetValueOrDefault(clause) + by.Credits;
    }

    /// <summary>Who awarded it: members of two consortia may have one name.</summary>
    private static string AwarderOf(CredentialFacts facts) =>
        facts.Ledger is null ? facts.MspId : $"{facts.Ledger} {facts.MspId}";

    private readonly record struct Name(string Id, string Of, string At)
    {
        public static readonly IComparer<Name> Order = Comparer<Name>.Create((one, other) =>
            string.CompareOrdinal(one.Id, other.Id) is var byId and not 0 ? byId
            : string.CompareOrdinal(one.Of, other.Of) is var byOwner and not 0 ? byOwner
            : string.CompareOrdinal(one.At, other.At));
    }
}
