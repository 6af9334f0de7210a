using System.Globalization;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>
/// Says in words what each term of an agreement, or of an accreditation's scope, is: each item of a list as a line of
/// its own, and none left out. What a statement does not say is told as what that means.
/// </summary>
/// <param name="text">The language.</param>
/// <param name="ledger">The institutions' names.</param>
/// <param name="records">The achievements' titles.</param>
public sealed class TermWords(PageText text, LedgerProjection ledger, ProjectedRecords records)
{
    /// <summary>The terms that are no clause's, in the order in which they are read.</summary>
    public static readonly IReadOnlyList<string> OfAgreement =
        ["name", "parties", "validFrom", "validUntil", "noticeDays", "reference", Abroad];

    /// <summary>The terms of a clause, in the order in which they are read.</summary>
    public static readonly IReadOnlyList<string> OfClause =
    [
        "recognizedBy", "awardedBy", "scope.achievements", "scope.levels", "scope.fields", "credits", "creditRatio",
        "equivalent", "eqfLevel", "maxCreditsPerLearner", "grades", "accreditedOnly",
    ];

    private const string Abroad = "abroad";

    private readonly Dictionary<(string, string), Achievement?> _newest = [];

    /// <summary>What a term is called.</summary>
    public string Label(string term) => text[$"terms.{term}"];

    /// <summary>What an institution is called.</summary>
    public string NameOf(string mspId) => ledger.Institutions.GetValueOrDefault(mspId)?.Name ?? mspId;

    /// <summary>Names institutions in one line.</summary>
    public string NamesOf(IEnumerable<string> mspIds) => string.Join(", ", mspIds.Select(NameOf));

    /// <summary>Says a term that is no clause's.</summary>
    public IReadOnlyList<string> Say(AgreementStatement terms, string term)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return term switch
        {
            "name" => [terms.Name],
            "parties" => [.. terms.Parties.Select(Whole)],
            "validFrom" => [text.Time(terms.ValidFrom)],
            "validUntil" => [terms.ValidUntil is { } end ? text.Time(end) : text["terms.noEnd"]],
            "noticeDays" => [text.Fill("terms.days", ("days", Whole(terms.NoticeDays)))],
            "reference" => [terms.Reference ?? text["terms.none"]],
            Abroad when terms.Abroad is { } abroad =>
            [
                abroad.Name, abroad.Ledger,
                text.Fill("terms.abroadAge", ("minutes", Whole(abroad.MaxHeadAgeMinutes))), abroad.Trust,
            ],
            _ => Raw(AgreementTerms.Of(terms), term),
        };
    }

    /// <summary>
    /// The terms that are worth a line: of agreements within the consortium, nothing of another one.
    /// </summary>
    public static IEnumerable<string> Told(AgreementStatement terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return OfAgreement.Where(term => term != Abroad || terms.Abroad is not null);
    }

    /// <summary>Says a term of a clause.</summary>
    public IReadOnlyList<string> Say(AgreementStatement terms, AgreementClause clause, string term)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(clause);
        return term switch
        {
            "recognizedBy" => Parties(clause.RecognizedBy),
            // Names there are not this consortium's, though they may look alike.
            "awardedBy" when terms.Abroad is not null => [AwarderOf(terms, clause)],
            "scope.achievements" when terms.Abroad is not null && clause.Scope.Achievements.Count > 0 =>
                clause.Scope.Achievements,
            "awardedBy" => Parties(clause.AwardedBy),
            "scope.achievements" => Achievements(
                clause.Scope, clause.AwardedBy.Count > 0 ? clause.AwardedBy : terms.Parties),
            "scope.levels" => Levels(clause.Scope),
            "scope.fields" => Fields(clause.Scope),
            "credits" => [clause.Credits is { } credits ? Credits(credits) : text["terms.notFixed"]],
            "creditRatio" => [Share(clause)],
            "equivalent" => [Equivalent(clause)],
            "eqfLevel" => [clause.EqfLevel is { } level ? Whole(level) : text["terms.ownLevel"]],
            "maxCreditsPerLearner" =>
                [clause.MaxCreditsPerLearner is { } most ? Credits(most) : text["terms.noBound"]],
            "grades" => clause.Grades.Count > 0
                ? [.. clause.Grades.Select(line => $"{line.From} → {line.To}")] : [text["terms.noGrades"]],
            "accreditedOnly" => [text[clause.AccreditedOnly ? "terms.onlyAccredited" : "terms.alsoOthers"]],
            _ => Raw(AgreementTerms.Of(clause), term),
        };
    }

    /// <summary>The terms of a clause that are worth a line: of credits and a share of them, only what holds.</summary>
    public static IEnumerable<string> Told(AgreementClause clause)
    {
        ArgumentNullException.ThrowIfNull(clause);
        return OfClause.Where(term => term != (clause.Credits is null ? "credits" : "creditRatio"));
    }

    /// <summary>Which achievements a scope names.</summary>
    public IReadOnlyList<string> Achievements(AwardScope scope, IReadOnlyList<string> awarders)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return scope.Achievements.Count == 0
            ? [text["terms.allAchievements"]]
            : [.. scope.Achievements.Select(id => Achievement(id, awarders))];
    }

    /// <summary>Which levels a scope names.</summary>
    public IReadOnlyList<string> Levels(AwardScope scope) =>
        scope.Levels.Count == 0 ? [text["terms.allLevels"]] : [.. scope.Levels.Select(Whole)];

    /// <summary>Which fields a scope names.</summary>
    public IReadOnlyList<string> Fields(AwardScope scope) =>
        scope.Fields.Count == 0 ? [text["terms.allFields"]] : scope.Fields;

    /// <summary>Says who recognizes what of whom, in one line.</summary>
    public string Direction(AgreementStatement terms, AgreementClause clause)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(clause);
        string awarder = AwarderOf(terms, clause);
        return clause.RecognizedBy.Count switch
        {
            0 when clause.AwardedBy.Count == 0 && terms.Abroad is null => text["terms.mutual"],
            0 => text.Fill("terms.directionAll", ("awarder", awarder)),
            1 => text.Fill("terms.direction", ("recognizer", NamesOf(clause.RecognizedBy)), ("awarder", awarder)),
            _ => text.Fill(
                "terms.directionSeveral", ("recognizer", NamesOf(clause.RecognizedBy)), ("awarder", awarder)),
        };
    }

    private string AwarderOf(AgreementStatement terms, AgreementClause clause) =>
        (terms.Abroad, clause.AwardedBy) switch
        {
            (null, []) => text["terms.ofEveryParty"],
            (null, var named) => NamesOf(named),
            ({ Name: var there }, []) => $"{text["terms.ofEveryMemberAbroad"]} ({there})",
            ({ Name: var there }, var named) => $"{string.Join(", ", named)} ({there})",
        };

    private string Whole(string mspId) => NameOf(mspId) is var name && name != mspId ? $"{name} ({mspId})" : mspId;

    private IReadOnlyList<string> Parties(IReadOnlyList<string> named) =>
        named.Count == 0 ? [text["terms.everyParty"]] : [.. named.Select(Whole)];

    private string Credits(double credits) => credits == 1
        ? text["terms.oneCredit"] : text.Fill("terms.ects", ("credits", text.Number(credits)));

    private string Share(AgreementClause clause) => clause.CreditRatio is { } ratio
        ? text.Fill("terms.share", ("percent", text.Number(ratio * 100)))
        : text[clause.Credits is null ? "terms.allCredits" : "terms.notByShare"];

    private string Equivalent(AgreementClause clause)
    {
        if (clause.Equivalent is not { } equivalent) return text["terms.noEquivalent"];

        string? title = clause.RecognizedBy is [var recognizer]
            ? records.FindDefinition(recognizer, equivalent)?.Name : null;
        return text.Fill(
            "terms.achievementVersion", ("name", title ?? text["terms.notPublished"]), ("id", equivalent.Id),
            ("version", Whole(equivalent.Version)));
    }

    private string Achievement(string id, IReadOnlyList<string> awarders)
    {
        string[] known =
        [
            .. awarders.Select(one => (MspId: one, Found: Newest(one, id))).Where(one => one.Found is not null)
                .Select(one => text.Fill(
                    "terms.achievementOf", ("name", one.Found!.Name), ("institution", NameOf(one.MspId)),
                    ("credits", Credits(one.Found.Credits)))),
        ];
        return $"{id}: {(known.Length == 0 ? text["terms.notPublished"] : string.Join("; ", known))}";
    }

    private Achievement? Newest(string mspId, string id)
    {
        if (_newest.TryGetValue((mspId, id), out var known)) return known;
        return _newest[(mspId, id)] = records.FindNewestAchievement(mspId, id);
    }

    private static string[] Raw(IReadOnlyList<AgreementTerm> terms, string term) =>
        [terms.FirstOrDefault(one => one.Name == term)?.Value?.ToJsonString() ?? ""];

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);
}
