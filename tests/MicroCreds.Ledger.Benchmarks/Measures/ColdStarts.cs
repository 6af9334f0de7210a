using System.Diagnostics;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Benchmarks.Running;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What a client costs that has just been started: a script, a function that is called now and then. The same program
/// published in three ways, beside the official clients for Go and Node.
/// </summary>
internal static class ColdStarts
{
    private const int FirstCalls = 1_500;
    private const int InFlight = 32;
    private const double RatioTarget = 1.5;

    private static readonly string Value = new('v', 100);

    public static async Task MeasureAsync(Bench bench)
    {
        var network = await bench.NetworkAsync();
        using var chaincode = await network.StartChaincodeAsync(official: null);
        using (var client = new CallingClient(WorkerProcess.StartClient(network.ClientEnvironment), BenchNetwork.Ours))
        {
            // The peer and the chaincode are warm, as those that have been there for long.
            await client.WarmUpAsync();
        }

        var programs = await ProgramsAsync(bench);
        var starts = programs.ToDictionary(program => program.Name, _ => new List<ColdStart>());
        for (int round = 0; round < bench.Options.Rounds; round++)
        {
            foreach (var program in programs)
            {
                starts[program.Name].Add(await StartAsync(program, network.ClientEnvironment));
            }
        }

        var gos = programs.Find(program => program.Command == bench.Options.GoClient);
        foreach (var program in programs)
        {
            Report(bench.Report, program.Name, starts[program.Name], gos is null ? null : starts[gos.Name]);
        }
    }

    private static async Task<List<ColdProgram>> ProgramsAsync(Bench bench)
    {
        var programs = new List<ColdProgram>();
        foreach (var (name, publishAsync) in PublishedClient.Forms)
        {
            try
            {
                programs.Add(new ColdProgram($"client {name}", await publishAsync(), []));
            }
            catch (BenchmarkException e)
            {
                bench.Report.Skip($"client {name}: first submit", e.Message.Split('\n')[^1]);
            }
        }

        programs.AddRange((await bench.ClientsAsync())
            .Select(official => new ColdProgram(official.Name, official.Program, official.Arguments)));
        return programs;
    }

    /// <summary>Starts a program, has it submit once, and then go on.</summary>
    private static async Task<ColdStart> StartAsync(ColdProgram program, Dictionary<string, string> environment)
    {
        string prefix = Guid.NewGuid().ToString("N");
        long begin = Stopwatch.GetTimestamp();
        using var process = WorkerProcess.Start(program.Command, program.Arguments, environment);
        await process.AskAsync<LoopResult>(new ClientCommand(true, BenchNetwork.Ours, 1, 1, prefix, Value));
        double first = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        double firstCpu = process.ProcessorTime.TotalMilliseconds;
        await process.AskAsync<LoopResult>(
            new ClientCommand(true, BenchNetwork.Ours, FirstCalls - 1, InFlight, $"{prefix}-more", Value));
        return new ColdStart(first, firstCpu, process.ProcessorTime.TotalMilliseconds);
    }

    private static void Report(
        Report report, string name, IReadOnlyList<ColdStart> starts, IReadOnlyList<ColdStart>? official)
    {
        Add("start to first submit", start => start.FirstMilliseconds, Target.AtMost(RatioTarget));
        Add("CPU until then", start => start.FirstCpuMilliseconds, ratio: null);
        Add($"CPU of {FirstCalls:N0} submits", start => start.CpuMilliseconds, ratio: null);

        void Add(string what, Func<ColdStart, double> value, Target? ratio)
        {
            report.Add(new Row { Name = $"{name}: {what}", Unit = "ms", Rounds = [.. starts.Select(value)] });
            if (official is null || ReferenceEquals(official, starts)) return;

            report.Add(new Row
            {
                Name = "  ÷ Go's",
                Rounds = [.. starts.Zip(official, (one, other) => value(one) / value(other))],
                Target = ratio,
            });
        }
    }

    private sealed record ColdProgram(string Name, string Command, IReadOnlyList<string> Arguments);

    private sealed record ColdStart(double FirstMilliseconds, double FirstCpuMilliseconds, double CpuMilliseconds);
}
