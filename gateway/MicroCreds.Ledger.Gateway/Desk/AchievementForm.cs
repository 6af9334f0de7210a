using System.Globalization;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What stands in the form of an achievement, as it was written there.</summary>
public sealed record AchievementForm
{
    /// <summary>What is written in lines of text, by the names of the fields.</summary>
    private static readonly string[] TextFields =
    [
        "id", "version", "name", "description", "criteria", "learningOutcomes", "credits", "workloadHours", "eqfLevel",
        "qfEheaCycle", "language", "assessment", "supervision", "participation", "qualityAssurance", "prerequisites",
        "stackability", "stacksInto", "furtherInformation", "fieldOfStudy",
    ];

    private readonly Dictionary<string, string> _texts = [];

    /// <summary>Names the draft.</summary>
    public string Draft { get; init; } = "";

    /// <summary>The revision of the draft that the form was opened with.</summary>
    public long Revision { get; init; }

    /// <summary>The skills that were chosen.</summary>
    public IReadOnlyList<Skill> Skills { get; init; } = [];

    /// <summary>The word that skills are looked for by.</summary>
    public string Sought { get; init; } = "";

    /// <summary>What stands in a field.</summary>
    public string this[string field] => _texts.GetValueOrDefault(field, "");

    /// <summary>Opens the form of a new achievement.</summary>
    public static AchievementForm New(string language)
    {
        var form = new AchievementForm { Draft = Guid.CreateVersion7().ToString("N") };
        form._texts["version"] = "1";
        form._texts["language"] = language;
        return form;
    }

    /// <summary>Opens the form of a draft.</summary>
    public static AchievementForm Of(AchievementDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var content = draft.Content;
        var form = new AchievementForm { Draft = draft.Id, Revision = draft.Revision, Skills = content.Skills };
        string?[] values =
        [
            content.Id, Number(content.Version), content.Name, content.Description, content.Criteria,
            string.Join('\n', content.LearningOutcomes.Select(OneLine)), Number(content.Credits),
            Number(content.WorkloadHours), Number(content.EqfLevel), content.QfEheaCycle, content.Language,
            content.Assessment, content.Supervision, content.Participation, content.QualityAssurance,
            content.Prerequisites, content.Stackability, content.StacksInto, content.FurtherInformation,
            content.FieldOfStudy,
        ];
        foreach (var (field, value) in TextFields.Zip(values)) form._texts[field] = value ?? "";
        return form;
    }

    /// <summary>Reads it, with the skills that were added and taken away.</summary>
    /// <param name="draft">Names the draft.</param>
    /// <param name="posted">The form.</param>
    /// <param name="find">Finds a skill of the list by its address.</param>
    public static AchievementForm Of(string draft, IFormCollection posted, Func<string, Skill?> find)
    {
        ArgumentNullException.ThrowIfNull(posted);
        _ = long.TryParse(posted["revision"], NumberStyles.None, CultureInfo.InvariantCulture, out long revision);
        var form = new AchievementForm
        {
            Draft = draft,
            Revision = revision,
            Skills = SkillsOf(posted, find),
            Sought = posted["sought"].LastOrDefault()?.Trim() ?? "",
        };
        foreach (string field in TextFields)
        {
            form._texts[field] = (posted[field].LastOrDefault() ?? "").ReplaceLineEndings("\n").Trim();
        }

        return form;
    }

    /// <summary>The draft that it makes.</summary>
    /// <param name="faults">What is no number where one belongs.</param>
    public DraftedAchievement ToDraft(out IReadOnlyList<FieldFault> faults)
    {
        var found = new List<FieldFault>();
        faults = found;
        return new DraftedAchievement
        {
            Id = Given("id"),
            Version = Whole("version", found),
            Name = Given("name"),
            Description = Given("description"),
            Criteria = Given("criteria"),
            LearningOutcomes = this["learningOutcomes"].Split(
                '\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Credits = Amount("credits", found),
            WorkloadHours = Amount("workloadHours", found),
            EqfLevel = Whole("eqfLevel", found),
            QfEheaCycle = Given("qfEheaCycle"),
            Language = Given("language"),
            Assessment = Given("assessment"),
            Supervision = Given("supervision"),
            Participation = Given("participation"),
            QualityAssurance = Given("qualityAssurance"),
            Prerequisites = Given("prerequisites"),
            Stackability = Given("stackability"),
            StacksInto = Given("stacksInto"),
            FurtherInformation = Given("furtherInformation"),
            FieldOfStudy = Given("fieldOfStudy"),
            Skills = Skills,
        };
    }

    private static List<Skill> SkillsOf(IFormCollection posted, Func<string, Skill?> find)
    {
        var (names, urls, frameworks) = (posted["skillName"], posted["skillUrl"], posted["skillFramework"]);
        int count = Math.Min(names.Count, Math.Min(urls.Count, frameworks.Count));
        var dropped = posted["drop"];
        List<Skill> skills =
        [
            .. Enumerable.Range(0, count).Where(i => !dropped.Contains(i.ToString(CultureInfo.InvariantCulture)))
                .Select(i => new Skill(names[i] ?? "", urls[i] ?? "", frameworks[i] ?? "")),
            .. posted["add"].OfType<string>().Select(find).OfType<Skill>(),
        ];
        var free = new Skill(Of("freeName"), Of("freeUrl"), Of("freeFramework"));
        if (free.Name.Length + free.Url.Length + free.Framework.Length > 0) skills.Add(free);
        return [.. skills.DistinctBy(one => (one.Url, one.Name))];

        string Of(string field) => posted[field].LastOrDefault()?.Trim() ?? "";
    }

    private string? Given(string field) => this[field] is { Length: > 0 } text ? text : null;

    private double? Amount(string field, List<FieldFault> faults)
    {
        if (Given(field) is not { } text) return null;

        // People write a number as their language does; of thousands there are none here.
        if (double.TryParse(
            text.Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return number;
        faults.Add(new FieldFault($"/{field}", "must be a number."));
        return null;
    }

    private int? Whole(string field, List<FieldFault> faults)
    {
        if (Given(field) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
        faults.Add(new FieldFault($"/{field}", "must be a whole number."));
        return null;
    }

    // In the form one outcome is a line.
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static string? Number(double? number) => number?.ToString(CultureInfo.InvariantCulture);
}
