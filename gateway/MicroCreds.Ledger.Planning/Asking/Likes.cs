using System.Globalization;

namespace MicroCreds.Ledger.Planning.Asking;

/// <summary>
/// Candidates that differ in nothing but their name: which of them is taken makes no difference, so the first are. What
/// is needed by others, needs others, or counts as the same as others is like none.
/// </summary>
internal static class Likes
{
    /// <summary>Gathers them, the first of each first.</summary>
    public static IReadOnlyList<IReadOnlyList<int>> Of(Question question)
    {
        var shared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var names in question.Countings.Select(one => (one.Candidate, one.Subject.Key)).Distinct()
            .GroupBy(one => one.Key).Where(same => same.Skip(1).Any()))
        {
            shared.Add(names.Key);
        }

        var special = question.Countings.SelectMany(one => one.Needs.SelectMany(anyOf => anyOf))
            .Concat(question.Candidates.SelectMany(one => one.StartsAfter.SelectMany(anyOf => anyOf)))
            .Concat(question.Countings
                .Where(one => one.Needs.Count > 0 || one.FirstFinish > 0 || shared.Contains(one.Subject.Key))
                .Select(one => one.Candidate))
            .ToHashSet();
        var countings = question.Countings.ToLookup(one => one.Candidate);
        return
        [
            .. Enumerable.Range(0, question.Candidates.Count)
                .Where(i => question.Useful[i] && !special.Contains(i)
                    && question.Candidates[i].StartsAfter.Count == 0 && question.Candidates[i].FirstFinish == 0)
                .GroupBy(i => FormOf(question, i, countings[i]), StringComparer.Ordinal)
                .Select(same => (IReadOnlyList<int>)[.. same]).Where(same => same.Count > 1),
        ];
    }

    private static string FormOf(Question question, int index, IEnumerable<Counting> countings)
    {
        var candidate = question.Candidates[index];
        var takings = candidate.Takings.Select(taking => question.Takings[taking]).Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Offer.Term.First:O} {one.Offer.Term.Last:O} {one.HoursAWeek} {one.Cost} {one.Offer.Mode} "
            + $"{one.Offer.Language} {one.Offer.IsAbroad}"));
        var ways = countings.Select(one => string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Place} {one.Credits} {one.Subject.IsOwn} {one.Clause} {one.ClauseBound} ")
            + string.Join(',', one.LastFinish));
        return $"{candidate.Hours}|{string.Join(';', takings)}|{string.Join(';', ways)}";
    }
}
