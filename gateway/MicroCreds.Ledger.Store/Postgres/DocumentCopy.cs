using Npgsql;
using NpgsqlTypes;

namespace MicroCreds.Ledger.Store.Postgres;

/// <summary>Sends documents in one stream: a thousand of them do not need a thousand answers.</summary>
internal static class DocumentCopy
{
    public static void Write(NpgsqlConnection connection, long issuance, IReadOnlyList<StoredDocument> documents)
    {
        using var import = connection.BeginBinaryImport(
            "COPY credential (id, issuance, leaf, row, document) FROM STDIN (FORMAT BINARY)");
        foreach (var document in documents)
        {
            import.StartRow();
            import.Write(document.Id.ToByteArray(bigEndian: true), NpgsqlDbType.Bytea);
            import.Write(issuance, NpgsqlDbType.Bigint);
            import.Write(document.Leaf, NpgsqlDbType.Integer);
            import.Write(document.Row, NpgsqlDbType.Integer);
            import.Write(document.Packed.Bytes, NpgsqlDbType.Bytea);
        }

        import.Complete();
    }
}
