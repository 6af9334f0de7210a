using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Evaluating a learner who has 500 achievements against a pathway of 60 ECTS: demanded courses, electives that contend
/// for the same credentials, recognition under an agreement, prerequisites, and one demanded course still missing, so
/// that the search for the shortest ways runs too.
/// </summary>
internal static class PathwayEvaluations
{
    /// <summary>How many the learner has, or can choose from.</summary>
    public const int Achievements = 500;

    private const int Offers = 300;
    private const double TargetMilliseconds = 10;
    private const string Home = "HomeMSP";
    private const string Abroad = "AbroadMSP";

    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public static Task MeasureAsync(Bench bench)
    {
        int calls = bench.Options.Count(2_000, 300);
        var input = Input();
        Evaluate(input, calls);
        var p99 = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            double[] milliseconds = Evaluate(input, calls);
            p99.Add(milliseconds[calls * 99 / 100]);
        }

        bench.Report.Add(new Row
        {
            Name = $"pathway evaluation p99, {Achievements} achievements, in process",
            Unit = "ms",
            Rounds = p99,
            Target = Target.AtMost(TargetMilliseconds),
        });
        return Task.CompletedTask;
    }

    /// <summary>The same pathway for who has nothing, with so many to choose from.</summary>
    public static PathwayInput Fresh()
    {
        var input = Input();
        return input with
        {
            Earned = [],
            Catalogue =
            [
                .. input.Earned.Select(one => one.Achievement).Take(Achievements - Offers),
                .. input.Catalogue,
            ],
        };
    }

    private static double[] Evaluate(PathwayInput input, int calls)
    {
        double[] milliseconds = new double[calls];
        for (int i = 0; i < calls; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            var evaluation = PathwayEvaluator.Evaluate(input);
            milliseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (evaluation.Complete || evaluation.Ways.Count == 0)
                throw new BenchmarkException("The evaluation is not the one that was to be measured.");
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }

    private static PathwayInput Input() => new()
    {
        Pathway = new Pathway
        {
            MspId = Home,
            Id = "way",
            Version = 1,
            Name = "The way",
            Description = "Leads there.",
            Award = new AchievementReference("award", 1),
            Credits = 60,
            Groups =
            [
                All("core", "c0", "c1", "c2", "c3"), Pool("computing", 15, "06"), Pool("data", 10, "061", "054"),
                Pool("free", null), All("final", "thesis"),
            ],
            Prerequisites =
                [new(new PathwayItem(Home, "thesis"), [new PathwayItem(Home, "method")])],
            MaxRecognizedCredits = 20,
        },
        Earned =
        [
            .. Enumerable.Range(0, Achievements).Select(i => new EarnedAchievement(
                $"urn:uuid:{i}", Achievement($"c{i}", i % 5 == 4 ? Abroad : Home, 1 + (i % 6), i),
                Now.AddDays(-i))),
        ],
        Catalogue =
        [
            .. Enumerable.Range(0, Offers)
                .Select(i => Achievement($"o{i}", i % 4 == 3 ? Abroad : Home, 1 + (i % 6), i)),
            Achievement("thesis", Home, 15, 0), Achievement("method", Home, 5, 0),
        ],
        RecognizedAs = (achievement, _) =>
        [
            new RecognizedAchievement
            {
                Agreement = "agreement",
                AgreementVersion = 1,
                Credits = achievement.Credits * 0.8,
                MaxCreditsPerLearner = 30,
            },
        ],
        AsOf = Now,
    };

    private static PathwayGroup All(string id, params string[] items) => new()
    {
        Id = id,
        Name = id,
        Rule = PathwayRule.All,
        Items = [.. items.Select(item => new PathwayItem(Home, item))],
    };

    private static PathwayGroup Pool(string id, double? minCredits, params string[] fields) => new()
    {
        Id = id,
        Name = id,
        Rule = PathwayRule.Choice,
        MinCredits = minCredits,
        Pool = new PathwayPool { Fields = fields },
    };

    private static Achievement Achievement(string id, string mspId, double credits, int number) => new()
    {
        MspId = mspId,
        Id = id,
        Version = 1,
        Name = id,
        Description = id,
        Criteria = id,
        LearningOutcomes = [id],
        Credits = credits,
        EqfLevel = 6 + (number % 2),
        Language = "en",
        Assessment = "exam",
        Participation = "online",
        QualityAssurance = "internal",
        FieldOfStudy = (number % 3) switch { 0 => "0611", 1 => "0541", _ => "0688" },
    };
}
