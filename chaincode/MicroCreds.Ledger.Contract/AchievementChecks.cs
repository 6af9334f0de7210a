using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>What an achievement's members may be.</summary>
internal static class AchievementChecks
{
    private const int MinEqfLevel = 1;
    private const int MaxEqfLevel = 8;
    private const int FieldOfStudyDigits = 4;

    public static void Check(Achievement achievement)
    {
        Require.Id(achievement.Id, "/id");
        Require.Range(achievement.Version, "/version", 1, Limits.MaxVersion);
        Require.Text(achievement.Name, "/name");
        Require.Text(achievement.Description, "/description", Limits.MaxTextLength);
        Require.Text(achievement.Criteria, "/criteria", Limits.MaxTextLength);
        CheckOutcomes(achievement.LearningOutcomes);
        CheckWorkload(achievement);
        Require.Language(achievement.Language, "/language");
        Require.Text(achievement.Assessment, "/assessment");
        Require.Text(achievement.Participation, "/participation");
        Require.Text(achievement.QualityAssurance, "/qualityAssurance", Limits.MaxTextLength);
        Require.OptionalText(achievement.Prerequisites, "/prerequisites", Limits.MaxTextLength);
        CheckSkills(achievement.Skills);
        CheckTimes(achievement);
    }

    private static void CheckOutcomes(IReadOnlyList<string> outcomes)
    {
        Require.Count(outcomes, "/learningOutcomes", 1, Limits.MaxListItems);
        for (int i = 0; i < outcomes.Count; i++)
        {
            Require.Text(outcomes[i], $"/learningOutcomes/{i}", Limits.MaxTextLength);
        }
    }

    private static void CheckWorkload(Achievement achievement)
    {
        Require.Range(achievement.Credits, "/credits", 0, Limits.MaxCredits);
        if (achievement.WorkloadHours is { } hours)
        {
            Require.Range(hours, "/workloadHours", 0, Limits.MaxWorkloadHours);
        }

        if (achievement.EqfLevel is { } level) Require.Range(level, "/eqfLevel", MinEqfLevel, MaxEqfLevel);

        if (achievement.FieldOfStudy is { } field
            && (field.Length != FieldOfStudyDigits || !field.All(char.IsAsciiDigit)))
        {
            throw Require.Invalid("/fieldOfStudy", "must be the four digits of an ISCED-F 2013 field, such as 0613.");
        }
    }

    private static void CheckSkills(IReadOnlyList<Skill> skills)
    {
        Require.Count(skills, "/skills", 0, Limits.MaxListItems);
        for (int i = 0; i < skills.Count; i++)
        {
            if (skills[i] is not { } skill) throw Require.Invalid($"/skills/{i}", "must be a skill, not null.");

            Require.Text(skill.Name, $"/skills/{i}/name");

            // ESCO's own identifiers are http addresses.
            Require.Url(skill.Url, $"/skills/{i}/url", allowHttp: true);
            Require.Text(skill.Framework, $"/skills/{i}/framework");
        }
    }

    private static void CheckTimes(Achievement achievement)
    {
        if (achievement.PublishedAt != default)
        {
            throw Require.Invalid("/publishedAt", "must be left out: it is the transaction's time.");
        }

        if (achievement.RetiredAt is not null)
        {
            throw Require.Invalid(
                "/retiredAt", $"must be left out: an achievement is retired by {TransactionNames.RetireAchievement}.");
        }
    }
}
