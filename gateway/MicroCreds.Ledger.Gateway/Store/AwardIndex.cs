using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using MicroCreds.Ledger.Gateway.Issuing;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// Which awards were issued or are being issued, by <see cref="AwardKeys"/>. Each issuance keeps those of its rows in
/// one piece, so that a cohort is written in one place and not all over an index; where to look is in memory, about 60
/// bytes for a credential, read when it is first asked for. Used inside the writer's transaction, so that two requests
/// at once cannot both find nothing. Not thread-safe.
/// </summary>
internal sealed class AwardIndex
{
    public const string Schema = """
        CREATE TABLE IF NOT EXISTS awarded (issuance INTEGER PRIMARY KEY, entries BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS left_out (issuance INTEGER PRIMARY KEY, rows BLOB NOT NULL);
        """;

    private const int RowBits = 24;
    private const int RowOffset = sizeof(ulong);
    private const int KindsOffset = RowOffset + sizeof(int);
    private const int EntryBytes = KindsOffset + 1;

    // It lives as long as the writer's connection, which ends its statements.
    private static readonly ConditionalWeakTable<SqliteConnection, AwardIndex> Made = [];

    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _update;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _find;

    // What is here may be of an issuance that was undone or deleted since: what is stored decides.
    private readonly Dictionary<ulong, long> _places = [];
    private readonly Dictionary<ulong, List<long>> _morePlaces = [];
    private (long Issuance, byte[]? Entries) _lastRead;

    private AwardIndex(SqliteConnection connection)
    {
        _insert = connection.Prepare("INSERT INTO awarded VALUES ($0, $1)", 2);
        _update = connection.Prepare("UPDATE awarded SET entries = $1 WHERE issuance = $0", 2);
        _read = connection.Prepare("SELECT entries FROM awarded WHERE issuance = $0", 1);
        _find = connection.Prepare(
            "SELECT i.root, i.state, c.id, c.leaf FROM issuance i"
            + " LEFT JOIN credential c ON c.issuance = i.number AND c.row = $1"
            + " WHERE i.number = $0 AND i.state <> 'refused'", 2);
        using var all = connection.Prepare("SELECT issuance, entries FROM awarded", 0);
        using var rows = all.ExecuteReader();
        while (rows.Read()) Remember(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1));
    }

    /// <summary>The index behind a writer's connection.</summary>
    public static AwardIndex Of(SqliteConnection connection)
    {
        var index = Made.GetValue(connection, static connection => new AwardIndex(connection));
        index._lastRead = default;
        return index;
    }

    /// <summary>Notes the awards of an issuance, by their rows.</summary>
    public void Add(IReadOnlyList<AwardKeys> rows, long issuance)
    {
        if (rows.Count == 0) return;

        byte[] entries = new byte[rows.Sum(keys => 1 + keys.Identities.Count) * EntryBytes];
        int end = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            Write(rows[i].Name, i + 1, rows[i].Kinds);
            foreach (ulong identity in rows[i].Identities) Write(identity, i + 1, rows[i].Kinds);
        }

        _insert.With(issuance, entries).ExecuteNonQuery();
        Remember(issuance, entries);

        void Write(ulong key, int row, int kinds)
        {
            var entry = entries.AsSpan(end, EntryBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
            BinaryPrimitives.WriteInt32LittleEndian(entry[RowOffset..], row);
            entry[KindsOffset] = (byte)kinds;
            end += EntryBytes;
        }
    }

    /// <summary>Forgets what a row awarded, without a trace.</summary>
    public void Forget(long issuance, int row)
    {
        if (ReadEntries(issuance) is not { } entries) return;

        var (first, last) = PlacesOf(entries, row);
        _update.With(issuance, entries[..first].Concat(entries[last..]).ToArray()).ExecuteNonQuery();
        _lastRead = default;
    }

    /// <summary>Finds what stands in an award's way.</summary>
    /// <param name="keys">The award that is asked for.</param>
    /// <param name="stands">Whether one that was issued still counts: a revoked one does not.</param>
    public FoundAward? Find(AwardKeys keys, Func<FoundAward, bool> stands)
    {
        foreach (ulong identity in keys.Identities)
        {
            if (List(identity).FirstOrDefault(stands) is { } same) return same with { IsSamePerson = true };
        }

        return List(keys.Name).FirstOrDefault(one => !keys.TellsApartFrom(one.Kinds) && stands(one));
    }

    private List<FoundAward> List(ulong key)
    {
        var found = new List<FoundAward>();
        if (!_places.TryGetValue(key, out long first)) return found;

        foreach (long place in _morePlaces.GetValueOrDefault(key, []).Prepend(first))
        {
            var (issuance, row) = (place >> RowBits, (int)(place & ((1 << RowBits) - 1)));
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

    // Whoever sends a cohort again asks after one issuance a thousand times.
    private byte[]? ReadEntries(long issuance)
    {
        if (_lastRead.Entries is null || _lastRead.Issuance != issuance)
            _lastRead = (issuance, _read.With(issuance).ExecuteScalar() as byte[]);
        return _lastRead.Entries;
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
            long place = (issuance << RowBits) | (uint)BinaryPrimitives.ReadInt32LittleEndian(
                entries.AsSpan(at + RowOffset));
            if (_places.TryAdd(key, place)) continue;

            if (!_morePlaces.TryGetValue(key, out var more)) _morePlaces[key] = more = [];
            more.Add(place);
        }
    }
}

/// <summary>An award that is there already.</summary>
/// <param name="Issuance">The number of its issuance.</param>
/// <param name="Row">The row of its request.</param>
/// <param name="Kinds">Which kinds of identity it was asked for with.</param>
/// <param name="Root">Its issuance's root; none while it is not built.</param>
/// <param name="State">One of <see cref="IssuanceState"/>.</param>
/// <param name="Id">The UUID of its identifier; none while it is not built.</param>
/// <param name="Leaf">Its index in the tree; none while it is not built.</param>
public sealed record FoundAward(
    long Issuance, int Row, int Kinds, string? Root, string State, Guid? Id, int? Leaf)
{
    /// <summary>Whether mail address, student number or identifier say that it is the same person's.</summary>
    public bool IsSamePerson { get; init; }
}
