using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Gateway.Seeking;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Finding what 10,000 achievements and 200 pathways offer for a goal in somebody's own words: short goals and long
/// ones, with slips of the pen, compounds and words that are in no text. The texts have as many different words as that
/// many real ones would.
/// </summary>
internal static class GoalSearches
{
    private const int Achievements = 10_000;
    private const int Pathways = 200;
    private const int Vocabulary = 20_000;
    private const int WordsOfText = 40;
    private const int Seed = 14;
    private const double TargetMilliseconds = 50;
    private const double TargetMiB = 64;

    private static readonly string[] Said =
    [
        "climate", "data", "city", "administration", "nursing", "elderly", "robot", "programming", "garden", "water",
        "Klima", "Verwaltung", "Pflege", "Sprache", "Buchhaltung", "Energie", "Maschine", "Kinder", "Recht", "Holz",
    ];

    public static Task MeasureAsync(Bench bench)
    {
        int calls = bench.Options.Count(1_000, 200);
        var random = new Random(Seed);
        string[] words = [.. Said, .. Enumerable.Range(0, Vocabulary).Select(_ => Invented(random))];
        var achievements = Enumerable.Range(0, Achievements).Select(i => Achievement(i, words, random)).ToList();
        var pathways = Enumerable.Range(0, Pathways).Select(i => Pathway(i, words, random)).ToList();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long begin = Stopwatch.GetTimestamp();
        var offers = new Offers(achievements, pathways);
        double made = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        double grown = (GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024;
        string[] goals = [.. Enumerable.Range(0, calls).Select(i => Goal(i, words, random))];
        Find(offers, goals);
        double[][] rounds = [.. Enumerable.Range(0, bench.Options.Rounds).Select(_ => Find(offers, goals))];
        bench.Report.Add(new Row
        {
            Name = $"goal search's index made anew, {Achievements} achievements",
            Unit = "ms",
            Rounds = [made],
        });
        bench.Report.Add(new Row
        {
            Name = $"goal search p50, {Achievements} achievements, in process",
            Unit = "ms",
            Rounds = [.. rounds.Select(times => times[calls / 2])],
        });
        bench.Report.Add(new Row
        {
            Name = $"goal search p99, {Achievements} achievements, in process",
            Unit = "ms",
            Rounds = [.. rounds.Select(times => times[calls * 99 / 100])],
            Target = Target.AtMost(TargetMilliseconds),
        });
        bench.Report.Add(new Row
        {
            Name = $"goal search's memory, {Achievements} achievements, without a model",
            Unit = "MiB",
            Rounds = [grown],
            Target = Target.AtMost(TargetMiB),
        });
        return Task.CompletedTask;
    }

    private static double[] Find(Offers offers, string[] goals)
    {
        double[] milliseconds = new double[goals.Length];
        for (int i = 0; i < goals.Length; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            var found = offers.Find(goals[i], GoalSearch.UsuallyFound);
            milliseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (found.Achievements.Count == 0)
                throw new BenchmarkException($"Nothing was found for \"{goals[i]}\".");
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }

    /// <summary>
    /// A goal of a few words, each tenth as long as a goal may be; one word has a slip, one is a compound.
    /// </summary>
    private static string Goal(int number, string[] words, Random random)
    {
        string one = words[random.Next(words.Length)];
        string goal = $"I want to {Said[number % Said.Length]} with {Words(3, words, random)} and {one[1..]} {one}werk";
        while (number % 10 == 0 && goal.Length < GoalSearch.MaxLength) goal += " " + words[random.Next(words.Length)];
        return goal.Length > GoalSearch.MaxLength ? goal[..GoalSearch.MaxLength] : goal;
    }

    private static Achievement Achievement(int number, string[] words, Random random) => new()
    {
        MspId = $"M{number % 20}MSP",
        Id = $"a{number}",
        Name = Words(4, words, random),
        Description = Words(WordsOfText, words, random),
        Criteria = Words(10, words, random),
        LearningOutcomes = [.. Enumerable.Range(0, 4).Select(_ => Words(8, words, random))],
        Skills =
        [
            .. Enumerable.Range(0, 3).Select(_ => random.Next(words.Length))
                .Select(at => new Skill($"{words[at]} {words[^(at + 1)]}", $"https://skills.example/{at}", "Sample")),
        ],
        Credits = 3,
        Language = "en",
        Assessment = "exam",
        Participation = "online",
        QualityAssurance = "internal",
        FieldOfStudy = (number % 3) switch { 0 => "0613", 1 => "0521", _ => "0913" },
    };

    private static Pathway Pathway(int number, string[] words, Random random) => new()
    {
        MspId = "M0MSP",
        Id = $"p{number}",
        Version = 1,
        Name = Words(4, words, random),
        Description = Words(WordsOfText, words, random),
        Award = new AchievementReference("a0", 1),
        Credits = 10,
        Groups =
        [
            new PathwayGroup
            {
                Id = "all",
                Name = "All",
                Rule = PathwayRule.All,
                Items = [.. Enumerable.Range(0, 6).Select(_ => random.Next(Achievements))
                    .Select(at => new PathwayItem($"M{at % 20}MSP", $"a{at}"))],
            },
        ],
    };

    /// <summary>Words as texts have them: few often, most of them seldom.</summary>
    private static string Words(int count, string[] words, Random random) => string.Join(
        ' ', Enumerable.Range(0, count).Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]));

    private static string Invented(Random random)
    {
        const string Vowels = "aeiou";
        const string Consonants = "bdfglmnprstvw";
        return string.Concat(Enumerable.Range(0, random.Next(2, 5)).Select(
            _ => $"{Consonants[random.Next(Consonants.Length)]}{Vowels[random.Next(Vowels.Length)]}"))
            + Consonants[random.Next(Consonants.Length)];
    }
}
