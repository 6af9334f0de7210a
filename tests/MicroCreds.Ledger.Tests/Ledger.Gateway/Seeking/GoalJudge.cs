using System.Globalization;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Seeking;

/// <summary>
/// A catalogue of several institutions, and a hundred goals with the right answers, written down before any search was.
/// </summary>
public static class GoalJudge
{
    private const string Folder = "tests/MicroCreds.Ledger.Tests/Ledger.Gateway/Seeking/";

    /// <summary>The achievements, of which each has a title, a description, outcomes and skills.</summary>
    public static IReadOnlyList<Achievement> Achievements { get; } =
        [.. new[] { "catalogue-1.txt", "catalogue-2.txt", "catalogue-3.txt" }.SelectMany(ReadAchievements)];

    /// <summary>The pathways over them.</summary>
    public static IReadOnlyList<Pathway> Pathways { get; } = [.. ReadPathways()];

    /// <summary>The goals.</summary>
    public static IReadOnlyList<JudgedGoal> Goals { get; } =
    [
        .. Lines("goals.txt").Select(line => line.Split('|')).Select(parts => new JudgedGoal(
            parts[0] == "K", parts[1], parts[2].Split(' '),
            parts[3].Split(' ', StringSplitOptions.RemoveEmptyEntries))),
    ];

    /// <summary>
    /// The part of the right answers that stand among the first, on average over goals. Where there are more right ones
    /// than places, all places right is all.
    /// </summary>
    /// <param name="goals">The goals.</param>
    /// <param name="places">How many places there are.</param>
    /// <param name="right">The right answers of a goal.</param>
    /// <param name="find">What a search finds for a goal, the likeliest first.</param>
    public static double Recall(
        IEnumerable<JudgedGoal> goals, int places, Func<JudgedGoal, IReadOnlyList<string>> right,
        Func<string, IEnumerable<string>> find) => goals
        .Where(goal => right(goal).Count > 0)
        .Average(goal => find(goal.Text).Take(places).Count(right(goal).Contains)
            / (double)Math.Min(places, right(goal).Count));

    private static IEnumerable<Achievement> ReadAchievements(string file)
    {
        Achievement? achievement = null;
        foreach (string line in Lines(file))
        {
            string said = line[1..];
            if (line[0] == '@')
            {
                if (achievement is not null) yield return achievement;
                string[] titled = said.Split(" | ");
                string[] facts = titled[0].Split(' ');
                achievement = NewAchievement(facts, titled[1]);
            }
            else
            {
                achievement = line[0] switch
                {
                    '-' => achievement! with { LearningOutcomes = [.. achievement.LearningOutcomes, said] },
                    '*' => achievement! with { Skills = [.. said.Split("; ").Select(SkillOf)] },
                    _ => achievement! with { Description = line },
                };
            }
        }

        if (achievement is not null) yield return achievement;
    }

    private static Achievement NewAchievement(string[] facts, string name) => new()
    {
        MspId = facts[0] + "MSP",
        Id = facts[1],
        Name = name,
        Description = "",
        Criteria = facts[4] == "de" ? "Prüfung bestehen." : "Pass the assessment.",
        LearningOutcomes = [],
        Credits = double.Parse(facts[2], CultureInfo.InvariantCulture),
        FieldOfStudy = facts[3],
        Language = facts[4],
        Assessment = "Exam",
        Participation = "blended",
        QualityAssurance = "Internal",
    };

    private static Skill SkillOf(string name) => new(
        name, "https://skills.example/" + Uri.EscapeDataString(name.ToLowerInvariant()), "Sample");

    private static IEnumerable<Pathway> ReadPathways()
    {
        string[] lines = [.. Lines("pathways.txt")];
        var owners = Achievements.ToDictionary(one => one.Id, one => one.MspId);
        for (int i = 0; i < lines.Length; i += 2)
        {
            string[] parts = lines[i][1..].Split(" | ");
            string[] name = parts[0].Split(' ');
            string[] items = parts[2].Split(' ');
            yield return new Pathway
            {
                MspId = name[0] + "MSP",
                Id = name[1],
                Version = 1,
                Name = parts[1],
                Description = lines[i + 1],
                Award = new AchievementReference(items[0], 1),
                Credits = 10,
                Groups =
                [
                    new PathwayGroup
                    {
                        Id = "all",
                        Name = "Core",
                        Rule = PathwayRule.All,
                        Items = [.. items.Select(item => new PathwayItem(owners[item], item))],
                    },
                ],
            };
        }
    }

    private static IEnumerable<string> Lines(string file) =>
        File.ReadLines(Path.Combine(Repository.Root, Folder + file));
}

/// <summary>A goal with its right answers.</summary>
/// <param name="IsKept">Whether it is kept apart until the end: nothing is tuned by it.</param>
/// <param name="Text">The goal as somebody would write it.</param>
/// <param name="Achievements">The achievements that serve it.</param>
/// <param name="Pathways">The pathways that serve it; may be none.</param>
public sealed record JudgedGoal(
    bool IsKept, string Text, IReadOnlyList<string> Achievements, IReadOnlyList<string> Pathways);
