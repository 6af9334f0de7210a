using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What is recognized among 10,000 agreements of 100 institutions, 100 of them between the two that are asked about and
/// only the last one meaning the achievement; and a file of 200 credentials at all institutions, as a gateway answers
/// it.
/// </summary>
internal static class RecognitionAnswers
{
    private const int Agreements = 10_000;
    private const int Institutions = 100;
    private const int OfThePair = 100;
    private const int Credentials = 200;
    private const double TargetOneMilliseconds = 1;
    private const double TargetFileMilliseconds = 100;
    private const double TargetMatrixMilliseconds = 10;

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static Task MeasureAsync(Bench bench)
    {
        var index = Index();
        var one = Facts(0, Name(0));
        CredentialFacts[] file = [.. Enumerable.Range(0, Credentials).Select(i => Facts(i, Name(i % Institutions)))];
        Add(bench, $"recognition of one credential p99, among {Agreements:N0} agreements, in process",
            bench.Options.Count(20_000, 2_000), TargetOneMilliseconds, () =>
            {
                var answer = Recognition.Of(one, index.Between(one.MspId, Name(1)), Name(1), Begin.AddYears(1));
                if (!answer.Recognized) throw new BenchmarkException($"Not recognized: {answer.Detail}");
            });
        Add(bench, $"recognition of a file of {Credentials} at {Institutions} institutions p99, in process",
            bench.Options.Count(200, 20), TargetFileMilliseconds, () =>
            {
                for (int i = 0; i < Institutions; i++)
                {
                    string institution = Name(i);
                    var tally = new RecognitionTally();
                    foreach (var facts in file)
                    {
                        Recognition.Of(
                            facts, index.Between(facts.MspId, institution), institution, Begin.AddYears(1), tally);
                    }
                }
            });
        var institutions = Enumerable.Range(0, Institutions).Select(Named)
            .ToDictionary(one => one.MspId, StringComparer.Ordinal);
        Add(bench, $"recognition matrix of one institution p99, among {Agreements:N0} agreements, in process",
            bench.Options.Count(2_000, 200), TargetMatrixMilliseconds, () =>
            {
                var partners = RecognitionMatrix.Of(Name(0), institutions, index, Begin.AddYears(1));
                if (partners.Count != Institutions - 1) throw new BenchmarkException("Not every partner is told.");
            });
        return Task.CompletedTask;
    }

    private static Institution Named(int number) => new()
    {
        MspId = Name(number),
        Name = $"Institution {number}",
        Country = "FI",
        Did = $"did:web:i{number}.example",
    };

    private static void Add(Bench bench, string name, int calls, double target, Action ask)
    {
        Time(calls, ask);
        var p99 = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++) p99.Add(Time(calls, ask)[calls * 99 / 100]);
        bench.Report.Add(new Row { Name = name, Unit = "ms", Rounds = p99, Target = Target.AtMost(target) });
    }

    private static double[] Time(int calls, Action ask)
    {
        double[] milliseconds = new double[calls];
        for (int i = 0; i < calls; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            ask();
            milliseconds[i] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        }

        Array.Sort(milliseconds);
        return milliseconds;
    }

    private static AgreementIndex Index()
    {
        var index = new AgreementIndex();
        for (int i = 0; i < Agreements; i++)
        {
            // The first ones are all between the first two institutions, the others between any two.
            int first = i < OfThePair ? 0 : i % Institutions;
            int second = i < OfThePair ? 1 : (first + 1 + (i / Institutions % (Institutions - 1))) % Institutions;
            Add(index, i, first, second, i == OfThePair - 1 ? "a0" : "none");
        }

        return index;
    }

    private static void Add(AgreementIndex index, int number, int first, int second, string achievement)
    {
        string[] parties = [.. new[] { Name(first), Name(second) }.Order(StringComparer.Ordinal)];
        var terms = new AgreementStatement
        {
            Ledger = "l",
            MspId = parties[0],
            Id = $"agreement-{number}",
            Version = 1,
            Name = "An agreement",
            Parties = parties,
            Clauses =
            [
                new AgreementClause
                {
                    Id = "one",
                    Scope = new AwardScope { Achievements = [achievement] },
                    Credits = 4,
                },
                new AgreementClause { Id = "field", Scope = new AwardScope { Levels = [7], Fields = ["05"] } },
            ],
            ValidFrom = Begin,
            NoticeDays = 90,
            KeyId = "k",
        };
        var acceptance = new AcceptanceStatement
        {
            Ledger = "l",
            MspId = parties[1],
            Agreement = terms.Id,
            Version = 1,
            Digest = "",
            KeyId = "k",
        };
        var part = new AgreementPart { WrittenAt = Begin, TransactionId = "t" };
        index.Add(part with { Proposal = new SignedStatement<AgreementStatement>(terms, "") });
        index.Add(part with { Acceptance = new SignedStatement<AcceptanceStatement>(acceptance, "") });
    }

    private static string Name(int number) => $"I{number:D3}MSP";

    private static CredentialFacts Facts(int number, string mspId) => new()
    {
        Credential = $"{number}",
        MspId = mspId,
        AwardedAt = Begin.AddDays(30),
        Achievement = new AchievementDefinition
        {
            Id = $"a{number}",
            Name = "Data",
            Description = "Data.",
            Criteria = "An examination.",
            LearningOutcomes = ["Knows data."],
            Credits = 5,
            EqfLevel = 6 + (number % 2),
            FieldOfStudy = "0542",
            Language = "en",
            Assessment = "examination",
            Participation = "online",
            QualityAssurance = "internal",
        },
    };
}
