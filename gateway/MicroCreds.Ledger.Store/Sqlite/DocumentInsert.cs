using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MicroCreds.Ledger.Store.Sqlite;

/// <summary>
/// Inserts documents by SQLite's own calls: a command looks up its parameters by their names, and makes a reader for
/// each row.
/// </summary>
internal static class DocumentInsert
{
    private const string Insert =
        """
        INSERT INTO credential (id, issuance, leaf, row, document, template, signature) VALUES (?, ?, ?, ?, ?, ?, ?)
        """;

    private const int IdBytes = 16;

    /// <summary>Inserts documents inside the writer's transaction.</summary>
    /// <exception cref="SqliteException">One could not be inserted.</exception>
    public static void Write(SqliteConnection connection, long issuance, IReadOnlyList<StoredDocument> documents)
    {
        var database = connection.Handle!;
        Require(raw.sqlite3_prepare_v2(database, Insert, out var statement), database);
        using (statement)
        {
            Span<byte> id = stackalloc byte[IdBytes];
            raw.sqlite3_bind_int64(statement, 2, issuance);
            foreach (var document in documents)
            {
                document.Id.TryWriteBytes(id, bigEndian: true, out _);
                raw.sqlite3_bind_blob(statement, 1, id);
                raw.sqlite3_bind_int(statement, 3, document.Leaf);
                raw.sqlite3_bind_int(statement, 4, document.Row);
                raw.sqlite3_bind_blob(statement, 5, document.Kept.Bytes);
                if (document.Kept.Template is { } template) raw.sqlite3_bind_int64(statement, 6, template);
                else raw.sqlite3_bind_null(statement, 6);
                if (document.Kept.Signature is { } signature) raw.sqlite3_bind_blob(statement, 7, signature);
                else raw.sqlite3_bind_null(statement, 7);
                Require(raw.sqlite3_step(statement), database);
                Require(raw.sqlite3_reset(statement), database);
            }
        }
    }

    private static void Require(int code, sqlite3 database)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_DONE)) SqliteException.ThrowExceptionForRC(code, database);
    }
}
