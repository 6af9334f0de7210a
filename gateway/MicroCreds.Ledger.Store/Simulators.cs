using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Store;

/// <summary>The simulators whose word an institution takes. Thread-safe.</summary>
public sealed class Simulators(GatewayStore store)
{
    /// <summary>The most simulators, withdrawn ones included.</summary>
    public const int MaxSimulators = 200;

    private const string Columns = "id, name, activities, launch, trial, created_at, withdrawn_at";

    /// <summary>Keeps a simulator.</summary>
    /// <param name="simulator">The simulator.</param>
    /// <param name="secret">What it shows; only its hash is kept.</param>
    /// <returns>Whether it is kept: not if there is one of this id, or there are too many.</returns>
    public Task<bool> AddAsync(Simulator simulator, string secret)
    {
        ArgumentNullException.ThrowIfNull(simulator);
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare("SELECT count(*) FROM simulator", 0);
            if (Convert.ToInt64(count.ExecuteScalar(), CultureInfo.InvariantCulture) >= MaxSimulators) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO simulator (id, name, activities, launch, trial, hash, created_at)
                  VALUES ($0, $1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING
                """, 7);
            return insert.With(
                simulator.Id, simulator.Name, JsonSerializer.Serialize(simulator.Activities), simulator.Launch,
                simulator.IsTrial ? 1 : 0, HashOf(secret), simulator.CreatedAt.ToUnixTimeMilliseconds())
                .ExecuteNonQuery() > 0;
        });
    }

    /// <summary>Finds a simulator.</summary>
    public Simulator? Find(string id)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM simulator WHERE id = $0", 1).With(id).ExecuteReader();
        return rows.Read() ? Map(rows) : null;
    }

    /// <summary>Finds the simulator that shows its secret, if it was not withdrawn.</summary>
    public Simulator? Identify(string id, string secret)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns}, hash FROM simulator WHERE id = $0", 1)
            .With(id).ExecuteReader();
        return rows.Read() && rows.IsDBNull(6)
            && CryptographicOperations.FixedTimeEquals(rows.GetFieldValue<byte[]>(7), HashOf(secret))
            ? Map(rows) : null;
    }

    /// <summary>Lists all, the oldest first.</summary>
    public IReadOnlyList<Simulator> List()
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM simulator ORDER BY created_at, id", 0).ExecuteReader();
        var found = new List<Simulator>();
        while (rows.Read()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Takes a simulator's word no more, for good.</summary>
    /// <returns>Whether there is such a simulator.</returns>
    public Task<bool> WithdrawAsync(string id, DateTimeOffset now) => store.Database.WriteAsync(connection =>
    {
        using var update = connection.Prepare(
            "UPDATE simulator SET withdrawn_at = COALESCE(withdrawn_at, $1) WHERE id = $0", 2);
        return update.With(id, now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
    });

    // A secret is 160 random bits, so that its plain hash is enough to keep.
    private static byte[] HashOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static Simulator Map(DbDataReader rows) => new()
    {
        Id = rows.GetString(0),
        Name = rows.GetString(1),
        Activities = JsonSerializer.Deserialize<string[]>(rows.GetString(2)) ?? [],
        Launch = rows.IsDBNull(3) ? null : rows.GetString(3),
        IsTrial = rows.GetInt32(4) != 0,
        CreatedAt = rows.MomentAt(5)!.Value,
        WithdrawnAt = rows.MomentAt(6),
    };
}

/// <summary>A simulator: an application in which something is practised.</summary>
public sealed record Simulator
{
    /// <summary>Names it, and is the name that it signs in with.</summary>
    public required string Id { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>The activities that it may speak of, as IRIs, with all that lies below each.</summary>
    public required IReadOnlyList<string> Activities { get; init; }

    /// <summary>Where it is opened; none if it cannot be opened from here.</summary>
    public string? Launch { get; init; }

    /// <summary>Whether its makers only try it: what it says counts for nobody and goes after a day.</summary>
    public bool IsTrial { get; init; }

    /// <summary>When it was registered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when its word is not taken any more.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}
