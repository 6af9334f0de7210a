using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>The launches of simulators by learners. Thread-safe.</summary>
public sealed class PracticeSessions(GatewayStore store)
{
    /// <summary>The most launches of one practice.</summary>
    public const int MaxOfPractice = 200;

    private const string Columns = "id, practice, simulator, activity, created_at, ended_at";

    /// <summary>Keeps a launch.</summary>
    /// <param name="session">The launch.</param>
    /// <param name="secret">What the simulator fetches its token with.</param>
    /// <returns>Whether it is kept: not if there were too many.</returns>
    public Task<bool> AddAsync(PracticeSession session, string secret)
    {
        ArgumentNullException.ThrowIfNull(session);
        byte[] practice = session.Practice.ToByteArray(bigEndian: true);
        long now = session.CreatedAt.ToUnixTimeMilliseconds();
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare(
                "SELECT count(*) FROM practice_session WHERE practice = $0", 1);
            if ((long)count.With(practice).ExecuteScalar()! >= MaxOfPractice) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO practice_session (id, practice, simulator, activity, fetch_hash, created_at)
                  VALUES ($0, $1, $2, $3, $4, $5)
                """, 6);
            insert.With(
                session.Id.ToByteArray(bigEndian: true), practice, session.Simulator, session.Activity,
                LearnerSecret.HashOf(secret), now).ExecuteNonQuery();
            using var use = connection.Prepare("UPDATE practice SET used_at = $1 WHERE id = $0", 2);
            use.With(practice, now).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Gives the token of a launch, once.</summary>
    /// <param name="secret">What the launch gave.</param>
    /// <param name="token">The token.</param>
    /// <param name="now">The moment.</param>
    /// <param name="since">Launches before then are over.</param>
    /// <returns>The launch; null if it is over, or its token was fetched before.</returns>
    public async Task<PracticeSession?> FetchAsync(
        string secret, string token, DateTimeOffset now, DateTimeOffset since)
    {
        if (!LearnerSecret.IsOne(secret)) return null;
        bool isFetched = await store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE practice_session SET token_hash = $1, fetched_at = $2
                  WHERE fetch_hash = $0 AND fetched_at IS NULL AND ended_at IS NULL AND created_at > $3
                """, 4);
            return update.With(
                LearnerSecret.HashOf(secret), LearnerSecret.HashOf(token), now.ToUnixTimeMilliseconds(),
                since.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
        return isFetched ? Identify(token) : null;
    }

    /// <summary>Whether the token of a launch was fetched before.</summary>
    public bool IsFetched(string secret)
    {
        if (!LearnerSecret.IsOne(secret)) return false;
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT 1 FROM practice_session WHERE fetch_hash = $0 AND fetched_at IS NOT NULL", 1)
            .With(LearnerSecret.HashOf(secret)).ExecuteScalar() is not null;
    }

    /// <summary>Finds the launch that a token is of, be it over or not.</summary>
    public PracticeSession? Identify(string token) => LearnerSecret.IsOne(token)
        ? Select("token_hash = $0", LearnerSecret.HashOf(token)).FirstOrDefault() : null;

    /// <summary>Lists the launches of a practice, the newest first.</summary>
    public IReadOnlyList<PracticeSession> List(Guid practice) =>
        Select("practice = $0 ORDER BY created_at DESC, id", practice.ToByteArray(bigEndian: true));

    /// <summary>Ends a launch.</summary>
    internal static void End(DbConnection connection, Guid id, DateTimeOffset now)
    {
        using var update = connection.Prepare(
            "UPDATE practice_session SET ended_at = COALESCE(ended_at, $1) WHERE id = $0", 2);
        update.With(id.ToByteArray(bigEndian: true), now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
    }

    private List<PracticeSession> Select(string condition, params object?[] values)
    {
        using var reader = store.Database.Read();
        using var rows = reader.Prepare($"SELECT {Columns} FROM practice_session WHERE {condition}", values.Length)
            .With(values).ExecuteReader();
        var found = new List<PracticeSession>();
        while (rows.Read())
        {
            found.Add(new PracticeSession
            {
                Id = new Guid(rows.GetFieldValue<byte[]>(0), bigEndian: true),
                Practice = new Guid(rows.GetFieldValue<byte[]>(1), bigEndian: true),
                Simulator = rows.GetString(2),
                Activity = rows.GetString(3),
                CreatedAt = rows.MomentAt(4)!.Value,
                EndedAt = rows.MomentAt(5),
            });
        }

        return found;
    }
}
