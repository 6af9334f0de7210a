using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store.Postgres;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Issuances and their documents. An issuance is stored with all its documents before it is submitted, so that whatever
/// breaks, it can be submitted again and finds itself on the ledger. Thread-safe.
/// </summary>
public sealed class IssuanceStore(GatewayStore store)
{
    private const string Columns =
        "number, id, kind, body_hash, state, size, created_at, root, statement, transaction_id, issued_at, refusal";

    // Canonical JSON never begins so.
    private const byte PackedMark = 0;

    private readonly Database _database = store.Database;

    /// <summary>
    /// Stores a new issuance, or finds the one that has the same fingerprint. What it awards is noted in the same
    /// transaction, in which <paramref name="admit"/> has looked whether it was awarded before.
    /// </summary>
    /// <param name="issuance">The new issuance; its number is given here.</param>
    /// <param name="fingerprint">What a repeated request has in common with the first; none if it has nothing.</param>
    /// <param name="request">The canonical rows, one a line, if the documents are still to be built.</param>
    /// <param name="documents">The documents, if they are built.</param>
    /// <param name="awards">What is awarded, by the rows of the request.</param>
    /// <param name="admit">Looks at what was awarded before, and throws if this must not be.</param>
    public Task<(StoredIssuance Issuance, bool IsNew)> AddAsync(
        StoredIssuance issuance, byte[]? fingerprint, ReadOnlyMemory<byte> request,
        IReadOnlyList<StoredDocument> documents, IReadOnlyList<AwardKeys> awards, Action<AwardIndex>? admit) =>
        _database.WriteAsync(connection =>
        {
            if (fingerprint is not null && Find(connection, "fingerprint = $0", fingerprint) is { } existing)
                return (existing, false);
            var index = AwardIndex.Of(connection, awards);
            admit?.Invoke(index);
            long number = Insert(connection, issuance, fingerprint, request.IsEmpty ? null : request.ToArray());
            Insert(connection, number, documents);
            index.Add(awards, number);
            return (issuance with { Number = number }, true);
        });

    /// <summary>Stores a batch, or finds the one that has the same fingerprint.</summary>
    /// <param name="batch">The new batch; number and size are given here.</param>
    /// <param name="fingerprint">What a repeated request has in common with the first.</param>
    /// <param name="asked">What the rows award.</param>
    /// <param name="admit">Looks at what was awarded before, and sorts the rows.</param>
    /// <returns>The batch; if all its rows are left out, a finished one of no rows.</returns>
    public Task<(StoredIssuance Batch, bool IsNew)> AddBatchAsync(
        StoredIssuance batch, byte[]? fingerprint, IReadOnlyList<AwardKeys> asked,
        Func<AwardIndex, AdmittedRows> admit) =>
        _database.WriteAsync(connection =>
        {
            if (fingerprint is not null && Find(connection, "fingerprint = $0", fingerprint) is { } existing)
                return (existing, false);
            var index = AwardIndex.Of(connection, asked);
            var admission = admit(index);
            bool isEmpty = admission.Awards.Count == 0;
            var stored = batch with
            {
                Size = admission.Awards.Count,
                State = isEmpty ? IssuanceState.Issued : IssuanceState.Accepted,
            };
            long number = Insert(
                connection, stored, isEmpty ? null : fingerprint,
                isEmpty ? null : admission.Lines);
            index.Add(admission.Awards, number);
            if (admission.LeftOut.Count > 0)
            {
                using var note = connection.Prepare("INSERT INTO left_out VALUES ($0, $1)", 2);
                note.With(number, JsonSerializer.SerializeToUtf8Bytes(admission.LeftOut, LedgerJson.Options))
                    .ExecuteNonQuery();
            }

            return (stored with { Number = number }, true);
        });

    /// <summary>The rows that a batch leaves out, and why.</summary>
    public IReadOnlyList<RowLeftOut> ReadLeftOut(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT rows FROM left_out WHERE issuance = $0", 1);
        return select.With(number).ExecuteScalar() is byte[] rows
            ? JsonSerializer.Deserialize<RowLeftOut[]>(rows, LedgerJson.Options)!
            : [];
    }

    /// <summary>Adds finished documents to an issuance.</summary>
    public Task AddDocumentsAsync(long number, IReadOnlyList<StoredDocument> documents) =>
        _database.WriteAsync(connection => Insert(connection, number, documents));

    /// <summary>Adds the last documents and the tree; from now on the issuance may be submitted.</summary>
    /// <param name="number">The issuance.</param>
    /// <param name="last">The last documents.</param>
    /// <param name="pieces">The pieces of the tree, by their numbers.</param>
    /// <param name="statement">The signed statement.</param>
    public Task SetReadyAsync(
        long number, IReadOnlyList<StoredDocument> last, IReadOnlyList<(int Piece, byte[] Hashes)> pieces,
        SignedStatement<IssuanceStatement> statement) =>
        _database.WriteAsync(connection =>
        {
            Insert(connection, number, last);
            using var insert = connection.Prepare("INSERT INTO tree_piece VALUES ($0, $1, $2)", 3);
            foreach (var (piece, hashes) in pieces) insert.With(number, piece, hashes).ExecuteNonQuery();
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'ready', root = $1, statement = $2 WHERE number = $0", 3);
            update.With(number, statement.Statement.Root, ToJson(statement)).ExecuteNonQuery();
        });

    /// <summary>Says that the issuance is on the ledger; its rows are no longer needed.</summary>
    public Task SetIssuedAsync(long number, string transactionId, DateTimeOffset issuedAt) =>
        DeleteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE issuance SET state = 'issued', request = NULL, transaction_id = $1, issued_at = $2
                  WHERE number = $0
                """, 3);
            update.With(number, transactionId, issuedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });

    /// <summary>
    /// Says that the ledger refused it for good. Its rows and documents stay until their owner deletes them or has it
    /// tried again; the same request may be sent anew.
    /// </summary>
    public Task SetRefusedAsync(long number, string refusal) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'refused', fingerprint = NULL, refusal = $1 WHERE number = $0", 2);
            update.With(number, refusal).ExecuteNonQuery();
        });

    /// <summary>Takes back documents that were built, so that they can be built again.</summary>
    public Task SetAcceptedAsync(long number) =>
        DeleteAsync(connection =>
        {
            DeleteDocuments(connection, number);
            using var update = connection.Prepare(
                """
                UPDATE issuance SET state = 'accepted', root = NULL, statement = NULL, refusal = NULL
                  WHERE number = $0
                """, 1);
            update.With(number).ExecuteNonQuery();
        });

    /// <summary>
    /// Forgets an issuance that certainly never reached the ledger: one that nobody was told is kept, or whose owner
    /// says so.
    /// </summary>
    public Task ForgetAsync(long number) =>
        DeleteAsync(connection =>
        {
            DeleteDocuments(connection, number);
            AwardIndex.Of(connection, []).Forget(number);
            using var leftOut = connection.Prepare("DELETE FROM left_out WHERE issuance = $0", 1);
            leftOut.With(number).ExecuteNonQuery();
            using var actor = connection.Prepare(
                "DELETE FROM record_actor WHERE record IN (SELECT 'issuance:' || id FROM issuance WHERE number = $0)",
                1);
            actor.With(number).ExecuteNonQuery();
            using var delete = connection.Prepare("DELETE FROM issuance WHERE number = $0", 1);
            delete.With(number).ExecuteNonQuery();
        });

    /// <summary>Finds an issuance by its number.</summary>
    public StoredIssuance? Find(long number) => FindOne("number = $0", number);

    /// <summary>Finds an issuance by its name in addresses.</summary>
    public StoredIssuance? Find(string id) => FindOne("id = $0", id);

    /// <summary>Finds an issuance by what a repeated request has in common with the first.</summary>
    public StoredIssuance? FindByFingerprint(byte[] fingerprint) =>
        FindOne("fingerprint = $0", fingerprint);

    /// <summary>Finds an issuance by its root.</summary>
    public StoredIssuance? FindByRoot(string root) => FindOne("root = $0", root);

    /// <summary>Lists the issuances that are not finished, oldest first.</summary>
    public IReadOnlyList<StoredIssuance> FindUnfinished()
    {
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"SELECT {Columns} FROM issuance WHERE state IN ('accepted', 'ready') ORDER BY number", 0);
        using var rows = select.ExecuteReader();
        var found = new List<StoredIssuance>();
        while (rows.Read())
            found.Add(Map(rows));
        return found;
    }

    /// <summary>Whether some of its documents are there.</summary>
    public bool IsBegun(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT 1 FROM credential WHERE issuance = $0 LIMIT 1", 1);
        return select.With(number).ExecuteScalar() is not null;
    }

    /// <summary>Reads the canonical rows of an issuance that is not finished.</summary>
    public byte[]? ReadRequest(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT request FROM issuance WHERE number = $0", 1);
        return select.With(number).ExecuteScalar() is byte[] kept ? UnpackRows(kept) : null;
    }

    /// <summary>
    /// Rows are much alike, and go once they are issued: packed they do not blow up the store. What begins otherwise
    /// was kept as it is, by an earlier version.
    /// </summary>
    internal static byte[] UnpackRows(byte[] kept) =>
        kept is [PackedMark, ..] ? new PackedDocument(kept[1..]).Unpack() : kept;

    private static byte[]? PackRows(byte[]? rows) =>
        rows is null ? null : [PackedMark, .. PackedDocument.Of(rows).Bytes];

    private async Task DeleteAsync(Action<DbConnection> work)
    {
        await _database.WriteAsync(work);
        store.NoteDeletion();
    }

    private static string? ToJson(SignedStatement<IssuanceStatement>? statement) =>
        statement is null ? null : JsonSerializer.Serialize(statement, LedgerJson.Options);

    private static long Insert(
        DbConnection connection, StoredIssuance issuance, byte[]? fingerprint, byte[]? request)
    {
        using var insert = connection.Prepare(
            """
            INSERT INTO issuance (id, kind, fingerprint, body_hash, state, request, size, created_at, root, statement)
              VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING number
            """, 10);
        long number = (long)insert.With(
            issuance.Id, issuance.Kind, fingerprint, issuance.BodyHash, issuance.State, PackRows(request),
            issuance.Size, issuance.CreatedAt.ToUnixTimeMilliseconds(), issuance.Root, ToJson(issuance.Statement))
            .ExecuteScalar()!;
        if (issuance.Actor is { } actor)
        {
            using var note = connection.Prepare("INSERT INTO record_actor (record, actor) VALUES ($0, $1)", 2);
            note.With($"issuance:{issuance.Id}", actor).ExecuteNonQuery();
        }

        return number;
    }

    private static void Insert(DbConnection connection, long number, IReadOnlyList<StoredDocument> documents)
    {
        if (connection is NpgsqlConnection postgres)
        {
            DocumentCopy.Write(postgres, number, documents);
            return;
        }

        using var insert = connection.Prepare(
            """
            INSERT INTO credential (id, issuance, leaf, row, document, template, signature)
              VALUES ($0, $1, $2, $3, $4, $5, $6)
            """, 7);
        foreach (var document in documents)
        {
            insert.With(
                document.Id.ToByteArray(bigEndian: true), number, document.Leaf, document.Row, document.Kept.Bytes,
                document.Kept.Template, document.Kept.Signature).ExecuteNonQuery();
        }
    }

    private static void DeleteDocuments(DbConnection connection, long number)
    {
        using var delete = connection.Prepare("DELETE FROM credential WHERE issuance = $0", 1);
        delete.With(number).ExecuteNonQuery();
        using var tree = connection.Prepare("DELETE FROM tree_piece WHERE issuance = $0", 1);
        tree.With(number).ExecuteNonQuery();
    }

    private static StoredIssuance? Find(DbConnection connection, string condition, object value)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM issuance WHERE {condition} LIMIT 1", 1);
        using var reader = select.With(value).ExecuteReader();
        return reader.Read() ? Map(reader) : null;
    }

    private static StoredIssuance Map(DbDataReader reader) => new()
    {
        Number = reader.GetInt64(0),
        Id = reader.GetString(1),
        Kind = reader.GetString(2),
        BodyHash = reader.GetFieldValue<byte[]>(3),
        State = reader.GetString(4),
        Size = reader.GetInt32(5),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(6)),
        Root = reader.IsDBNull(7) ? null : reader.GetString(7),
        Statement = reader.IsDBNull(8)
            ? null
            : JsonSerializer.Deserialize<SignedStatement<IssuanceStatement>>(reader.GetString(8), LedgerJson.Options),
        TransactionId = reader.IsDBNull(9) ? null : reader.GetString(9),
        IssuedAt = reader.IsDBNull(10) ? null : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(10)),
        Refusal = reader.IsDBNull(11) ? null : reader.GetString(11),
    };

    private StoredIssuance? FindOne(string condition, object value)
    {
        using var reader = _database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM issuance WHERE {condition} LIMIT 1", 1)
            .With(value).ExecuteReader();
        return row.Read() ? Map(row) : null;
    }
}

/// <summary>The rows of a batch that are issued, and those that are not.</summary>
/// <param name="Awards">What the admitted rows award.</param>
/// <param name="Lines">Their canonical lines.</param>
/// <param name="LeftOut">The others, and why.</param>
public sealed record AdmittedRows(
    IReadOnlyList<AwardKeys> Awards, byte[] Lines, IReadOnlyList<RowLeftOut> LeftOut);

/// <summary>A row of a batch that is not issued.</summary>
/// <param name="Row">Its number, from 1.</param>
/// <param name="Reason"><c>alreadyIssued</c>, or <c>duplicate</c> of an earlier row.</param>
/// <param name="Credential">The credential that the person has.</param>
/// <param name="SameAsRow">The earlier row.</param>
public sealed record RowLeftOut(int Row, string Reason, string? Credential = null, int? SameAsRow = null);
