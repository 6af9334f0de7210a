using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace MicroCreds.Ledger.Store.Postgres;

/// <summary>
/// One row for what each row of a request awarded, found by the indexes of its keys: what is asked for is read in one
/// question.
/// </summary>
internal sealed class PostgresAwardIndex : AwardIndex
{
    private const string Columns = "entry, name, mail, student, person";

    // As NameIndex.PlaceOf has them.
    private static readonly string Issuance = $"a.entry >> {NameIndex.RowBits}";
    private static readonly string Row = $"(a.entry & {(1 << NameIndex.RowBits) - 1})::integer";

    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<ulong, List<FoundAward>> _found = [];

    public PostgresAwardIndex(NpgsqlConnection connection, IReadOnlyList<AwardKeys> asked)
    {
        _connection = connection;
        if (asked.Count == 0) return;

        using var select = connection.Prepare(
            $"""
            SELECT a.key, {Issuance}, {Row},
                CASE WHEN a.mail IS NULL THEN 0 ELSE 1 END + CASE WHEN a.student IS NULL THEN 0 ELSE 2 END
                  + CASE WHEN a.person IS NULL THEN 0 ELSE 4 END,
                i.root, i.state, c.id, c.leaf
              FROM (
                SELECT name AS key, * FROM award WHERE name = ANY ($0)
                UNION ALL SELECT mail, * FROM award WHERE mail = ANY ($1)
                UNION ALL SELECT student, * FROM award WHERE student = ANY ($2)
                UNION ALL SELECT person, * FROM award WHERE person = ANY ($3)) a
              JOIN issuance i ON i.number = {Issuance} AND i.state <> 'refused'
              LEFT JOIN credential c ON c.issuance = {Issuance} AND c.row = {Row}
              ORDER BY a.entry
            """, 4);
        using var rows = select.With(
            KeysOf(asked.Select(one => (ulong?)one.Name)), KeysOf(asked, 0), KeysOf(asked, 1), KeysOf(asked, 2))
            .ExecuteReader();
        while (rows.Read())
        {
            ulong key = (ulong)rows.GetInt64(0);
            if (!_found.TryGetValue(key, out var found)) _found[key] = found = [];
            found.Add(new FoundAward(
                rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3), rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetString(5),
                rows.IsDBNull(6) ? null : new Guid(rows.GetFieldValue<byte[]>(6), bigEndian: true),
                rows.IsDBNull(7) ? null : rows.GetInt32(7)));
        }
    }

    /// <summary>Reads what all issuances awarded, in their order.</summary>
    public static IEnumerable<(long Issuance, int Row, AwardKeys Keys)> ReadAll(DbConnection connection)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM award ORDER BY entry", 0);
        using var rows = select.ExecuteReader();
        while (rows.Read())
        {
            var (issuance, row) = NameIndex.PlaceOf(rows.GetInt64(0));
            var identities = new List<ulong>();
            int kinds = 0;
            for (int kind = 0; kind < AwardKeys.IdentityKinds; kind++)
            {
                if (rows.IsDBNull(2 + kind)) continue;
                identities.Add((ulong)rows.GetInt64(2 + kind));
                kinds |= 1 << kind;
            }

            yield return (issuance, row, new AwardKeys((ulong)rows.GetInt64(1), identities, kinds));
        }
    }

    /// <summary>Writes what rows of an issuance awarded.</summary>
    public static void Write(
        NpgsqlConnection connection, long issuance, IEnumerable<(int Row, AwardKeys Keys)> awards)
    {
        using var import = connection.BeginBinaryImport($"COPY award ({Columns}) FROM STDIN (FORMAT BINARY)");
        foreach (var (row, keys) in awards)
        {
            import.StartRow();
            import.Write(NameIndex.EntryOf(issuance, row), NpgsqlDbType.Bigint);
            import.Write((long)keys.Name, NpgsqlDbType.Bigint);
            for (int kind = 0; kind < AwardKeys.IdentityKinds; kind++)
            {
                if (keys.IdentityOf(kind) is { } identity) import.Write((long)identity, NpgsqlDbType.Bigint);
                else import.WriteNull();
            }
        }

        import.Complete();
    }

    internal override void Add(IReadOnlyList<AwardKeys> rows, long issuance) =>
        Write(_connection, issuance, rows.Select((keys, i) => (i + 1, keys)));

    internal override void Forget(long issuance, int row)
    {
        using var delete = _connection.Prepare("DELETE FROM award WHERE entry = $0", 1);
        delete.With(NameIndex.EntryOf(issuance, row)).ExecuteNonQuery();
    }

    internal override void Forget(long issuance)
    {
        using var delete = _connection.Prepare("DELETE FROM award WHERE entry >= $0 AND entry < $1", 2);
        delete.With(NameIndex.EntryOf(issuance, 0), NameIndex.EntryOf(issuance + 1, 0)).ExecuteNonQuery();
    }

    private protected override IReadOnlyList<FoundAward> List(ulong key, int otherThan = 0) =>
        [.. _found.GetValueOrDefault(key, []).Where(one => (one.Kinds & otherThan) == 0)];

    private static long[] KeysOf(IReadOnlyList<AwardKeys> asked, int kind) =>
        KeysOf(asked.Select(one => one.IdentityOf(kind)));

    private static long[] KeysOf(IEnumerable<ulong?> keys) =>
        [.. keys.OfType<ulong>().Select(key => (long)key).Distinct()];
}
