using System.Globalization;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Agreements;

/// <summary>What stands in the form of one clause, as it was written there.</summary>
public sealed record ClauseDraft
{
    /// <summary>The number, from 0, of the clause that it takes the place of; null if it is a new one.</summary>
    public int? Index { get; init; }

    public string Id { get; init; } = "";

    public IReadOnlyList<string> RecognizedBy { get; init; } = [];

    public IReadOnlyList<string> AwardedBy { get; init; } = [];

    /// <summary>The achievements that were ticked.</summary>
    public IReadOnlyList<string> Ticked { get; init; } = [];

    /// <summary>Further achievements, by their identifiers.</summary>
    public string Further { get; init; } = "";

    public IReadOnlyList<string> Levels { get; init; } = [];

    public string Fields { get; init; } = "";

    /// <summary>How many credits: all, credits or share.</summary>
    public string Worth { get; init; } = All;

    public string Amount { get; init; } = "";

    public string Equivalent { get; init; } = "";

    public string EqfLevel { get; init; } = "";

    public string Most { get; init; } = "";

    /// <summary>A line for each grade, such as <c>5 = 1,0</c>.</summary>
    public string Grades { get; init; } = "";

    public bool AccreditedOnly { get; init; }

    /// <summary>All of the award's own credits.</summary>
    public const string All = "all";

    /// <summary>So many credits, whatever the award's own.</summary>
    public const string Fixed = "credits";

    /// <summary>So many per cent of the award's own credits.</summary>
    public const string Share = "share";

    // A share may be ten times the award's own.
    private const double MostPerCent = 1000;

    private static readonly char[] Parting = [',', ';', '\n', '\r', ' ', '\t'];

    /// <summary>Writes a clause into the form.</summary>
    public static ClauseDraft Of(AgreementClause clause, int index)
    {
        ArgumentNullException.ThrowIfNull(clause);
        return new ClauseDraft
        {
            Index = index,
            Id = clause.Id,
            RecognizedBy = clause.RecognizedBy,
            AwardedBy = clause.AwardedBy,
            Ticked = clause.Scope.Achievements,
            Levels = [.. clause.Scope.Levels.Select(level => Text(level))],
            Fields = string.Join(", ", clause.Scope.Fields),
            Worth = clause.Credits is not null ? Fixed : clause.CreditRatio is not null ? Share : All,
            Amount = Text(clause.Credits ?? clause.CreditRatio * 100),
            Equivalent = clause.Equivalent is { } equivalent ? $"{equivalent.Id}@{Text(equivalent.Version)}" : "",
            EqfLevel = Text(clause.EqfLevel),
            Most = Text(clause.MaxCreditsPerLearner),
            Grades = string.Join('\n', clause.Grades.Select(line => $"{line.From} = {line.To}")),
            AccreditedOnly = clause.AccreditedOnly,
        };
    }

    /// <summary>Reads it out of a form; null if the form has no clause open.</summary>
    public static ClauseDraft? Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (form["clauseOpen"] != "yes") return null;

        return new ClauseDraft
        {
            Index = int.TryParse(
                form["clauseIndex"], NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? index : null,
            Id = One("clauseId"),
            RecognizedBy = Many("recognizedBy"),
            AwardedBy = Many("awardedBy"),
            Ticked = Many("achievement"),
            Further = One("further"),
            Levels = Many("level"),
            Fields = One("fields"),
            Worth = One("worth"),
            Amount = One("amount"),
            Equivalent = One("equivalent"),
            EqfLevel = One("eqfLevel"),
            Most = One("most"),
            Grades = form["grades"].ToString().Trim(),
            AccreditedOnly = One("accreditedOnly") == "yes",
        };

        string One(string name) => form[name].LastOrDefault()?.Trim() ?? "";
        IReadOnlyList<string> Many(string name) => [.. form[name].OfType<string>()];
    }

    /// <summary>Makes the clause, and says what is wrong with the form.</summary>
    /// <param name="parties">The agreement's parties.</param>
    /// <param name="records">Which versions of achievements there are.</param>
    /// <param name="faults">What is wrong.</param>
    public AgreementClause ToClause(
        IReadOnlyList<string> parties, ProjectedRecords records, List<FieldFault> faults)
    {
        ArgumentNullException.ThrowIfNull(parties);
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(faults);
        string[] recognizers = [.. RecognizedBy.Where(parties.Contains).Order(StringComparer.Ordinal)];
        var scope = new AwardScope
        {
            Achievements = [.. Ticked.Concat(Parts(Further)).Distinct().Order(StringComparer.Ordinal)],
            Levels = [.. Levels.Select(level => int.TryParse(level, CultureInfo.InvariantCulture, out int read)
                ? read : 0).Distinct().Order()],
            Fields = [.. Parts(Fields).Distinct().Order(StringComparer.Ordinal)],
        };
        if (scope.Check("") is { } wrong)
            faults.Add(new FieldFault(ScopeField(wrong.Field), wrong.Message));
        double? amount = Worth == All ? null : Number(Amount, "amount", Limits.MaxCredits, isNeeded: true, faults);
        return new AgreementClause
        {
            Id = Id,
            RecognizedBy = recognizers,
            AwardedBy = [.. AwardedBy.Where(parties.Contains).Order(StringComparer.Ordinal)],
            Scope = scope,
            Credits = Worth == Fixed ? amount : null,
            CreditRatio = Worth == Share ? amount / 100 : null,
            Equivalent = EquivalentOf(recognizers, records, faults),
            EqfLevel = (int?)Number(EqfLevel, "eqfLevel", Limits.MaxEqfLevel, isNeeded: false, faults),
            MaxCreditsPerLearner = Number(Most, "most", Limits.MaxPathwayCredits, isNeeded: false, faults),
            Grades = GradesOf(faults),
            AccreditedOnly = AccreditedOnly,
        };
    }

    /// <summary>Reads what stands in a text one by one.</summary>
    internal static string[] Parts(string text) => text.Split(Parting, StringSplitOptions.RemoveEmptyEntries);

    private AchievementReference? EquivalentOf(
        string[] recognizers, ProjectedRecords records, List<FieldFault> faults)
    {
        if (Equivalent.Length == 0) return null;
        if (recognizers.Length != 1)
        {
            faults.Add(new FieldFault("equivalent", "Choose the one institution that recognizes: it is its own."));
            return null;
        }

        string[] parts = Equivalent.Split('@', 2, StringSplitOptions.TrimEntries);
        var found = parts.Length == 2
            ? int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int version)
                ? records.FindAchievement(recognizers[0], parts[0], version) : null
            : records.FindNewestAchievement(recognizers[0], parts[0]);
        if (found is not null) return new AchievementReference(found.Id, found.Version);

        faults.Add(new FieldFault("equivalent", "Give the identifier of an achievement that it has published."));
        return null;
    }

    private List<GradeConversion> GradesOf(List<FieldFault> faults)
    {
        var grades = new List<GradeConversion>();
        foreach (string line in Grades.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = line.Split('=', 2, StringSplitOptions.TrimEntries);
            bool isFaulty = sides.Length != 2
                || Array.Exists(sides, side => side.Length is 0 or > Limits.MaxGradeLength)
                || grades.Exists(other => other.From == sides[0]);
            if (!isFaulty)
            {
                grades.Add(new GradeConversion(sides[0], sides[1]));
                continue;
            }

            faults.Add(new FieldFault("grades", "Write each grade once, on a line of its own, such as 5 = 1,0."));
            break;
        }

        return grades;
    }

    private static string ScopeField(string? pointer) =>
        pointer?.StartsWith("/levels", StringComparison.Ordinal) == true ? "level"
        : pointer?.StartsWith("/fields", StringComparison.Ordinal) == true ? "fields" : "further";

    private static double? Number(string text, string field, double most, bool isNeeded, List<FieldFault> faults)
    {
        if (text.Length == 0 && !isNeeded) return null;

        if (double.TryParse(
            text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number <= Math.Max(most, MostPerCent)
            && (field != "eqfLevel" || (number >= 1 && number % 1 == 0 && number <= most)))
            return number;
        faults.Add(new FieldFault(field, "Give a number."));
        return null;
    }

    private static string Text(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";
}
