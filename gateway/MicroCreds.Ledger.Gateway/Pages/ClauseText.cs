using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>Says in words what a clause of an agreement, or an accreditation, is about and what it gives.</summary>
/// <param name="text">The language.</param>
/// <param name="survey">The institutions.</param>
/// <param name="records">The achievements' titles.</param>
internal sealed class ClauseText(PageText text, Survey survey, ProjectedRecords records)
{
    // A scope may name sixty achievements; the agreement itself has them all.
    private const int MaxNamed = 4;

    private readonly Dictionary<(string, string), string> _titles = [];

    /// <summary>Which achievements are meant.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="awarder">Whose achievements they are; none if several institutions'.</param>
    public string Scope(AwardScope scope, string? awarder)
    {
        var parts = new List<string>();
        if (scope.Achievements.Count > 0)
        {
            string named = string.Join(", ", scope.Achievements.Take(MaxNamed).Select(id => TitleOf(awarder, id)));
            parts.Add(scope.Achievements.Count <= MaxNamed ? named : text.Fill(
                "clause.more", ("names", named), ("count", text.Number(scope.Achievements.Count - MaxNamed))));
        }

        if (scope.Levels.Count > 0) parts.Add(text.Fill("clause.levels", ("levels", Listed(scope.Levels))));
        if (scope.Fields.Count > 0) parts.Add(text.Fill("clause.fields", ("fields", Listed(scope.Fields))));
        return parts.Count == 0 ? text["clause.everything"] : string.Join(" · ", parts);
    }

    /// <summary>What an award counts for.</summary>
    /// <param name="clause">The clause.</param>
    /// <param name="recognizer">Who recognizes; none if several institutions.</param>
    public string Worth(AgreementClause clause, string? recognizer)
    {
        string? caps = clause.MaxCreditsPerLearner is { } most
            ? text.Fill("clause.most", ("credits", text.Number(most))) : null;
        string? level = clause.EqfLevel is { } at ? text.Fill("clause.level", ("level", text.Number(at))) : null;
        string? same = clause.Equivalent is { } equivalent
            ? text.Fill("clause.equivalent", ("name", TitleOf(recognizer, equivalent.Id))) : null;
        string?[] said =
        [
            Credits(clause), caps, same, level,
            clause.Grades.Count > 0 ? text["clause.grades"] : null,
            clause.AccreditedOnly ? text["clause.accreditedOnly"] : null,
        ];
        return string.Join(" · ", said.OfType<string>());
    }

    /// <summary>For which time it counts.</summary>
    public string Period(DateTimeOffset from, DateTimeOffset? until)
    {
        string begin = from > survey.Now ? text.Fill("clause.from", ("date", text.Date(from))) + ", " : "";
        return begin + (until is { } end
            ? text.Fill("clause.until", ("date", text.Date(end))) : text["clause.noEnd"]);
    }

    /// <summary>Names the achievement.</summary>
    public string TitleOf(string? mspId, string id)
    {
        if (mspId is null) return id;
        if (_titles.TryGetValue((mspId, id), out string? known)) return known;
        return _titles[(mspId, id)] = records.FindNewestAchievement(mspId, id)?.Name ?? id;
    }

    private string Credits(AgreementClause clause) => clause switch
    {
        { Credits: 1 } => text["clause.oneCredit"],
        { Credits: { } credits } => text.Fill("clause.credits", ("credits", text.Number(credits))),
        { CreditRatio: { } ratio and not 1 } => text.Fill("clause.ratio", ("percent", text.Number(ratio * 100))),
        _ => text["clause.allCredits"],
    };

    private static string Listed<T>(IEnumerable<T> items) => string.Join(", ", items);
}
