using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>A store on either engine, in a folder or a database of its own.</summary>
internal sealed class SampleStore : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("store-").FullName;

    private SampleStore(string? postgres) => Place = new StorePlace(postgres is null ? _folder : null, postgres);

    public StorePlace Place { get; }

    public string Folder => _folder;

    /// <summary>Makes the place of one; skips if that is on PostgreSQL and there is none.</summary>
    public static async Task<SampleStore> NewAsync(bool isPostgres)
    {
        if (!isPostgres) return new SampleStore(null);
        PostgresCluster.Require();
        var cluster = await PostgresCluster.SharedAsync();
        return new SampleStore(await cluster.CreateDatabaseAsync());
    }

    /// <summary>Puts something of each kind into a store.</summary>
    public static async Task FillAsync(GatewayStore store)
    {
        var issuances = new IssuanceStore(store);
        var lists = new StatusLists(store);
        await store.WriteTextAsync("told", "Grüße");
        await new SharedFacts(store).ShareAsync(
            LearnerSecret.Draw(), [new SharedFact(SharedFact.Stage, "AuroraMSP/way/1", "2")], DateTimeOffset.UnixEpoch);
        await store.Database.WriteAsync(connection => connection.Run(
            "INSERT INTO api_key VALUES ('0123', '', 'a key', 'reader', 1, NULL)".Replace(
                "''", connection is Npgsql.NpgsqlConnection ? "'\\x01ff'" : "x'01ff'", StringComparison.Ordinal)));
        await lists.TakeAsync(3);
        var (lone, _) = await AddOneAsync(
            issuances, RandomNumberGenerator.GetBytes(32), award: new AwardKeys(ulong.MaxValue, [1, 2], 3));
        await issuances.SetIssuedAsync(lone.Number, "a transaction", DateTimeOffset.UnixEpoch);
        var (batch, _) = await issuances.AddBatchAsync(
            New(IssuanceKind.Batch, 2), RandomNumberGenerator.GetBytes(32), [],
            _ => new AdmittedRows(
                [1, 2], [new AwardKeys(5, [], 0), new AwardKeys(6, [7], 1)], "{}\n{}\n"u8.ToArray(),
                [new RowLeftOut(3, "duplicate", SameAsRow: 1)]),
            source: new IssuanceSource
            {
                File = "rows.csv",
                FileHash = RandomNumberGenerator.GetBytes(32),
                Lines = [2, 5],
            });
        await new IssuingRequests(store).AddAsync(
            new IssuingRequest
            {
                Id = Guid.CreateVersion7().ToString("N"),
                Kind = IssuanceKind.Batch,
                State = IssuingRequestState.Waiting,
                Size = 1,
                Fingerprint = RandomNumberGenerator.GetBytes(32),
                BodyHash = [1],
                AskedBy = "{}",
                AskedAt = DateTimeOffset.UnixEpoch,
                Source = new IssuanceSource { Lines = [7] },
                Due = "2026-12-18T10:00 Europe/Berlin",
                DueAt = DateTimeOffset.UnixEpoch.AddDays(1),
            },
            "{}\n"u8.ToArray());
        await FillDraftsAsync(store);
        string attempt = (await issuances.BeginBuildingAsync(batch.Number))!;
        await issuances.AddDocumentsAsync(batch.Number, attempt, [Document(1), Document(0, row: 2)]);
        var (gone, _) = await AddOneAsync(issuances);
        await issuances.TakeBackAsync(gone.Number);
        var webhook = await WebhookStoreTests.AddAsync(new WebhookStore(store), "told");
        await new WebhookDeliveries(store).AddAsync(
            webhook.Id, new WebhookMessage("msg_1", "credential.issued", null, "{}"), DateTimeOffset.UnixEpoch);
    }

    /// <summary>Stores a lone credential, or finds the one of the same fingerprint.</summary>
    public static async Task<(StoredIssuance Issuance, bool IsNew)> AddOneAsync(
        IssuanceStore issuances, byte[]? fingerprint = null, StoredDocument? document = null, AwardKeys? award = null,
        IssuanceSource? source = null)
    {
        var added = await issuances.AddTogetherAsync(
        [
            new NewCredential(
                New(IssuanceKind.Credential, 1), fingerprint, document ?? Document(0), award ?? new AwardKeys(0, [], 0))
            {
                Source = source,
            },
        ]);
        return (added[0].Issuance!, added[0].IsNew);
    }

    /// <summary>Puts a batch where an earlier run of the service has left it.</summary>
    public static async Task<StoredIssuance> AcceptAsync(IssuanceStore issuances, params string[] rows)
    {
        int[] numbers = [.. Enumerable.Range(1, rows.Length)];
        var (batch, _) = await issuances.AddBatchAsync(
            New(IssuanceKind.Batch, rows.Length) with { CreatedAt = DateTimeOffset.UtcNow },
            RandomNumberGenerator.GetBytes(32), [],
            _ => new AdmittedRows(
                numbers, [.. numbers.Select(_ => new AwardKeys((ulong)Random.Shared.NextInt64(), [], 0))],
                Encoding.UTF8.GetBytes(string.Join('\n', rows)), []));
        return batch;
    }

    private static async Task FillDraftsAsync(GatewayStore store)
    {
        var draft = new StoredDraft
        {
            Id = Guid.CreateVersion7().ToString("N"),
            Kind = StoredDraft.OfAchievement,
            Content = "{\"name\":\"Grüße\"}",
            ChangedBy = "{}",
            ChangedAt = DateTimeOffset.UnixEpoch,
        };
        await new DraftStore(store).SaveAsync(draft);
        var badges = new BadgeStore(store);
        await badges.SetOfDraftAsync(draft.Id, 1, new BadgeImage("aa", "image/png", [0, 1, 255]), "A picture");
        await badges.SetAsync("data-literacy", 1, new BadgeImage("bb", "image/svg+xml", [2]), "Another");
    }

    public static StoredIssuance New(string kind, int size) => new()
    {
        Number = 0,
        Id = Guid.NewGuid().ToString("N"),
        Kind = kind,
        BodyHash = SHA256.HashData(Encoding.UTF8.GetBytes(kind)),
        State = IssuanceState.Accepted,
        Size = size,
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_764_000_000_123),
    };

    public static StoredDocument Document(int leaf, int row = 1) =>
        new(Guid.NewGuid(), 0, leaf, row, new KeptDocument(PackedDocument.Of("{\"a\":1}"u8).Bytes));

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
