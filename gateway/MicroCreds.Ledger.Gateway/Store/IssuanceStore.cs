using System.Text.Json;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// Issuances and their documents. An issuance is stored with all its documents before it is submitted, so that whatever
/// breaks, it can be submitted again and finds itself on the ledger. Thread-safe.
/// </summary>
public sealed class IssuanceStore(GatewayStore store)
{
    private const string Columns =
        "number, id, kind, body_hash, state, size, created_at, root, statement, transaction_id, issued_at, refusal";

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
    internal Task<(StoredIssuance Issuance, bool IsNew)> AddAsync(
        StoredIssuance issuance, byte[]? fingerprint, ReadOnlyMemory<byte> request,
        IReadOnlyList<StoredDocument> documents, IReadOnlyList<AwardKeys> awards, Action<AwardIndex>? admit) =>
        _database.WriteAsync(connection =>
        {
            if (fingerprint is not null && Find(connection, "fingerprint = $0", fingerprint) is { } existing)
                return (existing, false);
            var index = AwardIndex.Of(connection);
            admit?.Invoke(index);
            long number = Insert(connection, issuance, fingerprint, request.IsEmpty ? null : request.ToArray());
            Insert(connection, number, documents);
            index.Add(awards, number);
            return (issuance with { Number = number }, true);
        });

    /// <summary>Stores a batch, or finds the one that has the same fingerprint.</summary>
    /// <param name="batch">The new batch; number and size are given here.</param>
    /// <param name="fingerprint">What a repeated request has in common with the first.</param>
    /// <param name="canonical">The canonical rows, one a line.</param>
    /// <param name="rows">What the rows award.</param>
    /// <param name="stands">Whether what was awarded before still counts.</param>
    /// <returns>The batch; if all its rows are left out, a finished one of no rows.</returns>
    internal Task<(StoredIssuance Batch, bool IsNew)> AddBatchAsync(
        StoredIssuance batch, byte[]? fingerprint, ReadOnlyMemory<byte> canonical, IReadOnlyList<AwardedRow> rows,
        Func<FoundAward, bool> stands) =>
        _database.WriteAsync(connection =>
        {
            if (fingerprint is not null && Find(connection, "fingerprint = $0", fingerprint) is { } existing)
                return (existing, false);
            var index = AwardIndex.Of(connection);
            var admission = BatchAdmission.Of(rows, index, stands);
            bool isEmpty = admission.Admitted.Count == 0;
            var stored = batch with
            {
                Size = admission.Admitted.Count,
                State = isEmpty ? IssuanceState.Issued : IssuanceState.Accepted,
            };
            long number = Insert(
                connection, stored, isEmpty ? null : fingerprint,
                isEmpty ? null : admission.LinesOf(canonical));
            index.Add([.. admission.Admitted.Select(row => row.Keys)], number);
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

    /// <summary>Adds the last documents; from now on the issuance may be submitted.</summary>
    public Task SetReadyAsync(
        long number, IReadOnlyList<StoredDocument> last, SignedStatement<IssuanceStatement> statement) =>
        _database.WriteAsync(connection =>
        {
            Insert(connection, number, last);
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'ready', root = $1, statement = $2 WHERE number = $0", 3);
            update.With(number, statement.Statement.Root, ToJson(statement)).ExecuteNonQuery();
        });

    /// <summary>Says that the issuance is on the ledger; its rows are no longer needed.</summary>
    public Task SetIssuedAsync(long number, string transactionId, DateTimeOffset issuedAt) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'issued', request = NULL, transaction_id = $1, issued_at = $2"
                + " WHERE number = $0",
                3);
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
        _database.WriteAsync(connection =>
        {
            DeleteDocuments(connection, number);
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'accepted', root = NULL, statement = NULL, refusal = NULL"
                + " WHERE number = $0", 1);
            update.With(number).ExecuteNonQuery();
        });

    /// <summary>
    /// Forgets an issuance that certainly never reached the ledger: one that nobody was told is kept, or whose owner
    /// says so.
    /// </summary>
    public Task ForgetAsync(long number) =>
        _database.WriteAsync(connection =>
        {
            DeleteDocuments(connection, number);
            using var awards = connection.Prepare("DELETE FROM awarded WHERE issuance = $0", 1);
            awards.With(number).ExecuteNonQuery();
            using var leftOut = connection.Prepare("DELETE FROM left_out WHERE issuance = $0", 1);
            leftOut.With(number).ExecuteNonQuery();
            using var actor = connection.Prepare(
                "DELETE FROM record_actor WHERE record IN"
                + " (SELECT 'issuance:' || id FROM issuance WHERE number = $0)", 1);
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
        var select = reader.Prepare("SELECT EXISTS (SELECT 1 FROM credential WHERE issuance = $0)", 1);
        return (long)select.With(number).ExecuteScalar()! > 0;
    }

    /// <summary>Reads the canonical rows of an issuance that is not finished.</summary>
    public byte[]? ReadRequest(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT request FROM issuance WHERE number = $0", 1);
        return select.With(number).ExecuteScalar() as byte[];
    }

    private static string? ToJson(SignedStatement<IssuanceStatement>? statement) =>
        statement is null ? null : JsonSerializer.Serialize(statement, LedgerJson.Options);

    private static long Insert(
        SqliteConnection connection, StoredIssuance issuance, byte[]? fingerprint, byte[]? request)
    {
        using var insert = connection.Prepare(
            "INSERT INTO issuance (id, kind, fingerprint, body_hash, state, request, size, created_at, root, statement)"
            + " VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING number",
            10);
        long number = (long)insert.With(
            issuance.Id, issuance.Kind, fingerprint, issuance.BodyHash, issuance.State, request, issuance.Size,
            issuance.CreatedAt.ToUnixTimeMilliseconds(), issuance.Root, ToJson(issuance.Statement)).ExecuteScalar()!;
        if (issuance.Actor is { } actor)
        {
            using var note = connection.Prepare("INSERT INTO record_actor (record, actor) VALUES ($0, $1)", 2);
            note.With($"issuance:{issuance.Id}", actor).ExecuteNonQuery();
        }

        return number;
    }

    private static void Insert(SqliteConnection connection, long number, IReadOnlyList<StoredDocument> documents)
    {
        using var insert = connection.Prepare("INSERT INTO credential VALUES ($0, $1, $2, $3, $4)", 5);
        foreach (var document in documents)
        {
            insert.With(
                document.Id.ToByteArray(bigEndian: true), number, document.Leaf, document.Row,
                document.Packed.Bytes).ExecuteNonQuery();
        }
    }

    private static void DeleteDocuments(SqliteConnection connection, long number)
    {
        using var delete = connection.Prepare("DELETE FROM credential WHERE issuance = $0", 1);
        delete.With(number).ExecuteNonQuery();
    }

    private static StoredIssuance? Find(SqliteConnection connection, string condition, object value)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM issuance WHERE {condition} LIMIT 1", 1);
        using var reader = select.With(value).ExecuteReader();
        return reader.Read() ? Map(reader) : null;
    }

    private static StoredIssuance Map(SqliteDataReader reader) => new()
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
