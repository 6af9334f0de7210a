using System.Buffers.Binary;
using System.Data.Common;
using System.Runtime.CompilerServices;

namespace MicroCreds.Ledger.Store.Sqlite;

/// <summary>
/// Each issuance keeps the awards of its rows in one piece, so that a cohort is written in one place and not all over
/// an index; where to look is in memory, about 60 bytes for a credential, read when it is first asked for. One process
/// alone has the file, so that its memory misses nothing.
/// </summary>
internal sealed class SqliteAwardIndex : AwardIndex
{
    private const int KindsBits = 3;
    private const int RowBits = 21;

    /// <summary>The most bytes of entries that are kept while a transaction looks for awards.</summary>
    private const int MaxReadBytes = 64 * 1024 * 1024;
    private const int RowOffset = AwardEntries.RowOffset;
    private const int KindsOffset = AwardEntries.KindsOffset;
    private const int EntryBytes = AwardEntries.EntryBytes;

    // It lives as long as the writer's connection, which ends its statements.
    private static readonly ConditionalWeakTable<DbConnection, SqliteAwardIndex> Made = [];

    private readonly DbCommand _insert;
    private readonly DbCommand _update;
    private readonly DbCommand _delete;
    private readonly DbCommand _select;
    private readonly DbCommand _find;

    // What is here may be of an issuance that was undone or deleted since: what is stored decides.
    private readonly Dictionary<ulong, long> _places = [];
    private readonly Dictionary<ulong, List<long>> _morePlaces = [];
    private readonly Dictionary<long, byte[]?> _read = [];
    private long _readBytes;

    private SqliteAwardIndex(DbConnection connection)
    {
        _insert = connection.Prepare("INSERT INTO awarded VALUES ($0, $1)", 2);
        _update = connection.Prepare("UPDATE awarded SET entries = $1 WHERE issuance = $0", 2);
        _delete = connection.Prepare("DELETE FROM awarded WHERE issuance = $0", 1);
        _select = connection.Prepare("SELECT entries FROM awarded WHERE issuance = $0", 1);
        _find = connection.Prepare(
            """
            SELECT i.root, i.state, c.id, c.leaf FROM issuance i
              LEFT JOIN credential c ON c.issuance = i.number AND c.row = $1
              WHERE i.number = $0 AND i.state <> 'refused'
            """, 2);
        using var all = connection.Prepare("SELECT issuance, entries FROM awarded", 0);
        using var rows = all.ExecuteReader();
        while (rows.Read()) Remember(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1));
    }

    /// <summary>The index behind a writer's connection.</summary>
    public static SqliteAwardIndex Of(DbConnection connection)
    {
        var index = Made.GetValue(connection, static connection => new SqliteAwardIndex(connection));
        index.Drop();
        return index;
    }

    internal override void Add(IReadOnlyList<AwardKeys> rows, long issuance)
    {
        if (rows.Count == 0) return;

        byte[] entries = AwardEntries.Of(rows);
        _insert.With(issuance, entries).ExecuteNonQuery();
        Remember(issuance, entries);
    }

    internal override void Forget(long issuance, int row)
    {
        if (ReadEntries(issuance) is not { } entries) return;

        var (first, last) = PlacesOf(entries, row);
        byte[] left = [.. entries[..first], .. entries[last..]];
        if (left.Length > 0)
            _update.With(issuance, left).ExecuteNonQuery();
        else
            _delete.With(issuance).ExecuteNonQuery();
        Drop();
    }

    internal override void Forget(long issuance)
    {
        _delete.With(issuance).ExecuteNonQuery();
        Drop();
    }

    private protected override IReadOnlyList<FoundAward> List(ulong key, int otherThan = 0)
    {
        if (!_places.TryGetValue(key, out long first)) return [];

        var found = new List<FoundAward>();
        foreach (long place in _morePlaces.GetValueOrDefault(key, []).Prepend(first))
        {
            // A thousand namesakes of a cohort are told apart by this alone, without a look at what is stored.
            if ((place & otherThan) != 0) continue;
            var (issuance, row) = (
                place >> (RowBits + KindsBits), (int)(place >> KindsBits) & ((1 << RowBits) - 1));
            if (KindsOf(issuance, row, key) is not { } kinds) continue;

            using var rows = _find.With(issuance, row).ExecuteReader();
            if (!rows.Read()) continue;

            found.Add(new FoundAward(
                issuance, row, kinds, rows.IsDBNull(0) ? null : rows.GetString(0), rows.GetString(1),
                rows.IsDBNull(2) ? null : new Guid(rows.GetFieldValue<byte[]>(2), bigEndian: true),
                rows.IsDBNull(3) ? null : rows.GetInt32(3)));
        }

        return found;
    }

    /// <summary>Looks up what is stored for a row under a key; none if that is not there.</summary>
    private int? KindsOf(long issuance, int row, ulong key)
    {
        if (ReadEntries(issuance) is not { } entries) return null;

        var (first, last) = PlacesOf(entries, row);
        for (int at = first; at < last; at += EntryBytes)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at)) == key) return entries[at + KindsOffset];
        }

        return null;
    }

    // Whoever sends a cohort again asks after a few issuances a thousand times.
    private byte[]? ReadEntries(long issuance)
    {
        if (_read.TryGetValue(issuance, out byte[]? known)) return known;
        byte[]? entries = _select.With(issuance).ExecuteScalar() as byte[];
        if (_readBytes + (entries?.Length ?? 0) > MaxReadBytes) Drop();
        _readBytes += entries?.Length ?? 0;
        return _read[issuance] = entries;
    }

    private void Drop()
    {
        _read.Clear();
        _readBytes = 0;
    }

    /// <summary>Where a row's entries begin and end, by bisection: they lie in the order of the rows.</summary>
    private static (int First, int Last) PlacesOf(byte[] entries, int row)
    {
        int low = 0, high = entries.Length / EntryBytes;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (RowAt(middle) < row) low = middle + 1;
            else high = middle;
        }

        int last = low;
        while (last < entries.Length / EntryBytes && RowAt(last) == row) last++;
        return (low * EntryBytes, last * EntryBytes);

        int RowAt(int entry) =>
            BinaryPrimitives.ReadInt32LittleEndian(entries.AsSpan((entry * EntryBytes) + RowOffset));
    }

    private void Remember(long issuance, byte[] entries)
    {
        for (int at = 0; at < entries.Length; at += EntryBytes)
        {
            ulong key = BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at));
            long row = BinaryPrimitives.ReadInt32LittleEndian(entries.AsSpan(at + RowOffset));
            long place = (((issuance << RowBits) | row) << KindsBits) | entries[at + KindsOffset];
            if (_places.TryAdd(key, place)) continue;

            if (!_morePlaces.TryGetValue(key, out var more)) _morePlaces[key] = more = [];
            more.Add(place);
        }
    }
}
