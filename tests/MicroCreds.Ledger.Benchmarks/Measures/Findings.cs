using System.Diagnostics;
using System.Security.Cryptography;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>Finding people among a million credentials in a SQLite store, in this process: the slowest of twenty.</summary>
internal static class Findings
{
    private const int BatchSize = 50_000;
    private const int ChunkSize = 5_000;
    private const int Templates = 20;
    private const double Slowest = 0.95;

    private static readonly string[] Syllables =
        ["ma", "ri", "jo", "se", "an", "na", "lu", "ka", "to", "vir", "ta", "nen", "sen", "berg", "mül", "ler", "gar",
            "cí", "a", "ko", "wal", "ski", "du", "pont", "ro", "ssi", "lin", "den", "haa", "ga", "ø", "ś"];

    public static async Task MeasureAsync(Bench bench)
    {
        int size = bench.Options.Count(1_000_000, 100_000);
        string folder = Directory.CreateTempSubdirectory("finding-").FullName;
        try
        {
            await using var store = await GatewayStore.OpenAsync(new StorePlace(folder));
            var random = new Random(20261128);
            var people = new People(random);
            long began = Stopwatch.GetTimestamp();
            await FillAsync(store, people, size);
            bench.Report.Add(new Row
            {
                Name = $"{size:N0} credentials into the store with their names",
                Unit = "s",
                Rounds = [Stopwatch.GetElapsedTime(began).TotalSeconds],
            });
            var finder = new CredentialFinder(store);
            foreach (var (name, make) in Kinds(people, random))
            {
                bench.Report.Add(new Row
                {
                    Name = $"finding {name}, p95",
                    Unit = "ms",
                    Rounds = [.. Enumerable.Range(0, bench.Options.Rounds).Select(_ => Measure(finder, make))],
                });
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(string Name, Func<CredentialQuery> Make)> Kinds(People people, Random random)
    {
        yield return ("by the whole name", () => new CredentialQuery { Name = people.Next() });
        yield return ("by the name turned round, with a slip", () => new CredentialQuery { Name = Slip() });
        yield return ("by a frequent first name alone", () => new CredentialQuery { Name = people.Frequent });
        yield return ("the newest of one achievement",
            () => new CredentialQuery { Templates = [1 + random.Next(Templates)] });

        string Slip()
        {
            string[] words = people.Next().Split(' ');
            string last = words[^1];
            return last.Remove(random.Next(last.Length), 1) + " " + words[0];
        }
    }

    private static double Measure(CredentialFinder finder, Func<CredentialQuery> make)
    {
        const int Asked = 200;
        var times = new List<double>(Asked);
        for (int i = 0; i < Asked; i++)
        {
            var query = make();
            long began = Stopwatch.GetTimestamp();
            finder.Find(query);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        times.Sort();
        return times[(int)(Asked * Slowest)];
    }

    private static async Task FillAsync(GatewayStore store, People people, int size)
    {
        var (issuances, index) = (new IssuanceStore(store), new NameIndex(store));
        for (int at = 0; at < size; at += BatchSize)
        {
            int count = Math.Min(BatchSize, size - at);
            var (batch, _) = await issuances.AddBatchAsync(
                new StoredIssuance
                {
                    Number = 0,
                    Id = Guid.NewGuid().ToString("N"),
                    Kind = IssuanceKind.Batch,
                    BodyHash = [],
                    State = IssuanceState.Accepted,
                    Size = count,
                    CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000).AddMinutes(at),
                },
                null, [], _ => new AdmittedRows(
                    [.. Enumerable.Range(0, count).Select(i => new AwardKeys((ulong)(at + i), [], 0))], [], []));
            string attempt = (await issuances.BeginBuildingAsync(batch.Number))!;
            for (int row = 0; row < count; row += ChunkSize)
            {
                var documents = Enumerable.Range(row, ChunkSize).Select(leaf => Document(people, leaf)).ToList();
                await issuances.AddDocumentsAsync(batch.Number, attempt, documents);
            }

            await issuances.SetIssuedAsync(batch.Number, "a transaction", batch.CreatedAt);
            while (await index.CatchUpAsync())
            {
                // Chunk by chunk, as the gateway does it.
            }
        }
    }

    private static StoredDocument Document(People people, int leaf)
    {
        var seed = new CredentialSeed
        {
            Id = Guid.NewGuid(),
            Salt = RandomNumberGenerator.GetBytes(CredentialVocabulary.SaltBytes),
            Name = people.Next(),
        };
        return new StoredDocument(seed.Id, 0, leaf, leaf + 1, new KeptDocument(seed.ToCbor(), 1 + (leaf % Templates)));
    }

    /// <summary>People whose first names are few and whose last names are many, some of both frequent.</summary>
    private sealed class People(Random random)
    {
        private readonly string[] _first = [.. Enumerable.Range(0, 2_000).Select(_ => Word(random, 2))];
        private readonly string[] _last = [.. Enumerable.Range(0, 60_000).Select(_ => Word(random, 3))];

        public string Frequent => _first[random.Next(5)];

        public string Next() => $"{Of(_first)} {Of(_last)}";

        private string Of(string[] names) => names[(int)(names.Length * Math.Pow(random.NextDouble(), 3))];

        private static string Word(Random random, int least) => string.Concat(Enumerable.Range(
            0, least + random.Next(2)).Select(_ => Syllables[random.Next(Syllables.Length)]));
    }
}
