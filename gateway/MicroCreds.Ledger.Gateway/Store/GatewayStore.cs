using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>
/// The gateway's own store: the only place that holds personal data. What it has acknowledged survives a loss of power.
/// </summary>
public sealed class GatewayStore : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS api_key (
          id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, roles TEXT NOT NULL,
          created_at INTEGER NOT NULL, revoked_at INTEGER) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS status_list (number INTEGER PRIMARY KEY, used INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS issuance (
          number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
          fingerprint BLOB UNIQUE, body_hash BLOB NOT NULL, state TEXT NOT NULL, request BLOB, size INTEGER NOT NULL,
          created_at INTEGER NOT NULL, root TEXT, statement BLOB, transaction_id TEXT, issued_at INTEGER, refusal TEXT);
        CREATE INDEX IF NOT EXISTS issuance_root ON issuance (root);
        CREATE INDEX IF NOT EXISTS issuance_unfinished ON issuance (state) WHERE state IN ('accepted', 'ready');
        CREATE TABLE IF NOT EXISTS credential (
          id BLOB PRIMARY KEY, issuance INTEGER NOT NULL, leaf INTEGER NOT NULL, row INTEGER NOT NULL,
          document BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS credential_row ON credential (issuance, row);
        CREATE INDEX IF NOT EXISTS credential_leaf ON credential (issuance, leaf);
        """;

    private const string SecretName = "secret";
    private const int SecretBytes = 32;

    private GatewayStore(Database database, byte[] secret)
    {
        Database = database;
        Secret = secret;
    }

    /// <summary>Its database.</summary>
    public Database Database { get; }

    /// <summary>
    /// A random secret that never leaves the store: what is derived with it tells nobody else anything.
    /// </summary>
    public byte[] Secret { get; }

    /// <summary>Opens the store in a directory, and creates it if it is not there.</summary>
    public static async Task<GatewayStore> OpenAsync(string directory)
    {
        var database = Database.Open(
            Path.Combine(directory, "store.db"), "FULL", Schema + AwardIndex.Schema + AccessSchema.Sql);
        byte[] secret = await database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare("INSERT OR IGNORE INTO setting VALUES ($0, $1)", 2);
            insert.With(SecretName, RandomNumberGenerator.GetBytes(SecretBytes)).ExecuteNonQuery();
            return (byte[])ReadSetting(connection, SecretName)!;
        });
        return new GatewayStore(database, secret);
    }

    /// <summary>Reads a setting; null if it was never written.</summary>
    public string? ReadText(string name)
    {
        using var reader = Database.Read();
        return reader.Prepare("SELECT value FROM setting WHERE name = $0", 1).With(name).ExecuteScalar() is byte[] value
            ? Encoding.UTF8.GetString(value)
            : null;
    }

    /// <summary>Writes a setting.</summary>
    public Task WriteTextAsync(string name, string value) => Database.WriteAsync(connection =>
    {
        using var write = connection.Prepare("INSERT OR REPLACE INTO setting VALUES ($0, $1)", 2);
        write.With(name, Encoding.UTF8.GetBytes(value)).ExecuteNonQuery();
    });

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private static object? ReadSetting(SqliteConnection connection, string name)
    {
        using var select = connection.Prepare("SELECT value FROM setting WHERE name = $0", 1);
        return select.With(name).ExecuteScalar();
    }
}
