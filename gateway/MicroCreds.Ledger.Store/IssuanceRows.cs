using System.Data.Common;
using System.Text.Json;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store.Postgres;
using MicroCreds.Ledger.Store.Sqlite;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace MicroCreds.Ledger.Store;

/// <summary>Issuances and documents as rows of their tables.</summary>
internal static class IssuanceRows
{
    public const string Columns =
        """
        number, id, kind, body_hash, state, size, created_at, root, statement, transaction_id, issued_at, refusal,
        unclaimed, waits,
        (SELECT max(piece) FROM tree_piece WHERE tree_piece.issuance = number AND piece < -1)
        """;

    // Canonical JSON never begins so.
    private const byte PackedMark = 0;

    /// <summary>
    /// Rows are much alike, and go once they are issued: packed they do not blow up the store. What begins otherwise
    /// was kept as it is, by an earlier version.
    /// </summary>
    public static byte[] UnpackRows(byte[] kept) =>
        kept is [PackedMark, ..] ? new PackedDocument(kept[1..]).Unpack() : kept;

    private static byte[]? PackRows(byte[]? rows) =>
        rows is null ? null : [PackedMark, .. PackedDocument.Of(rows).Bytes];

    public static string? ToJson(SignedStatement<IssuanceStatement>? statement) =>
        statement is null ? null : JsonSerializer.Serialize(statement, LedgerJson.Options);

    public static long Insert(
        DbConnection connection, StoredIssuance issuance, byte[]? fingerprint, byte[]? request)
    {
        using var insert = connection.Prepare(
            """
            INSERT INTO issuance
              (id, kind, fingerprint, body_hash, state, request, size, created_at, root, statement, unclaimed)
              VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING number
            """, 11);
        long number = (long)insert.With(
            issuance.Id, issuance.Kind, fingerprint, issuance.BodyHash, issuance.State, PackRows(request),
            issuance.Size, issuance.CreatedAt.ToUnixTimeMilliseconds(), issuance.Root, ToJson(issuance.Statement),
            issuance.IsUnclaimed ? 1 : 0).ExecuteScalar()!;
        if (issuance.Actor is { } actor)
        {
            using var note = connection.Prepare("INSERT INTO record_actor (record, actor) VALUES ($0, $1)", 2);
            note.With($"issuance:{issuance.Id}", actor).ExecuteNonQuery();
        }

        return number;
    }

    /// <summary>Forgets who asked for an issuance, if a condition holds of it.</summary>
    public static void DeleteActor(DbConnection connection, long number, string condition)
    {
        using var actor = connection.Prepare(
            $"""
            DELETE FROM record_actor
              WHERE record IN (SELECT 'issuance:' || id FROM issuance WHERE number = $0 AND {condition})
            """, 1);
        actor.With(number).ExecuteNonQuery();
    }

    public static void Insert(DbConnection connection, long number, IReadOnlyList<StoredDocument> documents)
    {
        InsertDocuments(connection, number, documents);
        foreach (var document in documents)
        {
            if (document.Path is { } path) InsertPiece(connection, number, TreePieces.PathOf(document.Leaf), path);
        }

        DeliveryRows.Hold(connection, number, documents);
    }

    /// <summary>Keeps a piece of an issuance's tree.</summary>
    public static void InsertPiece(DbConnection connection, long number, int piece, byte[] hashes)
    {
        using var insert = connection.Prepare("INSERT INTO tree_piece VALUES ($0, $1, $2)", 3);
        insert.With(number, piece, hashes).ExecuteNonQuery();
    }

    private static void InsertDocuments(
        DbConnection connection, long number, IReadOnlyList<StoredDocument> documents)
    {
        if (connection is NpgsqlConnection postgres)
        {
            DocumentCopy.Write(postgres, number, documents);
            return;
        }

        DocumentInsert.Write((SqliteConnection)connection, number, documents);
    }

    public static void DeleteDocuments(DbConnection connection, long number)
    {
        using var delete = connection.Prepare("DELETE FROM credential WHERE issuance = $0", 1);
        delete.With(number).ExecuteNonQuery();
        using var tree = connection.Prepare("DELETE FROM tree_piece WHERE issuance = $0", 1);
        tree.With(number).ExecuteNonQuery();
    }

    /// <summary>Finds the issuance that an earlier request of the same fingerprint led to.</summary>
    public static StoredIssuance? FindRepeated(DbConnection connection, byte[]? fingerprint) =>
        fingerprint is null ? null : Find(connection, "fingerprint = $0", fingerprint);

    /// <summary>Lists the issuances that a condition on a number holds of, oldest first.</summary>
    public static IReadOnlyList<StoredIssuance> List(DbConnection connection, string condition, long number)
    {
        using var select = connection.Prepare(
            $"SELECT {Columns} FROM issuance WHERE {condition} ORDER BY number", 1);
        return List(select.With(number));
    }

    /// <summary>Lists what a query of <see cref="Columns"/> finds.</summary>
    public static IReadOnlyList<StoredIssuance> List(DbCommand select)
    {
        using var rows = select.ExecuteReader();
        var found = new List<StoredIssuance>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    private static StoredIssuance? Find(DbConnection connection, string condition, object value)
    {
        using var select = connection.Prepare($"SELECT {Columns} FROM issuance WHERE {condition} LIMIT 1", 1);
        using var reader = select.With(value).ExecuteReader();
        return reader.Read() ? Map(reader) : null;
    }

    /// <summary>Forgets an issuance with all that is of it, if a condition holds of it.</summary>
    public static bool Forget(DbConnection connection, long number, string condition)
    {
        DeleteActor(connection, number, condition);
        IssuanceSource.Delete(connection, number, condition);
        using var delete = connection.Prepare($"DELETE FROM issuance WHERE number = $0 AND {condition}", 1);
        if (delete.With(number).ExecuteNonQuery() == 0) return false;
        DeleteDocuments(connection, number);
        DeliveryRows.Drop(connection, number);
        AwardIndex.Of(connection, []).Forget(number);
        using var leftOut = connection.Prepare("DELETE FROM left_out WHERE issuance = $0", 1);
        leftOut.With(number).ExecuteNonQuery();
        return true;
    }

    /// <summary>Looks whether something stands in the way of a lone credential.</summary>
    public static AddedCredential Look(DbConnection connection, AwardIndex index, NewCredential added)
    {
        if (FindRepeated(connection, added.Fingerprint) is { } repeated)
            return new AddedCredential(repeated, Before: null);
        var before = added.Look?.Invoke(index);
        return new AddedCredential(Issuance: null, before) { IsNew = before is null };
    }

    /// <summary>Stores a lone credential, and notes what it awards.</summary>
    public static AddedCredential Insert(DbConnection connection, AwardIndex index, NewCredential added)
    {
        var stored = added.Issuance with { IsUnclaimed = true };
        long number = Insert(connection, stored, added.Fingerprint, request: null);
        Insert(connection, number, [added.Document]);
        index.Add([added.Award], number);
        added.Source?.Insert(connection, stored.Id);
        return new AddedCredential(stored with { Number = number }, Before: null) { IsNew = true };
    }

    public static StoredIssuance Map(DbDataReader reader) => new()
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
        IsUnclaimed = reader.GetInt32(12) != 0,
        Waits = reader.IsDBNull(13) ? null : reader.GetString(13),
        Leaf = reader.IsDBNull(14) ? 0 : TreePieces.LeafOf(reader.GetInt32(14)),
    };
}
