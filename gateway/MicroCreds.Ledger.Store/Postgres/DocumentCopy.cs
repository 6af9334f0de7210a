using Npgsql;
using NpgsqlTypes;

namespace MicroCreds.Ledger.Store.Postgres;

/// <summary>Sends documents in one stream: a thousand of them do not need a thousand answers.</summary>
internal static class DocumentCopy
{
    public static void Write(NpgsqlConnection connection, long issuance, IReadOnlyList<StoredDocument> documents)
    {
        using var import = connection.BeginBinaryImport(
            "COPY credential (id, issuance, leaf, row, document, template, signature) FROM STDIN (FORMAT BINARY)");
        foreach (var document in documents)
        {
            import.StartRow();
            import.Write(document.Id.ToByteArray(bigEndian: true), NpgsqlDbType.Bytea);
            import.Write(issuance, NpgsqlDbType.Bigint);
            import.Write(document.Leaf, NpgsqlDbType.Integer);
            import.Write(document.Row, NpgsqlDbType.Integer);
            import.Write(document.Kept.Bytes, NpgsqlDbType.Bytea);
            if (document.Kept.Template is { } template) import.Write(template, NpgsqlDbType.Bigint);
            else import.WriteNull();
            if (document.Kept.Signature is { } signature) import.Write(signature, NpgsqlDbType.Bytea);
            else import.WriteNull();
        }

        import.Complete();
    }
}
