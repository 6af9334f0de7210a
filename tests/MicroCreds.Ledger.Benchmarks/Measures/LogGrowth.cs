using System.Diagnostics;
using System.Security.Cryptography;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Benchmarks.Reporting;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Benchmarks.Measures;

/// <summary>
/// What the log costs a gateway for each block: a mirror in this process takes in blocks of issuances and withdrawals,
/// each signed, and is watched as it grows.
/// </summary>
internal sealed class LogGrowth : IAsyncDisposable
{
    private const string Ledger = "credentials:bench";
    private const string MspId = "BenchMSP";
    private const int Issuances = 90;
    private const int Withdrawals = 10;

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("log-growth-").FullName;
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();
    private readonly Random _random = new(20261130);
    private readonly List<string> _roots = [];
    private readonly LedgerProjection _mirror;

    private LogGrowth() => _mirror = LedgerProjection.Open(new GatewayServiceOptions
    {
        MspId = MspId,
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = _folder,
    });

    public static async Task MeasureAsync(Bench bench)
    {
        await using var log = new LogGrowth();
        await log.FoundAsync();
        int blocks = bench.Options.Count(100, 10);
        var (times, bytes) = (new List<double>(), new List<double>());
        for (int round = 0; round < bench.Options.Rounds; round++)
        {
            var written = Enumerable.Range(0, blocks).Select(_ => log.NextWrites()).ToList();
            long allocated = GC.GetTotalAllocatedBytes(precise: true), begin = Stopwatch.GetTimestamp();
            foreach (var writes in written) await log.ApplyAsync(writes);
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds / blocks);
            bytes.Add((GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1024.0 / blocks);
        }

        long leaves = log._mirror.Log.Now.Size;
        bench.Report.Add(new Row
        {
            Name = $"log: a block of {Issuances} issuances and {Withdrawals} withdrawals",
            Unit = "ms",
            Rounds = times,
            Note = $"the whole mirror; {leaves:N0} leaves in the end, the last round among the largest",
        });
        bench.Report.Add(new Row { Name = "  allocated", Unit = "KiB", Rounds = bytes });
        bench.Report.Add(new Row
        {
            Name = "  memory that is kept",
            Unit = "MiB",
            Rounds = [GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0],
            Note = "all of this process",
        });
        bench.Report.Add(new Row
        {
            Name = "  on disk, a statement",
            Unit = "B",
            Rounds = [Directory.GetFiles(log._folder).Sum(file => new FileInfo(file).Length) / (double)leaves],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _mirror.DisposeAsync();
        _key.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FoundAsync() => await ApplyAsync(
    [
        Write(RecordKey.Founding(), new Founding { Ledger = Ledger, Members = [MspId] }),
        Write(RecordKey.Members(), new Members([MspId])),
        Write(RecordKey.Institution(MspId), new Institution
        {
            MspId = MspId,
            Name = "Bench",
            Country = "FI",
            Did = "did:web:bench.example",
            Keys =
            [
                new SigningKey { Id = "k", PublicKeyMultibase = _key.PublicKeyMultibase, ValidFrom = Begin },
            ],
        }),
    ]);

    private LedgerWrite[] NextWrites()
    {
        LedgerWrite[] issued = [.. Enumerable.Range(0, Issuances).Select(_ => Issue())];
        LedgerWrite[] said = [.. Enumerable.Range(0, Withdrawals).Select(_ => Withdraw())];
        return [.. issued, .. said];
    }

    private LedgerWrite Issue()
    {
        string root = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _roots.Add(root);
        var statement = new IssuanceStatement
        {
            Ledger = Ledger,
            MspId = MspId,
            Root = root,
            Size = 100,
            Achievements = [new AchievementReference("a", 1)],
            KeyId = "k",
            StatusList = "list-1",
            StatusOffset = 0,
        };
        return Write(RecordKey.Issuance(MspId, root), new Issuance
        {
            Statement = statement,
            Signature = Sign(statement),
            IssuedAt = Begin,
            TransactionId = "t",
        });
    }

    private LedgerWrite Withdraw()
    {
        var statement = new StatusStatement
        {
            Ledger = Ledger,
            MspId = MspId,
            Root = _roots[_random.Next(_roots.Count)],
            Index = _random.Next(100),
            Sequence = 1,
            State = CredentialState.Revoked,
            Reason = StatusReason.Other,
            KeyId = "k",
        };
        return Write(RecordKey.Status(MspId, statement.Root, statement.Index), new Status
        {
            Statement = statement,
            Signature = Sign(statement),
            ChangedAt = Begin,
            TransactionId = "t",
        });
    }

    private string Sign<T>(T statement)
        where T : class => Statements.EncodeSignature(_key.Sign(Statements.BytesToSign(statement)));

    private static LedgerWrite Write<T>(RecordKey key, T record)
        where T : class => new(CompositeKey.Create(key.ObjectType, key.Attributes), CanonicalJson.Serialize(record));

    private async Task ApplyAsync(IReadOnlyList<LedgerWrite> writes)
    {
        ulong number = _mirror.NextBlock;
        long time = Begin.AddSeconds(number).ToUnixTimeMilliseconds();
        await _mirror.ApplyAsync(new LedgerBlock(
            number, time,
            [.. writes.Select((write, position) =>
                new LedgerTransaction($"t{number}-{position}", position, time, [write], null) { Creator = MspId })])
        {
            Hash = BitConverter.GetBytes(number + 1),
            PreviousHash = BitConverter.GetBytes(number),
        });
    }
}
