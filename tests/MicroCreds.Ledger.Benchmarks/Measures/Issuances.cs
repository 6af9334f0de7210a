using MicroCreds.Ledger.Benchmarks.Reporting;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Credentials per second through the REST API, by the size of the batch.</summary>
internal static class Issuances
{
    private const int Cohort = 1_000;
    private const int Registrars = 32;

    // A transaction each takes that much longer.
    private const int ApartShare = 4;
    private const double RatioTarget = 100;
    private const double SecondsTarget = 3;

    public static async Task MeasureAsync(Bench bench)
    {
        var cohorts = await bench.CohortsAsync();
        int singles = bench.Options.Count(50, 10);
        int largest = bench.Options.Count(Cohorts.Largest, 10_000);

        // The first of each is not counted: code is still being compiled.
        await cohorts.PublishAsync(Registrars);
        await cohorts.IssueSinglyAsync(singles, inFlight: 1);
        await cohorts.IssueApartAsync(singles, Registrars);
        await cohorts.IssueAsync(Cohort);
        var ones = new List<double>();
        var lone = new List<double>();
        var manyAtOnce = new List<double>();
        var apart = new List<double>();
        var thousands = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            var alone = await cohorts.RequestSinglyAsync(singles, 1, _ => Cohorts.SampleAchievement);
            ones.Add(alone.PerSecond);
            lone.Add(alone.P50Milliseconds);
            apart.Add((await cohorts.IssueApartAsync(singles * Registrars / ApartShare, Registrars)).PerSecond);
            manyAtOnce.Add(await cohorts.IssueSinglyAsync(singles * Registrars, Registrars));
            await cohorts.IssueAsync(Cohort);
            thousands.Add(cohorts.RatesOf(Cohort)[^1]);
        }

        while (cohorts.RatesOf(largest).Count < bench.Options.Rounds)
        {
            await cohorts.IssueAsync(largest);
        }

        Report("credentials/s one by one (POST /v1/credentials)", ones);
        bench.Report.Add(new Row { Name = "  a lone one, p50", Unit = "ms", Rounds = lone });
        Report($"credentials/s, a transaction each, {Registrars} at once", apart);
        Report($"credentials/s, anchored together, {Registrars} at once", manyAtOnce);
        bench.Report.Add(new Row
        {
            Name = "  anchored together ÷ a transaction each",
            Rounds = [.. manyAtOnce.Zip(apart, (together, each) => together / each)],
        });
        Report($"credentials/s in batches of {Cohort:N0}", thousands);
        bench.Report.Add(new Row
        {
            Name = $"  batches of {Cohort:N0} ÷ one by one",
            Rounds = [.. thousands.Zip(ones, (thousand, one) => thousand / one)],
            Target = Target.AtLeast(RatioTarget),
        });
        bench.Report.Add(new Row
        {
            Name = $"  batches of {Cohort:N0} ÷ anchored together, {Registrars} at once",
            Rounds = [.. thousands.Zip(manyAtOnce, (thousand, many) => thousand / many)],
        });
        Report($"credentials/s in batches of {largest:N0}", cohorts.RatesOf(largest));
        bench.Report.Add(new Row
        {
            Name = $"  until {largest:N0} in a batch are issued",
            Unit = "s",
            Rounds = [.. cohorts.RatesOf(largest).Select(rate => largest / rate)],
            Target = Target.AtMost(SecondsTarget),
            Note = bench.Options.Quick ? $"the target speaks of {Cohorts.Largest:N0}" : null,
        });

        void Report(string name, IReadOnlyList<double> rates) =>
            bench.Report.Add(new Row { Name = name, Unit = "/s", Rounds = rates });
    }
}
