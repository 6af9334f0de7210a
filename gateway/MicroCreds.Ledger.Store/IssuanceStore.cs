using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Issuances and their documents. An issuance is stored with all its documents before it is submitted, so that whatever
/// breaks, it can be submitted again and finds itself on the ledger. Thread-safe.
/// </summary>
public sealed class IssuanceStore(GatewayStore store)
{
    // What another instance has done with it meanwhile is not undone.
    private const string AsRead = "number = $0 AND state = $1 AND coalesce(root, '') = $2";

    // An issuance, and those of other requests that are anchored together with it.
    private const string OfTheSameRoot =
        "(number = $0 OR root = (SELECT same.root FROM issuance same WHERE same.number = $0))";

    private readonly Database _database = store.Database;

    /// <summary>
    /// Stores lone credentials that are anchored together, each with an issuance of its own: all of them or, where
    /// something stands in the way of one, none. What they award is noted in the same transaction, in which was looked
    /// whether it was awarded before, and whether the same request was made before.
    /// </summary>
    /// <param name="added">The credentials, no two of which are for the same person or the same request.</param>
    /// <returns>What stands in the way of each, or its issuance, in their order.</returns>
    public async Task<IReadOnlyList<AddedCredential>> AddTogetherAsync(IReadOnlyList<NewCredential> added)
    {
        ArgumentNullException.ThrowIfNull(added);
        var found = new AddedCredential[added.Count];
        try
        {
            await _database.WriteAsync(connection =>
            {
                var index = AwardIndex.Of(connection, [.. added.Select(one => one.Award)]);
                for (int i = 0; i < added.Count; i++) found[i] = IssuanceRows.Look(connection, index, added[i]);
                if (!found.All(one => one.IsNew)) throw new StandsInTheWayException();
                for (int i = 0; i < added.Count; i++) found[i] = IssuanceRows.Insert(connection, index, added[i]);
            });
        }
        catch (StandsInTheWayException)
        {
            // What stands in the way of which is told.
        }

        return found;
    }

    /// <summary>Stores a batch, or finds the one that has the same fingerprint.</summary>
    /// <param name="batch">The new batch; number and size are given here.</param>
    /// <param name="fingerprint">What a repeated request has in common with the first.</param>
    /// <param name="asked">What the rows award.</param>
    /// <param name="admit">Looks at what was awarded before, and sorts the rows.</param>
    /// <param name="told">What webhooks are told if all its rows are left out. Default is nothing.</param>
    /// <param name="source">Where the rows are from. Default is nowhere that is worth noting.</param>
    /// <returns>The batch; if all its rows are left out, a finished one of no rows.</returns>
    public Task<(StoredIssuance Batch, bool IsNew)> AddBatchAsync(
        StoredIssuance batch, byte[]? fingerprint, IReadOnlyList<AwardKeys> asked,
        Func<AwardIndex, AdmittedRows> admit, WebhookMessage? told = null, IssuanceSource? source = null) =>
        _database.WriteAsync(connection =>
        {
            if (IssuanceRows.FindRepeated(connection, fingerprint) is { } existing) return (existing, false);
            var index = AwardIndex.Of(connection, asked);
            var admission = admit(index);
            bool isEmpty = admission.Awards.Count == 0;
            var stored = batch with
            {
                Size = admission.Awards.Count,
                State = isEmpty ? IssuanceState.Issued : IssuanceState.Accepted,
            };
            long number = IssuanceRows.Insert(
                connection, stored, isEmpty ? null : fingerprint,
                isEmpty ? null : admission.Lines);
            index.Add(admission.Awards, number);
            source?.Only(admission.Rows).Insert(connection, stored.Id);
            if (isEmpty) WebhookRows.Announce(connection, told, batch.CreatedAt);
            if (admission.LeftOut.Count > 0)
            {
                using var note = connection.Prepare("INSERT INTO left_out VALUES ($0, $1)", 2);
                note.With(number, JsonSerializer.SerializeToUtf8Bytes(admission.LeftOut, LedgerJson.Options))
                    .ExecuteNonQuery();
            }

            return (stored with { Number = number }, true);
        });

    /// <summary>
    /// Looks at what was awarded before, as <see cref="AddTogetherAsync"/> would at this moment, and writes nothing.
    /// </summary>
    /// <param name="asked">What would be awarded.</param>
    /// <param name="look">Looks.</param>
    public Task<T> LookAsync<T>(IReadOnlyList<AwardKeys> asked, Func<AwardIndex, T> look) =>
        _database.WriteAsync(connection => look(AwardIndex.Of(connection, asked)));

    /// <summary>The rows that a batch leaves out, and why.</summary>
    public IReadOnlyList<RowLeftOut> ReadLeftOut(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT rows FROM left_out WHERE issuance = $0", 1);
        return select.With(number).ExecuteScalar() is byte[] rows
            ? JsonSerializer.Deserialize<RowLeftOut[]>(rows, LedgerJson.Options)!
            : [];
    }

    /// <summary>
    /// Begins to build an issuance's documents: what an earlier attempt has made is taken away, and what one still
    /// makes elsewhere is not taken any more.
    /// </summary>
    /// <returns>What the attempt is known by; null if the issuance is not to be built any more.</returns>
    public async Task<string?> BeginBuildingAsync(long number)
    {
        string attempt = Guid.NewGuid().ToString("N");
        bool isBegun = await ChangeAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE issuance SET attempt = $1 WHERE number = $0 AND state = 'accepted'", 2);
            if (update.With(number, attempt).ExecuteNonQuery() == 0) return false;
            IssuanceRows.DeleteDocuments(connection, number);
            DeliveryRows.Drop(connection, number);
            return true;
        });
        return isBegun ? attempt : null;
    }

    /// <summary>Adds finished documents to an issuance.</summary>
    /// <param name="number">The issuance.</param>
    /// <param name="attempt">What <see cref="BeginBuildingAsync"/> gave.</param>
    /// <param name="documents">The documents.</param>
    /// <exception cref="BuiltElsewhereException">Another attempt has begun since.</exception>
    public Task AddDocumentsAsync(long number, string attempt, IReadOnlyList<StoredDocument> documents) =>
        _database.WriteAsync(connection =>
        {
            RequireAttempt(connection, number, attempt);
            IssuanceRows.Insert(connection, number, documents);
        });

    /// <summary>Adds the last documents and the tree; from now on the issuance may be submitted.</summary>
    /// <param name="number">The issuance.</param>
    /// <param name="attempt">What <see cref="BeginBuildingAsync"/> gave.</param>
    /// <param name="last">The last documents.</param>
    /// <param name="pieces">The pieces of the tree, by their numbers.</param>
    /// <param name="statement">The signed statement.</param>
    /// <exception cref="BuiltElsewhereException">Another attempt has begun since.</exception>
    public Task SetReadyAsync(
        long number, string attempt, IReadOnlyList<StoredDocument> last,
        IReadOnlyList<(int Piece, byte[] Hashes)> pieces, SignedStatement<IssuanceStatement> statement) =>
        _database.WriteAsync(connection =>
        {
            RequireAttempt(connection, number, attempt);
            IssuanceRows.Insert(connection, number, last);
            foreach (var (piece, hashes) in pieces) IssuanceRows.InsertPiece(connection, number, piece, hashes);
            using var update = connection.Prepare(
                "UPDATE issuance SET state = 'ready', attempt = NULL, root = $1, statement = $2 WHERE number = $0", 3);
            update.With(number, statement.Statement.Root, IssuanceRows.ToJson(statement)).ExecuteNonQuery();
        });

    /// <summary>
    /// Says that somebody else than the request that made it is about to submit an issuance: from now on that request
    /// cannot take it back.
    /// </summary>
    /// <returns>Whether it is there; what was taken back before is not.</returns>
    public Task<bool> ClaimAsync(long number) => _database.WriteAsync(connection =>
    {
        using var update = connection.Prepare($"UPDATE issuance SET unclaimed = 0 WHERE {OfTheSameRoot}", 1);
        return update.With(number).ExecuteNonQuery() > 0;
    });

    /// <summary>
    /// Says that the issuance is on the ledger, and those that were anchored together with it, which no other step sets
    /// back; its rows are no longer needed.
    /// </summary>
    /// <param name="number">The issuance.</param>
    /// <param name="transactionId">The transaction that anchored it.</param>
    /// <param name="issuedAt">Its time.</param>
    /// <param name="noted">What is written for each in the same transaction. Default is nothing.</param>
    /// <returns>How many credentials are issued by it of which that was not known yet.</returns>
    public async Task<int> SetIssuedAsync(
        long number, string transactionId, DateTimeOffset issuedAt, Action<DbConnection, StoredIssuance>? noted = null)
    {
        int issued = 0;
        await ChangeAsync(connection =>
        {
            var all = IssuanceRows.List(connection, $"{OfTheSameRoot} AND state <> 'issued'", number);
            using var update = connection.Prepare(
                """
                UPDATE issuance
                  SET state = 'issued', unclaimed = 0, request = NULL, waits = NULL, transaction_id = $1, issued_at = $2
                  WHERE number = $0
                """, 3);
            foreach (var one in all)
            {
                update.With(one.Number, transactionId, issuedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
                DeliveryRows.Release(connection, one.Number, issuedAt);
                noted?.Invoke(connection, one);
            }

            issued = all.Sum(one => one.Size);
            return all.Count > 0;
        });
        return issued;
    }

    /// <summary>
    /// Says that the ledger refused it for good. Its rows and documents stay until their owner deletes them or has it
    /// tried again; the same request may be sent anew.
    /// </summary>
    /// <param name="issuance">The issuance as it was tried; if it went on elsewhere, it is left alone.</param>
    /// <param name="refusal">What the ledger said.</param>
    /// <param name="told">What webhooks are told. Default is nothing.</param>
    /// <param name="now">The moment.</param>
    /// <param name="noted">What is written in the same transaction. Default is nothing.</param>
    public Task<bool> SetRefusedAsync(
        StoredIssuance issuance, string refusal, WebhookMessage? told = null, DateTimeOffset now = default,
        Action<DbConnection>? noted = null) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"""
                UPDATE issuance SET state = 'refused', fingerprint = NULL, waits = NULL, refusal = $3
                  WHERE {AsRead}
                """, 4);
            if (With(update, issuance, refusal).ExecuteNonQuery() == 0) return false;
            WebhookRows.Announce(connection, told, now);
            noted?.Invoke(connection);
            return true;
        });

    /// <summary>Takes back documents that were built, so that they can be built again.</summary>
    /// <param name="issuance">The issuance as it was read; if it went on elsewhere, it is left alone.</param>
    /// <returns>Whether it was as it was read.</returns>
    public Task<bool> SetAcceptedAsync(StoredIssuance issuance) =>
        ChangeAsync(connection =>
        {
            using var update = connection.Prepare(
                $"""
                UPDATE issuance SET state = 'accepted', root = NULL, statement = NULL, refusal = NULL, waits = NULL
                  WHERE {AsRead}
                """, 3);
            if (With(update, issuance).ExecuteNonQuery() == 0) return false;
            IssuanceRows.DeleteDocuments(connection, issuance.Number);
            DeliveryRows.Drop(connection, issuance.Number);
            return true;
        });

    /// <summary>Puts another statement, and the document that it anchors, in the place of a lone
    /// credential's.</summary>
    /// <param name="issuance">The issuance as it was read; if it went on elsewhere, it is left alone.</param>
    /// <param name="statement">What is submitted from now on.</param>
    /// <param name="document">The document.</param>
    /// <param name="noted">What is written in the same transaction. Default is nothing.</param>
    /// <returns>Whether it was as it was read.</returns>
    public Task<bool> SetSignedAnewAsync(
        StoredIssuance issuance, SignedStatement<IssuanceStatement> statement, StoredDocument document,
        Action<DbConnection>? noted = null) =>
        _database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                $"UPDATE issuance SET root = $3, statement = $4 WHERE {AsRead}", 5);
            if (With(update, issuance, statement.Statement.Root, IssuanceRows.ToJson(statement)).ExecuteNonQuery() == 0)
                return false;
            IssuanceRows.DeleteDocuments(connection, issuance.Number);
            IssuanceRows.Insert(connection, issuance.Number, [document]);
            noted?.Invoke(connection);
            return true;
        });

    /// <summary>
    /// Forgets an issuance that nobody was told is kept, and that nobody else than the request that made it has
    /// submitted, or is about to; and with it those that were to be anchored together with it: all of them or none.
    /// </summary>
    /// <returns>Whether they were forgotten; else they are kept, and are brought to an end.</returns>
    public Task<bool> TakeBackAsync(long number) => ChangeAsync(connection =>
    {
        var all = IssuanceRows.List(connection, OfTheSameRoot, number);
        if (all.Any(one => !one.IsUnclaimed || one.State == IssuanceState.Issued)) return false;
        foreach (var one in all) IssuanceRows.Forget(connection, one.Number, "unclaimed = 1");
        return all.Count > 0;
    });

    /// <summary>Forgets an issuance that the ledger refused, because its owner says so.</summary>
    /// <returns>Whether it was refused, still.</returns>
    public Task<bool> DeleteRefusedAsync(long number) =>
        ChangeAsync(connection => IssuanceRows.Forget(connection, number, "state = 'refused'"));

    /// <summary>Notes why an issuance that is not finished has to wait.</summary>
    public Task NoteWaitsAsync(long number, string reason) => _database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            "UPDATE issuance SET waits = $1 WHERE number = $0 AND state IN ('accepted', 'ready')", 2);
        update.With(number, reason).ExecuteNonQuery();
    });

    /// <summary>Finds where the rows of an issuance are from.</summary>
    /// <param name="id">The issuance's name in addresses.</param>
    public IssuanceSource? FindSource(string id)
    {
        using var reader = _database.Read();
        return IssuanceSource.Find(reader, id);
    }

    /// <summary>Finds an issuance by its number.</summary>
    public StoredIssuance? Find(long number) => FindOne("number = $0", number);

    /// <summary>Finds an issuance by its name in addresses.</summary>
    public StoredIssuance? Find(string id) => FindOne("id = $0", id);

    /// <summary>Finds an issuance by what a repeated request has in common with the first.</summary>
    public StoredIssuance? FindByFingerprint(byte[] fingerprint) =>
        FindOne("fingerprint = $0", fingerprint);

    /// <summary>
    /// Finds an issuance by its root; of several that were anchored together any one, which have state and kind in
    /// common.
    /// </summary>
    public StoredIssuance? FindByRoot(string root) => FindOne("root = $0", root);

    /// <summary>Finds a credential's issuance by its place on the ledger, also once the document is erased.</summary>
    public StoredIssuance? FindByPlace(string root, int leaf) => FindOne(
        """
        root = $0 AND coalesce((SELECT max(piece) FROM tree_piece
          WHERE tree_piece.issuance = number AND piece < -1), $1) = $1
        """,
        root, TreePieces.PathOf(leaf));

    /// <summary>Lists the issuances that are not finished, oldest first.</summary>
    /// <param name="unclaimedBefore">
    /// When those were made at the latest that the request that made them may still be submitting. Default is any time.
    /// </param>
    public IReadOnlyList<StoredIssuance> FindUnfinished(DateTimeOffset? unclaimedBefore = null)
    {
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"""
            SELECT {IssuanceRows.Columns} FROM issuance
              WHERE state IN ('accepted', 'ready') AND (unclaimed = 0 OR created_at < $0) ORDER BY number
            """, 1);
        return IssuanceRows.List(
            select.With((unclaimedBefore ?? DateTimeOffset.MaxValue).ToUnixTimeMilliseconds()));
    }

    /// <summary>Lists batches, the newest first.</summary>
    /// <param name="before">The number that all are smaller than; none begins with the newest.</param>
    /// <param name="count">The most to list.</param>
    public IReadOnlyList<StoredIssuance> ListBatches(long? before, int count)
    {
        using var reader = _database.Read();
        var select = reader.Prepare(
            $"""
            SELECT {IssuanceRows.Columns} FROM issuance WHERE kind = 'batch' AND number < $0
              ORDER BY number DESC LIMIT $1
            """, 2);
        return IssuanceRows.List(select.With(before ?? long.MaxValue, count));
    }

    /// <summary>Reads the canonical rows of an issuance that is not finished.</summary>
    public byte[]? ReadRequest(long number)
    {
        using var reader = _database.Read();
        var select = reader.Prepare("SELECT request FROM issuance WHERE number = $0", 1);
        return select.With(number).ExecuteScalar() is byte[] kept ? IssuanceRows.UnpackRows(kept) : null;
    }

    /// <summary>Makes a change that may delete what is personal.</summary>
    private async Task<bool> ChangeAsync(Func<DbConnection, bool> work)
    {
        bool isChanged = await _database.WriteAsync(work);
        if (isChanged) store.NoteDeletion();
        return isChanged;
    }

    private static DbCommand With(DbCommand command, StoredIssuance issuance, params ReadOnlySpan<object?> more) =>
        command.With([issuance.Number, issuance.State, issuance.Root ?? "", .. more]);

    private static void RequireAttempt(DbConnection connection, long number, string attempt)
    {
        using var select = connection.Prepare(
            "SELECT 1 FROM issuance WHERE number = $0 AND state = 'accepted' AND attempt = $1", 2);
        if (select.With(number, attempt).ExecuteScalar() is null) throw new BuiltElsewhereException(number);
    }

    private StoredIssuance? FindOne(string condition, params ReadOnlySpan<object?> values)
    {
        using var reader = _database.Read();
        using var row = reader
            .Prepare($"SELECT {IssuanceRows.Columns} FROM issuance WHERE {condition} LIMIT 1", values.Length)
            .With(values).ExecuteReader();
        return row.Read() ? IssuanceRows.Map(row) : null;
    }

    /// <summary>Undoes the storing of credentials, in the way of one of which something stands.</summary>
    private sealed class StandsInTheWayException : Exception;
}

/// <summary>Another attempt to build an issuance has begun, perhaps at another instance: this one ends.</summary>
public sealed class BuiltElsewhereException(long number)
    : Exception($"Another attempt to build the issuance {number} has begun.");
