using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What wallets are asked to present, and what they answered. The store has hashes of secrets alone; an answer is
/// personal, and goes by <see cref="SweepAsync"/>. Thread-safe.
/// </summary>
public sealed class Presentations(GatewayStore store)
{
    /// <summary>
    /// The most that may be open at a time of all who ask without a login, and of each of those who ask with one:
    /// nobody is kept from asking by strangers.
    /// </summary>
    public const int MaxOpen = 10_000;

    private const string Columns =
        """
        id, client, query, mode, redirect, created_at, expires_at, answered_at, refusal, answer, audience, nonce,
          response_code
        """;

    /// <summary>Keeps what is asked.</summary>
    /// <param name="asked">What.</param>
    /// <param name="owner">By what whoever asked is known again; secret of a browser.</param>
    /// <param name="secret">By what a wallet on another device comes.</param>
    /// <param name="sameSecret">By what a wallet on the same device comes; null if there is no such way.</param>
    /// <param name="isAnonymous">Whether whoever asks has no login. Default is that they have one.</param>
    /// <returns>Whether it was kept: not if as many are open as may be.</returns>
    public Task<bool> AddAsync(
        AskedPresentation asked, string owner, string secret, string? sameSecret, bool isAnonymous = false)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return store.Database.WriteAsync(connection =>
        {
            byte[] who = LearnerSecret.HashOf(owner);
            long now = asked.CreatedAt.ToUnixTimeMilliseconds();
            using var count = isAnonymous
                ? connection.Prepare("SELECT COUNT(*) FROM presentation WHERE anonymous = 1 AND expires_at > $0", 1)
                    .With(now)
                : connection.Prepare(
                    "SELECT COUNT(*) FROM presentation WHERE anonymous = 0 AND owner = $0 AND expires_at > $1", 2)
                    .With(who, now);
            if ((long)count.ExecuteScalar()! >= MaxOpen) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO presentation (id, owner, hash, same_hash, client, query, mode, redirect, created_at,
                  expires_at, anonymous) VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                """, 11);
            insert.With(
                asked.Id, who, LearnerSecret.HashOf(secret),
                sameSecret is null ? null : LearnerSecret.HashOf(sameSecret), asked.Client, asked.Query, asked.Mode,
                asked.Redirect, now, asked.ExpiresAt.ToUnixTimeMilliseconds(), isAnonymous ? 1 : 0).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Finds what somebody asked.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="owner">By what whoever asked is known.</param>
    public AskedPresentation? Find(string id, string owner)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare(
            $"SELECT {Columns} FROM presentation WHERE id = $0 AND owner = $1", 2)
            .With(id, LearnerSecret.HashOf(owner)).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    /// <summary>Finds what a wallet is asked, and whether it is on the device of whoever asked.</summary>
    public (AskedPresentation Asked, bool IsSame)? FindBySecret(string secret)
    {
        if (!LearnerSecret.IsOne(secret)) return null;
        byte[] hash = LearnerSecret.HashOf(secret);
        return FindOne("hash = $0", hash) is { } cross ? (cross, false)
            : FindOne("same_hash = $0", hash) is { } same ? (same, true)
            : null;
    }

    /// <summary>Keeps what a wallet presented, once.</summary>
    /// <param name="id">What was asked.</param>
    /// <param name="answer">What was presented. Personal.</param>
    /// <param name="responseCode">What the wallet's learner brings back to whoever asked; null if nothing.</param>
    /// <returns>Whether it had no answer before.</returns>
    public Task<bool> AnswerAsync(string id, PresentedAnswer answer, string? responseCode)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE presentation SET answered_at = $1, answer = $2, audience = $3, nonce = $4, response_code = $5,
                  expires_at = $6 WHERE id = $0 AND answered_at IS NULL AND expires_at > $1
                """, 7);
            return update.With(
                id, answer.AnsweredAt.ToUnixTimeMilliseconds(), answer.Content, answer.Audience, answer.Nonce,
                responseCode is null ? null : LearnerSecret.HashOf(responseCode),
                answer.KeptUntil.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
    }

    /// <summary>Keeps that a wallet, or its learner, refused.</summary>
    /// <param name="id">What was asked.</param>
    /// <param name="refusal">The code that the wallet gave.</param>
    /// <param name="now">When.</param>
    /// <param name="responseCode">What the wallet's learner brings back to whoever asked; null if nothing.</param>
    /// <returns>Whether it had no answer before.</returns>
    public Task<bool> RefuseAsync(string id, string refusal, DateTimeOffset now, string? responseCode) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE presentation SET answered_at = $1, refusal = $2, response_code = $3
                  WHERE id = $0 AND answered_at IS NULL AND expires_at > $1
                """, 4);
            return update.With(
                id, now.ToUnixTimeMilliseconds(), refusal,
                responseCode is null ? null : LearnerSecret.HashOf(responseCode)).ExecuteNonQuery() > 0;
        });

    /// <summary>Forgets what somebody asked, and what was answered.</summary>
    /// <returns>Whether it was there.</returns>
    public async Task<bool> ForgetAsync(string id, string owner)
    {
        bool isGone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM presentation WHERE id = $0 AND owner = $1", 2);
            return delete.With(id, LearnerSecret.HashOf(owner)).ExecuteNonQuery() > 0;
        });
        if (isGone) store.NoteDeletion();
        return isGone;
    }

    /// <summary>Forgets what has ended, with all that was answered.</summary>
    public async Task SweepAsync(DateTimeOffset now)
    {
        if (!HasEnded(now)) return;
        int gone = await store.Database.WriteAsync(connection =>
        {
            using var delete = connection.Prepare("DELETE FROM presentation WHERE expires_at <= $0", 1);
            return delete.With(now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });
        if (gone > 0) store.NoteDeletion();
    }

    private bool HasEnded(DateTimeOffset now)
    {
        using var reader = store.Database.Read();
        return reader.Prepare("SELECT 1 FROM presentation WHERE expires_at <= $0 LIMIT 1", 1)
            .With(now.ToUnixTimeMilliseconds()).ExecuteScalar() is not null;
    }

    private AskedPresentation? FindOne(string condition, byte[] hash)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM presentation WHERE {condition}", 1).With(hash)
            .ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    private static AskedPresentation Read(DbDataReader row) => new()
    {
        Id = row.GetString(0),
        Client = row.GetString(1),
        Query = row.GetString(2),
        Mode = row.GetString(3),
        Redirect = WalletWords.Text(row, 4),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
        ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
        Refusal = WalletWords.Text(row, 8),
        Answer = row.IsDBNull(9)
            ? null
            : new PresentedAnswer(
                row.GetFieldValue<byte[]>(9), row.GetString(10), row.GetString(11),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6))),
        ResponseCodeHash = row.IsDBNull(12) ? null : row.GetFieldValue<byte[]>(12),
    };
}

/// <summary>What a wallet is asked to present.</summary>
public sealed record AskedPresentation
{
    /// <summary>Names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>What whoever asks is called by wallets (<c>client_id</c>).</summary>
    public required string Client { get; init; }

    /// <summary>What is asked for, as JSON.</summary>
    public required string Query { get; init; }

    /// <summary>How the wallet answers (<c>response_mode</c>).</summary>
    public required string Mode { get; init; }

    /// <summary>Where the learner is led to afterwards, if it is not a page of this gateway.</summary>
    public string? Redirect { get; init; }

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends: the question until it is answered, then the answer.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The code that the wallet refused with, if it did.</summary>
    public string? Refusal { get; init; }

    /// <summary>What it presented, if it did.</summary>
    public PresentedAnswer? Answer { get; init; }

    /// <summary>The hash of what the learner has to bring back, if an answer asks for it.</summary>
    public byte[]? ResponseCodeHash { get; init; }

    /// <summary>Whether a wallet answered, by presenting or by refusing.</summary>
    public bool IsAnswered => Answer is not null || Refusal is not null;
}

/// <summary>What a wallet presented. Personal: never log it.</summary>
/// <param name="Content">The presentations, as JSON.</param>
/// <param name="Audience">Whom its proofs had to be made for.</param>
/// <param name="Nonce">What they had to repeat.</param>
/// <param name="AnsweredAt">When it came.</param>
/// <param name="KeptUntil">Until when it is kept.</param>
public sealed record PresentedAnswer(
    byte[] Content, string Audience, string Nonce, DateTimeOffset AnsweredAt, DateTimeOffset KeptUntil);
