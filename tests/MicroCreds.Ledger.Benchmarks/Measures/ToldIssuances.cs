using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Operator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>What it costs issuing that webhooks are told of each credential; they are on the same machine.</summary>
internal static class ToldIssuances
{
    private const int Registrars = 32;
    private const int ManyWebhooks = 10;

    private static readonly int[] Counts = [0, 1, ManyWebhooks];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    public static async Task MeasureAsync(Bench bench)
    {
        var cohorts = await bench.CohortsAsync();
        int singles = bench.Options.Count(50, 10);
        var network = await bench.NetworkAsync();
        using var gateway = Client(network.Issuer);
        using var process = Process.GetProcessById(network.GatewayProcess(network.Issuer));
        var told = new Counter();
        await using var receiver = await StartAsync(told);
        await cohorts.IssueSinglyAsync(singles, inFlight: 1);
        var ones = Counts.ToDictionary(count => count, _ => new List<double>());
        var manyAtOnce = Counts.ToDictionary(count => count, _ => new List<double>());
        var costs = Counts.ToDictionary(count => count, _ => new List<double>());
        var delays = new List<double>();
        for (int i = 0; i < bench.Options.Rounds; i++)
        {
            foreach (int count in Counts)
            {
                var webhooks = await AddAsync(gateway, receiver.Urls.Single(), count);
                int before = told.Value;
                var spent = ProcessorTime(process);
                ones[count].Add(await cohorts.IssueSinglyAsync(singles, inFlight: 1));
                manyAtOnce[count].Add(await cohorts.IssueSinglyAsync(singles * Registrars, Registrars));
                long begin = Stopwatch.GetTimestamp();
                await UntilAsync(told, before + (count * singles * (Registrars + 1)));
                costs[count].Add(
                    (ProcessorTime(process) - spent).TotalMilliseconds / (singles * (Registrars + 1)));
                if (count == ManyWebhooks) delays.Add(Stopwatch.GetElapsedTime(begin).TotalSeconds);
                await RemoveAsync(gateway, webhooks);
            }
        }

        foreach (int count in Counts)
        {
            Report($"credentials/s one by one, {count} webhooks told of each", ones[count]);
            Report($"credentials/s, {Registrars} at once, {count} webhooks told of each", manyAtOnce[count]);
            bench.Report.Add(new Row
            {
                Name = $"  the gateway's processor time for each, {count} webhooks told",
                Unit = "ms",
                Rounds = costs[count],
            });
        }

        bench.Report.Add(new Row
        {
            Name = $"  {ManyWebhooks} webhooks ÷ none, one by one",
            Rounds = [.. ones[ManyWebhooks].Zip(ones[0], (many, none) => many / none)],
        });
        bench.Report.Add(new Row
        {
            Name = $"  until the last of {ManyWebhooks} webhooks is told the last of {singles * Registrars}",
            Unit = "s",
            Rounds = delays,
        });

        void Report(string name, IReadOnlyList<double> rates) =>
            bench.Report.Add(new Row { Name = name, Unit = "/s", Rounds = rates });
    }

    private static TimeSpan ProcessorTime(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static HttpClient Client(InstitutionEntry issuer)
    {
        var client = new HttpClient { BaseAddress = new Uri(issuer.GatewayUrl) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", issuer.ApiKey);
        return client;
    }

    private static async Task<WebApplication> StartAsync(Counter told)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            told.Add();
        });
        await server.StartAsync();
        return server;
    }

    private static async Task<IReadOnlyList<string>> AddAsync(HttpClient gateway, string url, int count)
    {
        var added = new List<string>();
        for (int i = 0; i < count; i++)
        {
            using var answer = await gateway.PostAsJsonAsync("/v1/webhooks", new { url = $"{url}/hooks/{i}" });
            if (!answer.IsSuccessStatusCode)
                throw new BenchmarkException($"No webhook: {await answer.Content.ReadAsStringAsync()}");
            var webhook = await answer.Content.ReadFromJsonAsync<JsonNode>();
            added.Add((string)webhook!["webhook"]!["id"]!);
        }

        return added;
    }

    private static async Task RemoveAsync(HttpClient gateway, IReadOnlyList<string> webhooks)
    {
        foreach (string id in webhooks)
        {
            using var answer = await gateway.DeleteAsync($"/v1/webhooks/{id}");
        }
    }

    private static async Task UntilAsync(Counter told, int wanted)
    {
        long begin = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(PollInterval);
        while (told.Value < wanted)
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience)
                throw new BenchmarkException($"Webhooks were told {told.Value} times, and not {wanted} times.");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Counts what came.</summary>
    private sealed class Counter
    {
        private int _value;

        public int Value => Volatile.Read(ref _value);

        public void Add() => Interlocked.Increment(ref _value);
    }
}
