using System.Diagnostics;
using System.Security.Cryptography;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What documents cost without service and ledger around them: seeds, leaves and tree of a cohort, and verifying each
/// form beside the raw signature check. Verifying is measured by the processor's time, since whoever else is at work
/// does not count then.
/// </summary>
internal static class Forms
{
    private const int Cohort = 100_000;
    private const int WarmingRounds = 3;
    private const double RatioTarget = 0.5;

    public static async Task MeasureAsync(Bench bench)
    {
        var cohort = new FormCohort();
        MeasureSigning(bench, cohort);

        int count = bench.Options.Count(4_000, 500);
        var issued = cohort.Issue(FormCohort.Requests(count));
        byte[][] documents = [.. issued.Select(cohort.Complete)];
        await MeasureVerifyingAsync(bench, cohort, "Data Integrity", documents);
        await MeasureVerifyingAsync(
            bench, cohort, "VC-JWT",
            [.. documents.Select(document => FormCohort.Now(cohort.Writer.WriteVcJwtAsync(document)))]);
        await MeasureVerifyingAsync(
            bench, cohort, "SD-JWT VC",
            [.. documents.Select(document => FormCohort.Now(cohort.Writer.WriteSdJwtAsync(document)))]);
        await MeasureVerifyingAsync(bench, cohort, "the compact form", cohort.Compacts(issued, documents));
    }

    private static void MeasureSigning(Bench bench, FormCohort cohort)
    {
        int size = bench.Options.Count(Cohort, 10_000);
        var requests = FormCohort.Requests(size);
        cohort.Issue(FormCohort.Requests(Math.Min(size, 5_000)));
        var (rates, perCore) = (new List<double>(), new List<double>());
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            cohort.Issue(requests);
            rates.Add(size / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            perCore.Add(size / (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }

        bench.Report.Add(new Row
        {
            Name = $"seeds, leaves and tree of {size:N0} credentials",
            Unit = "/s",
            Rounds = rates,
        });
        bench.Report.Add(new Row
        {
            Name = "  per core and second of its time",
            Unit = "/s",
            Rounds = perCore,
        });
    }

    private static async Task MeasureVerifyingAsync(
        Bench bench, FormCohort cohort, string form, byte[][] documents)
    {
        var key = Multikey.Parse(cohort.Key.PublicKeyMultibase);
        byte[] message = RandomNumberGenerator.GetBytes(64);
        byte[] signature = FormCohort.Now(cohort.Key.SignAsync(message));
        var (cold, cached, raw) = (new List<double>(), new List<double>(), new List<double>());

        // The first rounds are not counted: code is still being compiled.
        for (int i = 0; i < WarmingRounds + bench.Options.Rounds; i++)
        {
            var verifier = new CredentialVerifier(cohort, TimeProvider.System, FormCohort.Options);
            double first = await VerifyAllAsync(verifier, documents);
            double again = await VerifyAllAsync(verifier, documents);
            var used = Environment.CpuUsage.TotalTime;
            for (int j = 0; j < documents.Length; j++)
            {
                if (!key.Verify(message, signature)) throw new BenchmarkException("A signature is not valid.");
            }

            double checks = documents.Length / (Environment.CpuUsage.TotalTime - used).TotalSeconds;
            if (i < WarmingRounds) continue;
            cold.Add(first);
            cached.Add(again);
            raw.Add(checks);
        }

        bench.Report.Add(new Row { Name = $"verifying {form}, cold, per core", Unit = "/s", Rounds = cold });
        bench.Report.Add(new Row { Name = "  raw signature check", Unit = "/s", Rounds = raw });
        bench.Report.Add(new Row
        {
            Name = "  cold ÷ raw signature check",
            Rounds = [.. cold.Zip(raw, (ours, check) => ours / check)],
            Target = Target.AtLeast(RatioTarget),
        });
        bench.Report.Add(new Row { Name = "  the same credentials again", Unit = "/s", Rounds = cached });
    }

    private static async Task<double> VerifyAllAsync(CredentialVerifier verifier, byte[][] documents)
    {
        var used = Environment.CpuUsage.TotalTime;
        foreach (byte[] document in documents)
        {
            var verdict = await verifier.VerifyAsync(document);
            if (verdict.Kind != VerdictKind.Valid)
            {
                throw new BenchmarkException(
                    "A credential is not valid: " + string.Join(" ", verdict.Checks.Select(check => check.Detail)));
            }
        }

        return documents.Length / (Environment.CpuUsage.TotalTime - used).TotalSeconds;
    }
}
