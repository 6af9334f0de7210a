using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;

namespace MicroCreds.Ledger.Store;

/// <summary>Reads the documents that this gateway issued. Thread-safe.</summary>
public sealed class DocumentStore(GatewayStore store)
{
    private const string OwnColumns = "c.id, c.issuance, c.leaf, c.row, c.document, c.template, c.signature";
    private const string Columns = OwnColumns + ", i.root, i.state";

    // What is as good as unique, and takes six bytes in a row.
    private const int TemplateNumberBytes = 6;

    private readonly ConcurrentDictionary<long, bool> _templates = [];

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
            $"SELECT {OwnColumns} FROM credential c WHERE issuance = $0 AND row > $1 ORDER BY row LIMIT $2", 3);
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
    public async Task EraseAsync(Guid id)
    {
        await store.Database.WriteAsync(connection => Erase(connection, id));
        store.NoteDeletion();
    }

    private static void Erase(DbConnection connection, Guid id)
    {
        byte[] key = id.ToByteArray(bigEndian: true);
        if (Find(connection, key) is not { } found) return;

        using var forget = connection.Prepare(
            "UPDATE issuance SET fingerprint = NULL, body_hash = $2 WHERE kind = $1 AND number = $0", 3);
        forget.With(found.Issuance, IssuanceKind.Credential, Array.Empty<byte>()).ExecuteNonQuery();
        AwardIndex.Of(connection, []).Forget(found.Issuance, found.Row);
        NameIndex.Forget(
            connection, found.Issuance, found.Row, found.Kept.Bytes, isSeed: found.Kept.Template is not null);
        using var delete = connection.Prepare("DELETE FROM credential WHERE id = $0", 1);
        delete.With(key).ExecuteNonQuery();
        PendingCorrections.Forget(connection, id, found.Issuance);
        ErasureTraces.Forget(
            connection, id, NameIndex.NameIn(found.Kept.Bytes, isSeed: found.Kept.Template is not null));
        WebhookRows.Forget(connection, id);
        LearnerRows.Forget(connection, key);
    }

    /// <summary>Counts the documents of an issuance that are stored by now.</summary>
    public int Count(long issuance)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare("SELECT count(*) FROM credential WHERE issuance = $0", 1);
        return (int)(long)select.With(issuance).ExecuteScalar()!;
    }

    /// <summary>Keeps a template once, and gives its number.</summary>
    /// <param name="shared">What <c>CredentialTemplate.Shared</c> gave.</param>
    public async Task<long> KeepTemplateAsync(ReadOnlyMemory<byte> shared)
    {
        byte[] hash = SHA256.HashData(shared.Span);
        long number = NumberOf(hash);
        if (_templates.ContainsKey(number)) return number;

        byte[] packed = PackedDocument.Of(shared.Span).Bytes;
        await store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                "INSERT INTO template (number, hash, shared) VALUES ($0, $1, $2) ON CONFLICT (number) DO NOTHING", 3);
            insert.With(number, hash, packed).ExecuteNonQuery();
        });
        _templates[number] = true;
        return number;
    }

    /// <summary>The number of a template, out of its SHA-256.</summary>
    internal static long NumberOf(ReadOnlySpan<byte> hash)
    {
        long number = 0;
        foreach (byte part in hash[..TemplateNumberBytes]) number = (number << 8) | part;
        return number;
    }

    /// <summary>Reads a template.</summary>
    /// <exception cref="InvalidDataException">It is not there any more.</exception>
    public byte[] ReadTemplate(long number)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare("SELECT shared FROM template WHERE number = $0", 1);
        return select.With(number).ExecuteScalar() is byte[] packed
            ? new PackedDocument(packed).Unpack()
            : throw new InvalidDataException($"The store lost the template {number}, which documents are made of.");
    }

    /// <summary>Lists the numbers of all templates: one for each form that an achievement was issued in.</summary>
    public IReadOnlyList<long> ListTemplates()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare("SELECT number FROM template", 0).ExecuteReader();
        var numbers = new List<long>();
        while (rows.Read()) numbers.Add(rows.GetInt64(0));
        return numbers;
    }

    /// <summary>Reads a piece of an issuance's tree; empty if there is none.</summary>
    /// <param name="issuance">The issuance's number.</param>
    /// <param name="piece">The piece, <see cref="TreePieces.Roots"/>, or what names a path.</param>
    public byte[] ReadPiece(long issuance, int piece)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare("SELECT hashes FROM tree_piece WHERE issuance = $0 AND piece = $1", 2);
        return select.With(issuance, piece).ExecuteScalar() as byte[] ?? [];
    }

    private static StoredDocument? Find(DbConnection connection, byte[] key)
    {
        using var select = connection.Prepare($"SELECT {OwnColumns} FROM credential c WHERE id = $0", 1);
        using var rows = select.With(key).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    private IssuedDocument? FindOne(string sql, params object[] values)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(sql, values.Length);
        using var rows = select.With(values).ExecuteReader();
        return rows.Read()
            ? new IssuedDocument(Map(rows), rows.IsDBNull(7) ? null : rows.GetString(7), rows.GetString(8))
            : null;
    }

    internal static StoredDocument Map(DbDataReader rows) => new(
        new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3),
        new KeptDocument(
            rows.GetFieldValue<byte[]>(4), rows.IsDBNull(5) ? null : rows.GetInt64(5),
            rows.IsDBNull(6) ? null : rows.GetFieldValue<byte[]>(6)));
}

/// <summary>A document with its issuance.</summary>
/// <param name="Document">The document.</param>
/// <param name="Root">The issuance's root.</param>
/// <param name="State">One of <see cref="IssuanceState"/>: only an issued one may be handed out.</param>
public sealed record IssuedDocument(StoredDocument Document, string? Root, string State);
