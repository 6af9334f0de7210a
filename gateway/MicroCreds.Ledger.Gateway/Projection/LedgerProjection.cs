using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// A local mirror of the contract's records, made from blocks and from nothing else: each record with the block and the
/// position of its last write. A block and the checkpoint behind it are written in one transaction, so that there is
/// never a gap nor a block taken twice. It can be thrown away: it grows again from block 0. Thread-safe.
/// </summary>
public sealed class LedgerProjection : IAsyncDisposable
{
    private static readonly string IssuancePrefix = CompositeKey.Create(RecordKey.IssuanceType);
    private static readonly string StatusPrefix = CompositeKey.Create(RecordKey.StatusType);
    private static readonly string StatusRangePrefix = CompositeKey.Create(RecordKey.StatusRangeType);

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS checkpoint (
          only INTEGER PRIMARY KEY CHECK (only = 1), ledger TEXT NOT NULL, block INTEGER NOT NULL,
          time INTEGER NOT NULL, hash BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS record (
          key BLOB PRIMARY KEY, value BLOB NOT NULL, block INTEGER NOT NULL, position INTEGER NOT NULL,
          time INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS event (
          block INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, transaction_id TEXT NOT NULL,
          time INTEGER NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (block, position)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS status_list (
          msp_id TEXT NOT NULL, list TEXT NOT NULL, PRIMARY KEY (msp_id, list)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS statement (
          signature TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
        """;

    // A projection of the first version had no such table; the records have what belongs there.
    private static readonly string FillStatusLists = $"""
        INSERT OR IGNORE INTO status_list
        SELECT DISTINCT json_extract(CAST(value AS TEXT), '$.statement.mspId'),
          json_extract(CAST(value AS TEXT), '$.statement.statusList')
        FROM record WHERE NOT EXISTS (SELECT 1 FROM status_list)
          AND key > X'{Convert.ToHexString(Encoding.UTF8.GetBytes(IssuancePrefix))}'
          AND key < X'{Convert.ToHexString(Encoding.UTF8.GetBytes(CompositeKey.Range(RecordKey.IssuanceType).End))}';
        """;

    private static readonly TimeSpan BriefWait = TimeSpan.FromSeconds(2);

    private readonly Database _database;
    private readonly string _ledger;
    private readonly Lock _waiting = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LedgerMoment? _head;
    private byte[] _headHash = [];
    private volatile FrozenDictionary<string, Institution> _institutions = FrozenDictionary<string, Institution>.Empty;

    private LedgerProjection(Database database, GatewayServiceOptions options)
    {
        (_database, _ledger) = (database, $"{options.Channel}/{options.Chaincode}");
        Shared = new SharedRecords(mspId => _institutions.GetValueOrDefault(mspId));
    }

    /// <summary>How far it reaches; null before the first block.</summary>
    public LedgerMoment? Head => _head;

    /// <summary>The block to be read next.</summary>
    public ulong NextBlock => _head is { } head ? head.Block + 1 : 0;

    /// <summary>All institutions by MSP. They are few, and every verification needs one.</summary>
    public IReadOnlyDictionary<string, Institution> Institutions => _institutions;

    /// <summary>What members decided and agreed.</summary>
    public SharedRecords Shared { get; }

    internal Database Database => _database;

    /// <summary>All that says whether an institution was accredited for an achievement.</summary>
    public AccreditationRecords AccreditationRecordsOf(string mspId, Achievement? achievement)
    {
        List<Accreditation> accreditations = [.. Shared.AccreditationsOf(mspId)];
        return new AccreditationRecords
        {
            Achievement = achievement,
            Accreditations = accreditations,
            Consortium = Shared.Consortium,
            Accreditors =
            [
                .. accreditations.Select(one => one.Accreditor).Distinct()
                    .Select(one => Institutions.GetValueOrDefault(one)).OfType<Institution>(),
            ],
        };
    }

    /// <summary>Opens the projection in the data directory, and creates it if it is not there.</summary>
    /// <exception cref="InvalidDataException">It mirrors another ledger.</exception>
    public static LedgerProjection Open(GatewayServiceOptions options)
    {
        string path = Path.Combine(options.DataDirectory, "projection.db");
        var projection = new LedgerProjection(
            Database.Open(path, "NORMAL", Schema + IssuingTally.Schema + FillStatusLists, IssuingTally.Fill),
            options);
        projection.Load();
        return projection;
    }

    /// <summary>Takes in the next block.</summary>
    /// <exception cref="InvalidDataException">It is not the next one, or one of another chain.</exception>
    public async Task ApplyAsync(LedgerBlock block)
    {
        if (block.Number != NextBlock)
            throw new InvalidDataException($"Block {block.Number} came where {NextBlock} was due.");
        if (_head is not null && !block.PreviousHash.AsSpan().SequenceEqual(_headHash))
        {
            throw new InvalidDataException(
                $"Block {block.Number} does not follow the block before it in {_database.Path}: the peer's ledger is "
                + "another one. Remove that file; it grows again by itself.");
        }

        // Fabric's blocks carry no time: the latest of all transactions so far is the one that nobody can set back.
        var head = new LedgerMoment(
            block.Number,
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(block.LatestTime, TimeOf(_head))));
        await _database.WriteAsync(connection => Write(connection, block, head));
        TakeInstitutions(block);
        foreach (var write in block.Transactions.SelectMany(transaction => transaction.Writes))
            Shared.Take(write.Key, write.Value, head.Time);
        _headHash = block.Hash;
        _head = head;
        TaskCompletionSource moved;
        lock (_waiting)
        {
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
    }

    /// <summary>Waits until a block is taken in.</summary>
    public async Task WaitForAsync(ulong block, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task moved;
            lock (_waiting)
                moved = _moved.Task;
            if (_head is { } head && head.Block >= block)
                return;
            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Waits until a block is taken in, but not for long: so that a caller finds its own change in its next request.
    /// </summary>
    public async Task WaitBrieflyAsync(ulong block, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(BriefWait);
        try
        {
            await WaitForAsync(block, deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The change is committed, which is what matters; the projection will follow.
            return;
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static long TimeOf(LedgerMoment? moment) => moment?.Time.ToUnixTimeMilliseconds() ?? 0;

    private void Load()
    {
        using var reader = _database.Read();
        using (var row = reader.Prepare("SELECT ledger, block, time, hash FROM checkpoint", 0).ExecuteReader())
        {
            if (!row.Read())
                return;
            if (row.GetString(0) != _ledger)
            {
                throw new InvalidDataException(
                    $"{_database.Path} mirrors {row.GetString(0)}, not {_ledger}: name another DataDirectory, or "
                    + "remove "
                    + "that file; it grows again by itself.");
            }

            _headHash = row.GetFieldValue<byte[]>(3);
            _head = new LedgerMoment((ulong)row.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
        }

        var (start, end) = CompositeKey.Range(RecordKey.InstitutionType);
        var institutions = reader.Prepare("SELECT value FROM record WHERE key >= $0 AND key < $1", 2);
        using var rows = institutions.With(Encoding.UTF8.GetBytes(start), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        var found = new Dictionary<string, Institution>();
        while (rows.Read())
        {
            var institution = Parse<Institution>(rows.GetFieldValue<byte[]>(0));
            found[institution.MspId] = institution;
        }

        _institutions = found.ToFrozenDictionary();
        LoadShared();
    }

    private void LoadShared()
    {
        // First when each statement was written: a record tells only when the last of its statements was.
        using (var moments = _database.Read())
        using (var rows = moments.Prepare("SELECT signature, time FROM statement", 0).ExecuteReader())
        {
            while (rows.Read())
                Shared.Note(rows.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(1)));
        }

        foreach (string type in SharedRecords.Types)
        {
            // A record without attributes lies at the beginning of its range, and belongs to it.
            string end = CompositeKey.Range(type).End;
            using var reader = _database.Read();
            using var rows = reader
                .Prepare("SELECT key, value, time FROM record WHERE key >= $0 AND key < $1 ORDER BY key", 2)
                .With(Encoding.UTF8.GetBytes(CompositeKey.Create(type)), Encoding.UTF8.GetBytes(end)).ExecuteReader();
            while (rows.Read())
            {
                Shared.Take(
                    Encoding.UTF8.GetString(rows.GetFieldValue<byte[]>(0)), rows.GetFieldValue<byte[]>(1),
                    DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)));
            }
        }
    }

    private void Write(SqliteConnection connection, LedgerBlock block, LedgerMoment head)
    {
        using var put = connection.Prepare("INSERT OR REPLACE INTO record VALUES ($0, $1, $2, $3, $4)", 5);
        using var delete = connection.Prepare("DELETE FROM record WHERE key = $0", 1);
        using var name = connection.Prepare("INSERT OR IGNORE INTO status_list VALUES ($0, $1)", 2);
        using var announce = connection.Prepare("INSERT OR REPLACE INTO event VALUES ($0, $1, $2, $3, $4, $5)", 6);
        using var statement = connection.Prepare("INSERT OR IGNORE INTO statement VALUES ($0, $1)", 2);
        using var tally = new IssuingTally(connection);
        long number = (long)block.Number;
        foreach (var transaction in block.Transactions)
        {
            foreach (var write in transaction.Writes)
            {
                // Whose the places of status lists are, issuances say; these keys are for the contract alone.
                if (write.Key.StartsWith(StatusRangePrefix, StringComparison.Ordinal))
                    continue;
                byte[] key = Encoding.UTF8.GetBytes(write.Key);
                if (write.Value is null)
                    delete.With(key).ExecuteNonQuery();
                else
                    put.With(key, write.Value, number, transaction.Position, TimeOf(head)).ExecuteNonQuery();
                if (write.Value is null)
                    continue;
                foreach (string signature in SharedRecords.SignaturesOf(write.Key, write.Value))
                    statement.With(signature, TimeOf(head)).ExecuteNonQuery();
                if (write.Key.StartsWith(IssuancePrefix, StringComparison.Ordinal))
                {
                    var issuance = Parse<Issuance>(write.Value);
                    name.With(issuance.Statement.MspId, issuance.Statement.StatusList).ExecuteNonQuery();
                    tally.Count(issuance);
                }
                else if (write.Key.StartsWith(StatusPrefix, StringComparison.Ordinal))
                    tally.Count(Parse<Status>(write.Value));
            }

            if (transaction.Event is { } raised)
            {
                announce.With(
                    number, transaction.Position, raised.Name, transaction.Id, transaction.Time, raised.Payload)
                    .ExecuteNonQuery();
            }
        }

        using var checkpoint = connection.Prepare("INSERT OR REPLACE INTO checkpoint VALUES (1, $0, $1, $2, $3)", 4);
        checkpoint.With(_ledger, number, TimeOf(head), block.Hash).ExecuteNonQuery();
    }

    private void TakeInstitutions(LedgerBlock block)
    {
        Dictionary<string, Institution>? changed = null;
        string prefix = CompositeKey.Create(RecordKey.InstitutionType);
        foreach (var write in block.Transactions.SelectMany(transaction => transaction.Writes))
        {
            if (!write.Key.StartsWith(prefix, StringComparison.Ordinal) || write.Value is null)
                continue;
            changed ??= new Dictionary<string, Institution>(_institutions);
            var institution = Parse<Institution>(write.Value);
            changed[institution.MspId] = institution;
        }

        if (changed is null)
            return;
        var before = _institutions;
        _institutions = changed.ToFrozenDictionary();
        foreach (var institution in changed.Values.Where(one => before.GetValueOrDefault(one.MspId) != one))
            Shared.Refresh(institution.MspId);
    }

    private static T Parse<T>(byte[] json) =>
        JsonSerializer.Deserialize<T>(json, LedgerJson.Options)
        ?? throw new InvalidDataException($"A record on the ledger is null where a {typeof(T).Name} belongs.");
}
