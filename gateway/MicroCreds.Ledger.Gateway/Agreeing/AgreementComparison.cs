using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>Tells two versions of an agreement apart, term by term. Clauses are the same ones by their names.</summary>
public static class AgreementComparison
{
    /// <summary>Lists what differs: first what is no clause's, then clause by clause.</summary>
    public static IReadOnlyList<TermChange> Of(AgreementStatement before, AgreementStatement after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        var changes = Compare(null, AgreementTerms.Of(before), AgreementTerms.Of(after)).ToList();
        foreach (var clause in before.Clauses)
        {
            if (after.Clauses.FirstOrDefault(one => one.Id == clause.Id) is { } now)
                changes.AddRange(Compare(clause.Id, AgreementTerms.Of(clause), AgreementTerms.Of(now)));
            else
            {
                changes.Add(new TermChange(
                    clause.Id, TermChange.WholeClause, TermChange.Removed, AgreementTerms.NodeOf(clause), null));
            }
        }

        changes.AddRange(after.Clauses.Where(one => before.Clauses.All(other => other.Id != one.Id)).Select(
            one => new TermChange(
                one.Id, TermChange.WholeClause, TermChange.Added, null, AgreementTerms.NodeOf(one))));
        return changes;
    }

    private static IEnumerable<TermChange> Compare(
        string? clause, IReadOnlyList<AgreementTerm> before, IReadOnlyList<AgreementTerm> after)
    {
        foreach (string name in before.Concat(after).Select(term => term.Name).Distinct())
        {
            var (was, isNow) = (Find(before, name), Find(after, name));
            if (JsonNode.DeepEquals(was, isNow)) continue;

            string kind = was is null ? TermChange.Added : isNow is null ? TermChange.Removed : TermChange.Changed;
            yield return new TermChange(clause, name, kind, was?.DeepClone(), isNow?.DeepClone());
        }
    }

    private static JsonNode? Find(IReadOnlyList<AgreementTerm> terms, string name) =>
        terms.FirstOrDefault(term => term.Name == name)?.Value;
}

/// <summary>A term that differs between two versions.</summary>
/// <param name="Clause">The clause's name; absent where the term is no clause's.</param>
/// <param name="Term">The term, such as <c>noticeDays</c> or <c>scope.levels</c>; <c>clause</c> is all of one.</param>
/// <param name="Kind">added, removed or changed.</param>
/// <param name="Before">What the earlier version says; absent where it says nothing.</param>
/// <param name="After">What the later version says; absent where it says nothing.</param>
public sealed record TermChange(string? Clause, string Term, string Kind, JsonNode? Before, JsonNode? After)
{
    /// <summary>The term of a clause that only one version has.</summary>
    public const string WholeClause = "clause";

    /// <summary>Only the later version says it.</summary>
    public const string Added = "added";

    /// <summary>Only the earlier version says it.</summary>
    public const string Removed = "removed";

    /// <summary>They say it otherwise.</summary>
    public const string Changed = "changed";
}
