using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// A local mirror of the contract's records, made from blocks and from nothing else: each record with the block and the
/// position of its last write. A block and the checkpoint behind it are written in one transaction, so that there is
/// never a gap nor a block taken twice. It can be thrown away: it grows again from block 0. Thread-safe.
/// </summary>
public sealed class LedgerProjection : IAsyncDisposable
{
    private static readonly TimeSpan BriefWait = TimeSpan.FromSeconds(2);

    private readonly SqliteDatabase _database;
    private readonly string _ledger;
    private readonly RecordReader _read;
    private readonly OwnKeys _keys;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _withdrawnKeys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _passedOver = new(StringComparer.Ordinal);
    private long _doubtful;
    private readonly Lock _waiting = new();
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile LedgerMoment? _head;
    private byte[] _headHash = [];
    private volatile FrozenDictionary<string, Institution> _institutions = FrozenDictionary<string, Institution>.Empty;

    private LedgerProjection(SqliteDatabase database, GatewayServiceOptions options, RecordReader read)
    {
        (_database, _ledger, _read) = (database, $"{options.Channel}/{options.Chaincode}", read);
        Shared = new SharedRecords(mspId => _institutions.GetValueOrDefault(mspId));
        _keys = new OwnKeys(() => Shared.Founding);
        Log = new ProjectedLog(database);
    }

    /// <summary>How far it reaches; null before the first block.</summary>
    public LedgerMoment? Head => _head;

    /// <summary>The block to be read next.</summary>
    public ulong NextBlock => _head is { } head ? head.Block + 1 : 0;

    /// <summary>All institutions by MSP. They are few, and every verification needs one.</summary>
    public IReadOnlyDictionary<string, Institution> Institutions => _institutions;

    /// <summary>What members decided and agreed.</summary>
    public SharedRecords Shared { get; }

    /// <summary>The log of all that counts.</summary>
    public ProjectedLog Log { get; }

    /// <summary>What of the ledger cannot be read here.</summary>
    public UnreadableRecords Unreadable { get; } = new();

    /// <summary>
    /// How many transactions with an impossible time, with an event that tells another record than was written, or with
    /// a record in another member's name or private collections came since the start: somebody's contract server is not
    /// ours.
    /// </summary>
    public long DoubtfulTransactions => Volatile.Read(ref _doubtful);

    internal Database Database => _database;

    /// <summary>Finds an institution.</summary>
    /// <exception cref="RecordUnreadableException">Its record cannot be read.</exception>
    public Institution? FindInstitution(string mspId)
    {
        if (_institutions.TryGetValue(mspId, out var found)) return found;
        if (Unreadable.Count > 0) Unreadable.Require(RecordKey.Institution(mspId));
        return null;
    }

    /// <summary>
    /// All that says whether an institution was accredited for an achievement; nothing if a part of it cannot be read.
    /// </summary>
    public AccreditationRecords? AccreditationRecordsOf(string mspId, Achievement? achievement)
    {
        if (Unreadable.Has(RecordKey.Consortium()) || Unreadable.CountUnder(RecordKey.AccreditationType, mspId) > 0)
            return null;
        List<Accreditation> accreditations = [.. Shared.AccreditationsOf(mspId)];
        string[] accreditors = [.. accreditations.Select(one => one.Accreditor).Distinct()];
        return Array.Exists(accreditors, one => Unreadable.Has(RecordKey.Institution(one)))
            ? null
            : new AccreditationRecords
            {
                Achievement = achievement,
                Accreditations = accreditations,
                Consortium = Shared.Consortium,
                Accreditors =
                    [.. accreditors.Select(one => Institutions.GetValueOrDefault(one)).OfType<Institution>()],
            };
    }

    /// <summary>
    /// Tells whether what stands under a key at the peer was written by another than its owner: then it is nothing.
    /// </summary>
    internal bool IsPassedOver(RecordKey key) =>
        !_passedOver.IsEmpty && _passedOver.ContainsKey(CompositeKey.Create(key.ObjectType, key.Attributes));

    /// <summary>When an API key's withdrawal was written; none if it was not. Every request with a key asks.</summary>
    internal DateTimeOffset? FindWithdrawal(RecordKey key) =>
        _withdrawnKeys.TryGetValue(CompositeKey.Create(key.ObjectType, key.Attributes), out var moment)
            ? moment : null;

    /// <summary>Sees an institution as the peer answered it with the keys that count.</summary>
    internal Institution Judge(Institution told) => _keys.Judge(told);

    /// <inheritdoc cref="SharedRecords.Judge"/>
    internal AccreditationRecords? Judge(AccreditationRecords? told, out string? notKnown)
    {
        var judged = Shared.Judge(told, Head?.Time ?? DateTimeOffset.MinValue, out notKnown);
        return judged is null
            ? null : judged with { Accreditors = [.. judged.Accreditors.Select(_keys.Judge)] };
    }

    /// <summary>Opens the projection in the data directory, and creates it if it is not there.</summary>
    /// <exception cref="InvalidDataException">It mirrors another ledger, or its file is damaged.</exception>
    public static LedgerProjection Open(GatewayServiceOptions options) => Open(options, RecordForms.Read);

    internal static LedgerProjection Open(GatewayServiceOptions options, RecordReader read)
    {
        string path = Path.Combine(options.DataDirectory, "projection.db");
        try
        {
            var projection = new LedgerProjection(
                SqliteDatabase.Open(path, "NORMAL", connection =>
                {
                    connection.Run(BlockWriter.Schema + IssuingTally.Schema + StatusListing.Schema + LogTables.Schema);
                    connection.Run("BEGIN");
                    BlockWriter.BringUpToDate(connection, read);
                    connection.Run("COMMIT");
                }),
                options, read);
            projection.Load();
            return projection;
        }
        catch (Exception exception) when (StoreDamagedException.IsDamage(exception))
        {
            throw new InvalidDataException($"{path}: {(exception.InnerException ?? exception).Message}", exception);
        }
    }

    /// <summary>Takes in the next block.</summary>
    /// <returns>Which of its transactions are doubtful, as <see cref="LedgerBlock.Doubtful"/> says.</returns>
    /// <exception cref="InvalidDataException">It is not the next one, or one of another chain.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(LedgerBlock block)
    {
        if (block.Number != NextBlock)
            throw new InvalidDataException($"Block {block.Number} came where {NextBlock} was due.");
        if (_head is not null && !block.PreviousHash.AsSpan().SequenceEqual(_headHash))
        {
            throw new InvalidDataException(
                $"Block {block.Number} does not follow the block before it in {_database.Path}: the peer's ledger is "
                + "another one. Remove that file; it grows again by itself.");
        }

        // Fabric's blocks carry no time: the latest of all that count so far is the one that nobody can set back.
        var head = new LedgerMoment(
            block.Number,
            DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(block.LatestTime, BlockWriter.TimeOf(_head))));

        // Read before anything is kept, so that nothing behind the commit can fail.
        var vetted = WriterRule.Vet(block, _read, _keys);
        var keys = vetted.Writes.Select(one => one.Reading.Record).OfType<Institution>()
            .Select(one => one.MspId).Distinct().ToDictionary(mspId => mspId, mspId => _keys.Find(mspId)!);
        string[] cleared = _passedOver.IsEmpty
            ? [] : [.. vetted.Writes.Select(one => one.Write.Key).Where(_passedOver.ContainsKey)];
        var grown = Log.Prepare(vetted, head, Shared, mspId => _institutions.GetValueOrDefault(mspId));
        bool isNew = await _database.WriteAsync(
            connection => BlockWriter.Write(
                connection, _ledger, vetted, head, new ChangedBeside(keys, cleared, grown)));
        if (isNew) Log.Take(grown);
        else Log.Load();
        Volatile.Write(ref _doubtful, _doubtful + vetted.Block.Doubtful.Count);
        foreach (string key in cleared) _passedOver.TryRemove(key, out _);
        foreach (string key in vetted.PassedOver) _passedOver[key] = default;
        Take(vetted.Writes.Select(one => new TakenRecord(one.Write.Key, one.Reading, head.Time)));
        _headHash = block.Hash;
        _head = head;
        TaskCompletionSource moved;
        lock (_waiting)
        {
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.SetResult();
        return vetted.Block.Doubtful;
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
                    + "remove that file; it grows again by itself.");
            }

            _headHash = row.GetFieldValue<byte[]>(3);
            _head = new LedgerMoment((ulong)row.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)));
        }

        using (var marked = reader.Prepare("SELECT key, fault FROM unreadable", 0).ExecuteReader())
        {
            while (marked.Read())
                Unreadable.Mark(Encoding.UTF8.GetString(marked.GetFieldValue<byte[]>(0)), marked.GetString(1));
        }

        // First when each statement was written: a record tells only when the last of its statements was.
        using (var moments = reader.Prepare("SELECT signature, time FROM statement", 0).ExecuteReader())
        {
            while (moments.Read())
                Shared.Note(moments.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(moments.GetInt64(1)));
        }

        using (var keys = reader.Prepare("SELECT key FROM passed_over", 0).ExecuteReader())
        {
            while (keys.Read()) _passedOver[Encoding.UTF8.GetString(keys.GetFieldValue<byte[]>(0))] = default;
        }

        using (var known = reader.Prepare("SELECT msp_id, known FROM own_keys", 0).ExecuteReader())
        {
            while (known.Read())
            {
                _keys.Restore(known.GetString(0), JsonSerializer.Deserialize<KnownKeys>(
                    known.GetFieldValue<byte[]>(1), LedgerJson.Options)!);
            }
        }

        Log.Load();

        // First the ledger's name, for which keys are made.
        Take(ReadStored(RecordKey.FoundingType));
        Take(ReadStored(RecordKey.InstitutionType));
        Take(ReadStored(RecordKey.WithdrawnApiKeyType));
        foreach (string type in SharedRecords.Types)
            Take(ReadStored(type));
    }

    private List<TakenRecord> ReadStored(string type)
    {
        // A record without attributes lies at the beginning of its range, and belongs to it.
        string end = CompositeKey.Range(type).End;
        using var reader = _database.Read();
        using var rows = reader
            .Prepare("SELECT key, value, time FROM record WHERE key >= $0 AND key < $1 ORDER BY key", 2)
            .With(Encoding.UTF8.GetBytes(CompositeKey.Create(type)), Encoding.UTF8.GetBytes(end)).ExecuteReader();
        var found = new List<TakenRecord>();
        while (rows.Read())
        {
            string key = Encoding.UTF8.GetString(rows.GetFieldValue<byte[]>(0));
            var reading = _read(key, rows.GetFieldValue<byte[]>(1));

            // Who wrote one that could not be read before is not known any more.
            if (reading.Record is Institution institution)
                reading = reading with { Record = _keys.Take(institution, isOwn: true, out _, isTold: true) };
            found.Add(new TakenRecord(key, reading, DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2))));
        }

        return found;
    }

    /// <summary>Takes records into memory, and out of it what a record that cannot be read has replaced.</summary>
    private void Take(IEnumerable<TakenRecord> records)
    {
        TakenRecord[] all = [.. records];
        TakeInstitutions(all);
        foreach (var (key, reading, moment) in all)
        {
            if (RecordForms.KindOf(key) == RecordKey.WithdrawnApiKeyType) _withdrawnKeys.TryAdd(key, moment);
            if ((reading.Fault ?? TakeShared(reading.Record, moment)) is { } fault)
                Unreadable.Mark(key, fault);
            else
                Unreadable.Clear(key);
        }
    }

    private void TakeInstitutions(TakenRecord[] records)
    {
        var before = _institutions;
        Dictionary<string, Institution>? changed = null;
        foreach (var (key, reading, _) in records)
        {
            if (reading.Record is Institution institution)
                (changed ??= new(before))[institution.MspId] = institution;
            else if (reading.Fault is not null && RecordForms.KindOf(key) == RecordKey.InstitutionType)
                (changed ??= new(before)).Remove(CompositeKey.Split(key).Attributes[0]);
        }

        if (changed is null)
            return;
        _institutions = changed.ToFrozenDictionary();
        foreach (string mspId in before.Keys.Union(changed.Keys))
        {
            if (before.GetValueOrDefault(mspId) != changed.GetValueOrDefault(mspId))
                Shared.Refresh(mspId);
        }
    }

    private string? TakeShared(object? record, DateTimeOffset moment)
    {
        if (record is null)
            return null;
        try
        {
            Shared.Take(record, moment);
            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return $"It does not fit to what is there. {exception.Message}";
        }
    }

    /// <summary>A record to be taken into memory.</summary>
    /// <param name="Key">Its key.</param>
    /// <param name="Reading">What was read under it.</param>
    /// <param name="Moment">The moment of the block that wrote it.</param>
    private sealed record TakenRecord(string Key, RecordReading Reading, DateTimeOffset Moment);
}
