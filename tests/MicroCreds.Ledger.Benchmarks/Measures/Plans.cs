using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// Planning 60 ECTS out of 500 achievements with up to four offers each in eight terms, for learners who differ in what
/// they like: how long the best plan, or the best within the second, takes.
/// </summary>
internal static class Plans
{
    private const int Terms = 8;
    private const double TargetMilliseconds = 1000;

    private static readonly DateOnly First = new(2026, 9, 1);

    public static Task MeasureAsync(Bench bench)
    {
        int questions = bench.Options.Count(60, 12);
        var milliseconds = new List<double>();
        var (proven, undecided) = (0, 0);
        Planner.Plan(Question(new Random(-1)));
        int impossible = 0;
        for (int i = 0; milliseconds.Count < questions; i++)
        {
            var question = Question(new Random(i));
            long begin = Stopwatch.GetTimestamp();
            var answer = Planner.Plan(question);
            double took = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            undecided += answer is Undecided ? 1 : 0;

            // What is impossible is also asked why, which is another question.
            if (answer is not Plan plan)
            {
                if (++impossible > questions) throw new BenchmarkException("Too few of the questions have a plan.");
                continue;
            }

            milliseconds.Add(took);
            proven += plan.IsOptimal ? 1 : 0;
        }

        milliseconds.Sort();
        Add("p50", milliseconds[questions / 2], null);
        Add("p99", milliseconds[questions * 99 / 100], Target.AtMost(TargetMilliseconds));
        AddShare("plans proven the best within that second", proven, questions, null);
        AddShare(
            "such questions answered within it, by a plan or that there is none",
            questions + impossible - undecided, questions + impossible, Target.AtLeast(100));
        return Task.CompletedTask;

        void AddShare(string name, int part, int whole, Target? target) => bench.Report.Add(new Row
        {
            Name = name,
            Unit = "%",
            Rounds = [100.0 * part / whole],
            Target = target,
        });

        void Add(string what, double value, Target? target) => bench.Report.Add(new Row
        {
            Name = $"planning {what}, 60 ECTS of {PathwayEvaluations.Achievements} achievements, in process",
            Unit = "ms",
            Rounds = [value],
            Target = target,
        });
    }

    private static PlanInput Question(Random draw)
    {
        var pathway = PathwayEvaluations.Fresh();
        return new PlanInput
        {
            Pathway = pathway,
            Offers =
            [
                .. pathway.Catalogue.SelectMany(one => Enumerable.Range(0, Terms).Where(_ => draw.Next(2) == 0)
                    .Select(term => new Offer
                    {
                        MspId = one.MspId,
                        Achievement = one.Id,
                        Term = new Term(
                            $"term {term}", First.AddMonths(6 * term), First.AddMonths((6 * term) + 4)),
                        Cost = draw.Next(4) * 50,
                        Mode = draw.Next(3) == 0 ? OfferMode.OnSite : OfferMode.Online,
                        IsAbroad = one.MspId != pathway.Pathway.MspId && draw.Next(2) == 0,
                    })),
            ],
            Wish = new PlanWish
            {
                HoursAWeek = 20 + draw.Next(30),
                Aim = (PlanAim)draw.Next(3),
                MostAbroad = draw.Next(2) == 0 ? 2 : null,
                MostCost = draw.Next(2) == 0 ? 2000 : null,
            },
        };
    }
}
