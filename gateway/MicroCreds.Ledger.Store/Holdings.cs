using System.Data.Common;
using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>Which device holds which credentials. The store knows a device by the hash of its secret. Thread-safe.
/// </summary>
public sealed class Holdings(GatewayStore store)
{
    /// <summary>The most that are listed for one device.</summary>
    public const int MaxListed = 500;

    /// <summary>Lists what a device holds, the newest first.</summary>
    public IReadOnlyList<Holding> List(string device)
    {
        if (!LearnerSecret.IsOne(device)) return [];
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT id, credential, created_at FROM holding WHERE device = $0 ORDER BY created_at DESC, id LIMIT $1
            """, 2).With(LearnerSecret.HashOf(device), MaxListed).ExecuteReader();
        var found = new List<Holding>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Finds what a device holds.</summary>
    /// <param name="device">The device's secret.</param>
    /// <param name="id">The holding's identifier.</param>
    public Holding? Find(string device, string id)
    {
        if (!LearnerSecret.IsOne(device)) return null;
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT id, credential, created_at FROM holding WHERE device = $0 AND id = $1", 2)
            .With(LearnerSecret.HashOf(device), id).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Finds by a credential what a device holds.</summary>
    public Holding? Find(string device, Guid credential)
    {
        if (!LearnerSecret.IsOne(device)) return null;
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            "SELECT id, credential, created_at FROM holding WHERE device = $0 AND credential = $1", 2)
            .With(LearnerSecret.HashOf(device), credential.ToByteArray(bigEndian: true)).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Counts the devices that hold a credential.</summary>
    public int Count(Guid credential)
    {
        using var reader = store.Database.Read();
        return Convert.ToInt32(
            reader.Prepare("SELECT count(*) FROM holding WHERE credential = $0", 1)
                .With(credential.ToByteArray(bigEndian: true)).ExecuteScalar(),
            CultureInfo.InvariantCulture);
    }

    /// <summary>Has a device hold a credential no more; what it shows to others goes on.</summary>
    public Task<bool> RemoveAsync(string device, string id) => store.Database.WriteAsync(connection =>
    {
        using var delete = connection.Prepare("DELETE FROM holding WHERE device = $0 AND id = $1", 2);
        return delete.With(LearnerSecret.HashOf(device), id).ExecuteNonQuery() > 0;
    });

    internal static string? Find(DbConnection connection, byte[] device, byte[] credential)
    {
        using var select = connection.Prepare("SELECT id FROM holding WHERE device = $0 AND credential = $1", 2);
        return select.With(device, credential).ExecuteScalar() as string;
    }

    internal static string Add(DbConnection connection, byte[] device, byte[] credential, DateTimeOffset now)
    {
        string id = Guid.NewGuid().ToString("N");
        using var insert = connection.Prepare("INSERT INTO holding VALUES ($0, $1, $2, $3)", 4);
        insert.With(device, credential, id, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        return id;
    }

    private static Holding Map(DbDataReader rows) => new(
        rows.GetString(0), new Guid(rows.GetFieldValue<byte[]>(1), bigEndian: true),
        DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(2)));
}

/// <summary>A credential that a device holds.</summary>
/// <param name="Id">Names it; not secret.</param>
/// <param name="Credential">The UUID of the credential's identifier.</param>
/// <param name="CreatedAt">When the device took it over.</param>
public sealed record Holding(string Id, Guid Credential, DateTimeOffset CreatedAt);
