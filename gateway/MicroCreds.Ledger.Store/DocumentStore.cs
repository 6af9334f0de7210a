using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>Reads the documents that this gateway issued. Thread-safe.</summary>
public sealed class DocumentStore(GatewayStore store)
{
    private const string Columns = "c.id, c.leaf, c.row, c.document, i.root, i.state";

    /// <summary>Finds a document by the UUID in its identifier.</summary>
    public IssuedDocument? Find(Guid id) => FindOne(
        $"SELECT {Columns} FROM credential c JOIN issuance i ON i.number = c.issuance WHERE c.id = $0",
        id.ToByteArray(bigEndian: true));

    /// <summary>Finds a document by its place on the ledger.</summary>
    public IssuedDocument? Find(string root, int leaf) => FindOne(
        $"""
        SELECT {Columns} FROM issuance i JOIN credential c ON c.issuance = i.number
          WHERE i.root = $0 AND c.leaf = $1
        """,
        root, leaf);

    /// <summary>Reads documents of an issuance in the order of the request's rows.</summary>
    /// <param name="issuance">The issuance's number.</param>
    /// <param name="afterRow">The last row that was read, or 0.</param>
    /// <param name="count">The most documents to read.</param>
    public IReadOnlyList<StoredDocument> List(long issuance, int afterRow, int count)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(
            "SELECT id, leaf, row, document FROM credential WHERE issuance = $0 AND row > $1 ORDER BY row LIMIT $2", 3);
        using var rows = select.With(issuance, afterRow, count).ExecuteReader();
        var documents = new List<StoredDocument>();
        while (rows.Read())
            documents.Add(Map(rows));
        return documents;
    }

    /// <summary>
    /// Erases a document with its salt, and with it what could still link a person to the ledger. What a request had in
    /// common with its repetitions goes too, where the document was all there was of it.
    /// </summary>
    public Task EraseAsync(Guid id) => store.Database.WriteAsync(connection =>
    {
        byte[] key = id.ToByteArray(bigEndian: true);
        if (PlaceOf(connection, key) is not { } place) return;

        using var forget = connection.Prepare(
            "UPDATE issuance SET fingerprint = NULL, body_hash = $2 WHERE kind = $1 AND number = $0", 3);
        forget.With(place.Issuance, IssuanceKind.Credential, Array.Empty<byte>()).ExecuteNonQuery();
        AwardIndex.Of(connection, []).Forget(place.Issuance, place.Row);
        using var delete = connection.Prepare("DELETE FROM credential WHERE id = $0", 1);
        delete.With(key).ExecuteNonQuery();
    });

    /// <summary>Counts the documents of an issuance that are stored by now.</summary>
    public int Count(long issuance)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare("SELECT count(*) FROM credential WHERE issuance = $0", 1);
        return (int)(long)select.With(issuance).ExecuteScalar()!;
    }

    private static (long Issuance, int Row)? PlaceOf(DbConnection connection, byte[] key)
    {
        using var select = connection.Prepare("SELECT issuance, row FROM credential WHERE id = $0", 1);
        using var rows = select.With(key).ExecuteReader();
        return rows.Read() ? (rows.GetInt64(0), rows.GetInt32(1)) : null;
    }

    private IssuedDocument? FindOne(string sql, params object[] values)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(sql, values.Length);
        using var rows = select.With(values).ExecuteReader();
        return rows.Read()
            ? new IssuedDocument(Map(rows), rows.IsDBNull(4) ? null : rows.GetString(4), rows.GetString(5))
            : null;
    }

    private static StoredDocument Map(DbDataReader rows) => new(
        new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true), rows.GetInt32(1), rows.GetInt32(2),
        new PackedDocument(rows.GetFieldValue<byte[]>(3)));
}

/// <summary>A document with its issuance.</summary>
/// <param name="Document">The document.</param>
/// <param name="Root">The issuance's root.</param>
/// <param name="State">One of <see cref="IssuanceState"/>: only an issued one may be handed out.</param>
public sealed record IssuedDocument(StoredDocument Document, string? Root, string State);
