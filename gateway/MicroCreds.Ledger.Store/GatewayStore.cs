using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// The gateway's own store: the only place that holds personal data. What it has acknowledged survives a loss of power.
/// </summary>
public sealed class GatewayStore : IAsyncDisposable
{
    private const string SecretName = "secret";
    private const int SecretBytes = 32;

    // The hash before the first entry of the audit log.
    private static readonly string NoEntry = new('0', 64);

    private readonly DirectoryLock? _lock;
    private bool _deletions;

    private GatewayStore(Database database, byte[] secret, DirectoryLock? held)
    {
        (Database, Secret) = (database, secret);
        _lock = held;
    }

    /// <summary>Its database.</summary>
    public Database Database { get; }

    /// <summary>
    /// A random secret that never leaves the store: what is derived with it tells nobody else anything.
    /// </summary>
    public byte[] Secret { get; }

    /// <summary>
    /// Opens the store, makes it if it is not there, and brings its schema up to date. The data directory is nobody
    /// else's until it is disposed.
    /// </summary>
    /// <param name="place">Where it is.</param>
    /// <exception cref="StoreException">It is in use, of a newer version, or out of reach.</exception>
    public static async Task<GatewayStore> OpenAsync(StorePlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        var held = place.Take();
        Database? database = null;
        try
        {
            database = place.Open(Schema.Upgrade);
            byte[] secret = await database.WriteAsync(connection =>
            {
                using var insert = connection.Prepare(
                    "INSERT INTO setting VALUES ($0, $1) ON CONFLICT (name) DO NOTHING", 2);
                insert.With(SecretName, RandomNumberGenerator.GetBytes(SecretBytes)).ExecuteNonQuery();
                using var head = connection.Prepare(
                    "INSERT INTO audit_head VALUES (1, 0, $0, 0, $0) ON CONFLICT (id) DO NOTHING", 1);
                head.With(NoEntry).ExecuteNonQuery();
                return ReadSetting(connection, SecretName)!;
            });
            return new GatewayStore(database, secret, held);
        }
        catch
        {
            if (database is not null) await database.DisposeAsync();
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Notes that something personal was deleted, of which a journal may hold a copy.</summary>
    public void NoteDeletion() => Volatile.Write(ref _deletions, true);

    /// <summary>Tells whether something was deleted since it was last asked.</summary>
    public bool TakeDeletions() => Interlocked.Exchange(ref _deletions, false);

    /// <summary>Reads a setting; null if it was never written.</summary>
    public string? ReadText(string name)
    {
        using var reader = Database.Read();
        return reader.Prepare("SELECT value FROM setting WHERE name = $0", 1).With(name).ExecuteScalar() is byte[] value
            ? Encoding.UTF8.GetString(value)
            : null;
    }

    /// <summary>Writes a setting.</summary>
    public Task WriteTextAsync(string name, string value) =>
        Database.WriteAsync(connection => WriteSetting(connection, name, Encoding.UTF8.GetBytes(value)));

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _lock?.Dispose();
    }

    /// <summary>Reads a setting inside the writer's transaction; null if it was never written.</summary>
    public static byte[]? ReadSetting(DbConnection connection, string name)
    {
        using var select = connection.Prepare("SELECT value FROM setting WHERE name = $0", 1);
        return select.With(name).ExecuteScalar() as byte[];
    }

    /// <summary>Writes a setting inside the writer's transaction.</summary>
    public static void WriteSetting(DbConnection connection, string name, byte[] value)
    {
        using var write = connection.Prepare(
            "INSERT INTO setting VALUES ($0, $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", 2);
        write.With(name, value).ExecuteNonQuery();
    }
}
