using Npgsql;
using NpgsqlTypes;

namespace MicroCreds.Ledger.Store.Postgres;

/// <summary>One row for each key, found by an index: what is asked for is read in one question.</summary>
internal sealed class PostgresAwardIndex : AwardIndex
{
    private readonly NpgsqlConnection _connection;
    private readonly Dictionary<ulong, List<FoundAward>> _found = [];

    public PostgresAwardIndex(NpgsqlConnection connection, IReadOnlyList<AwardKeys> asked)
    {
        _connection = connection;
        if (asked.Count == 0) return;

        using var select = connection.Prepare(
            """
            SELECT a.key, a.issuance, a.row, a.kinds, i.root, i.state, c.id, c.leaf FROM award a
              JOIN issuance i ON i.number = a.issuance AND i.state <> 'refused'
              LEFT JOIN credential c ON c.issuance = a.issuance AND c.row = a.row
              WHERE a.key = ANY ($0) ORDER BY a.issuance, a.ordinal
            """, 1);
        using var rows = select.With(KeysOf(asked)).ExecuteReader();
        while (rows.Read())
        {
            ulong key = (ulong)rows.GetInt64(0);
            if (!_found.TryGetValue(key, out var found)) _found[key] = found = [];
            found.Add(new FoundAward(
                rows.GetInt64(1), rows.GetInt32(2), rows.GetInt16(3), rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.GetString(5),
                rows.IsDBNull(6) ? null : new Guid(rows.GetFieldValue<byte[]>(6), bigEndian: true),
                rows.IsDBNull(7) ? null : rows.GetInt32(7)));
        }
    }

    internal override void Add(IReadOnlyList<AwardKeys> rows, long issuance)
    {
        using var import = _connection.BeginBinaryImport(
            "COPY award (issuance, ordinal, key, row, kinds) FROM STDIN (FORMAT BINARY)");
        int ordinal = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            Write(rows[i].Name, i);
            foreach (ulong identity in rows[i].Identities) Write(identity, i);
        }

        import.Complete();

        void Write(ulong key, int i)
        {
            import.StartRow();
            import.Write(issuance, NpgsqlDbType.Bigint);
            import.Write(ordinal++, NpgsqlDbType.Integer);
            import.Write((long)key, NpgsqlDbType.Bigint);
            import.Write(i + 1, NpgsqlDbType.Integer);
            import.Write((short)rows[i].Kinds, NpgsqlDbType.Smallint);
        }
    }

    internal override void Forget(long issuance, int row)
    {
        using var delete = _connection.Prepare("DELETE FROM award WHERE issuance = $0 AND row = $1", 2);
        delete.With(issuance, row).ExecuteNonQuery();
    }

    internal override void Forget(long issuance)
    {
        using var delete = _connection.Prepare("DELETE FROM award WHERE issuance = $0", 1);
        delete.With(issuance).ExecuteNonQuery();
    }

    private protected override IReadOnlyList<FoundAward> List(ulong key, int otherThan = 0) =>
        [.. _found.GetValueOrDefault(key, []).Where(one => (one.Kinds & otherThan) == 0)];

    private static long[] KeysOf(IReadOnlyList<AwardKeys> asked)
    {
        var keys = new HashSet<long>(asked.Count * 2);
        foreach (var one in asked)
        {
            keys.Add((long)one.Name);
            foreach (ulong identity in one.Identities) keys.Add((long)identity);
        }

        return [.. keys];
    }
}
