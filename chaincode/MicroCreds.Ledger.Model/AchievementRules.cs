namespace MicroCreds.Ledger.Model;

/// <summary>
/// What an achievement's members may be: every standard element is judged by itself, and all faults are named at once.
/// </summary>
public sealed class AchievementRules
{
    private const int MinEqfLevel = 1;
    private const int MaxEqfLevel = 8;
    private const int EqfLevelOfShortCycle = 5;
    private const int FieldOfStudyDigits = 4;
    private const string Esco = "ESCO";
    private const string EscoSkills = "http://data.europa.eu/esco/skill/";
    private const string UuidForm = "00000000-0000-0000-0000-000000000000";

    private readonly List<LedgerError> _faults = [];

    private AchievementRules()
    {
    }

    /// <summary>Names everything wrong, with JSON pointers and what to do about it; nothing if all is well.</summary>
    public static IReadOnlyList<LedgerError> Check(AchievementDefinition achievement)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        var rules = new AchievementRules();
        rules.Add(ValueRules.Id(achievement.Id, "/id"));
        rules.Add(ValueRules.Range(achievement.Version, "/version", 1, Limits.MaxVersion));
        rules.CheckElements(achievement);
        rules.CheckWorkload(achievement);
        rules.CheckLevel(achievement);
        rules.CheckStacking(achievement);
        rules.CheckSkills(achievement.Skills);
        return rules._faults;
    }

    private void CheckElements(AchievementDefinition achievement)
    {
        Mandatory("/name", achievement.Name, "title", "Give the name that is to stand on the credential.");
        Mandatory(
            "/description", achievement.Description, "description", "Say what it is about.", Limits.MaxTextLength);
        Mandatory(
            "/criteria", achievement.Criteria, "criteria", "Say what a learner has to do to earn it.",
            Limits.MaxTextLength);
        CheckOutcomes(achievement.LearningOutcomes);
        Mandatory("/assessment", achievement.Assessment, "type of assessment", "Say how learners are assessed.");
        if (Mandatory(
            "/participation", achievement.Participation, "form of participation",
            $"Give one of {string.Join(", ", AchievementCodes.Participations)}."))
        {
            Add(ValueRules.OneOf(achievement.Participation, "/participation", AchievementCodes.Participations));
        }

        Mandatory(
            "/qualityAssurance", achievement.QualityAssurance, "type of quality assurance",
            "Say what assures its quality, such as an accreditation or an internal procedure.", Limits.MaxTextLength);
        if (Mandatory(
            "/language", achievement.Language, "language", "Give the language of teaching by BCP 47, such as en."))
        {
            Add(ValueRules.Language(achievement.Language, "/language"));
        }

        Optional("/prerequisites", achievement.Prerequisites);
        Optional("/furtherInformation", achievement.FurtherInformation);
        if (achievement.Supervision is { } supervision)
            Add(ValueRules.OneOf(supervision, "/supervision", AchievementCodes.Supervisions));
        if (achievement.FieldOfStudy is { } field
            && (field.Length != FieldOfStudyDigits || !field.All(char.IsAsciiDigit)))
        {
            Invalid("/fieldOfStudy", "must be the four digits of an ISCED-F 2013 field, such as 0613.");
        }
    }

    private void CheckOutcomes(IReadOnlyList<string>? outcomes)
    {
        if (outcomes is not { Count: > 0 })
        {
            Missing("/learningOutcomes", "learning outcomes", "List what a learner knows and can do afterwards.");
            return;
        }

        Add(ValueRules.Count(outcomes, "/learningOutcomes", 1, Limits.MaxListItems));
        for (int i = 0; i < outcomes.Count; i++)
            Add(ValueRules.Text(outcomes[i], $"/learningOutcomes/{i}", Limits.MaxTextLength));
    }

    private void CheckWorkload(AchievementDefinition achievement)
    {
        if (!(achievement.Credits >= 0 && achievement.Credits <= Limits.MaxCredits))
        {
            Invalid("/credits", $"must be a number from 0 to {Limits.MaxCredits}: the workload in ECTS credits.");
        }
        else if (achievement.Credits == 0 && !(achievement.WorkloadHours > 0))
        {
            Missing("/credits", "workload", "Give the ECTS credits or, where there are none, 0 and the workloadHours.");
        }

        if (achievement.WorkloadHours is { } hours)
            Add(ValueRules.Range(hours, "/workloadHours", 0, Limits.MaxWorkloadHours));
    }

    private void CheckLevel(AchievementDefinition achievement)
    {
        if (achievement.EqfLevel is { } level && (level < MinEqfLevel || level > MaxEqfLevel))
        {
            Invalid(
                "/eqfLevel",
                $"is {level}: the EQF's levels are {MinEqfLevel} to {MaxEqfLevel}; leave it out where none applies.");
        }

        if (achievement.QfEheaCycle is not { } cycle) return;

        int place = AchievementCodes.QfEheaCycles.ToList().IndexOf(cycle);
        if (place < 0)
        {
            Add(ValueRules.OneOf(cycle, "/qfEheaCycle", AchievementCodes.QfEheaCycles));
        }
        else if (achievement.EqfLevel is { } eqf && EqfLevelOfShortCycle + place is var its && eqf != its)
        {
            Invalid("/qfEheaCycle", $"is {cycle}, which is level {its} of the EQF and not {eqf}: correct one of them.");
        }
    }

    private void CheckStacking(AchievementDefinition achievement)
    {
        if (achievement.Stackability is { } stackability)
            Add(ValueRules.OneOf(stackability, "/stackability", AchievementCodes.Stackabilities));
        if (achievement.StacksInto is not { } into) return;

        Add(ValueRules.Text(into, "/stacksInto", Limits.MaxTextLength));
        if (achievement.Stackability != AchievementCodes.Stackable)
            Invalid("/stacksInto", $"is only for what stacks: set stackability to {AchievementCodes.Stackable}.");
    }

    private void CheckSkills(IReadOnlyList<Skill> skills)
    {
        Add(ValueRules.Count(skills, "/skills", 0, Limits.MaxListItems));
        for (int i = 0; i < skills.Count; i++)
        {
            if (skills[i] is not { } skill)
            {
                Invalid($"/skills/{i}", "must be a skill, not null.");
                continue;
            }

            Add(ValueRules.Text(skill.Name, $"/skills/{i}/name"));
            Add(ValueRules.Text(skill.Framework, $"/skills/{i}/framework"));

            // ESCO's own identifiers are http addresses.
            if (ValueRules.Url(skill.Url, $"/skills/{i}/url", allowHttp: true) is { } fault)
                Add(fault);
            else if (skill.Framework == Esco && !IsEscoSkill(skill.Url))
                Invalid($"/skills/{i}/url", $"must be of ESCO: {EscoSkills} and the skill's UUID or a group's code.");
        }
    }

    private static bool IsEscoSkill(string url)
    {
        if (!url.StartsWith(EscoSkills, StringComparison.Ordinal)) return false;

        string name = url[EscoSkills.Length..];
        bool isGroup = name.Length is > 0 and <= 12 && char.IsAsciiLetterUpper(name[0])
            && name.Skip(1).All(c => char.IsAsciiDigit(c) || c == '.');
        return isGroup || (name.Length == UuidForm.Length && name.Zip(UuidForm)
            .All(c => c.Second == '-' ? c.First == '-' : char.IsAsciiHexDigitLower(c.First)));
    }

    /// <summary>Judges an element that must be there; tells whether there is something to judge further.</summary>
    private bool Mandatory(
        string field, string? text, string element, string mend, int maxLength = Limits.MaxNameLength)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            Missing(field, element, mend);
            return false;
        }

        var fault = ValueRules.Text(text, field, maxLength);
        Add(fault);
        return fault is null;
    }

    private void Optional(string field, string? text)
    {
        if (text is not null) Add(ValueRules.Text(text, field, Limits.MaxTextLength));
    }

    private void Missing(string field, string element, string mend) =>
        Invalid(field, $"must not be empty: no micro-credential is without its {element}. {mend}");

    private void Invalid(string field, string rule) => Add(ValueRules.Invalid(field, rule));

    private void Add(LedgerError? fault)
    {
        if (fault is not null) _faults.Add(fault);
    }
}
