using System.Globalization;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Wallets that ask their learner, on a page of this gateway, for what the learner's device holds (OAuth 2.0's
/// authorization code). Thread-safe.
/// </summary>
public sealed class WalletAuthorizations(GatewayStore store)
{
    /// <summary>The most that wait for their learner at a time: any program may ask.</summary>
    public const int MaxOpen = 10_000;

    private const string Columns =
        """
        client, redirect, state, challenge, forms, key_thumbprint, credentials, created_at, expires_at, used_at,
          has_details, attested
        """;

    /// <summary>Keeps what a wallet asks for. What ended without an answer is forgotten.</summary>
    /// <param name="asked">What it asks for.</param>
    /// <param name="secret">By what its learner comes with it.</param>
    /// <returns>Whether it is kept: not if as many wait for their learner as may.</returns>
    public Task<bool> AddAsync(WalletAuthorization asked, string secret)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return store.Database.WriteAsync(connection =>
        {
            using var ended = connection.Prepare(
                "DELETE FROM wallet_authorization WHERE code IS NULL AND expires_at <= $0", 1);
            ended.With(asked.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            using var count = connection.Prepare("SELECT COUNT(*) FROM wallet_authorization WHERE code IS NULL", 0);
            if ((long)count.ExecuteScalar()! >= MaxOpen) return false;
            using var insert = connection.Prepare(
                """
                INSERT INTO wallet_authorization
                  VALUES ($0, NULL, $1, $2, $3, $4, $5, $6, $7, NULL, $8, $9, NULL, $10)
                """, 11);
            insert.With(
                LearnerSecret.HashOf(secret), asked.Client, asked.Redirect, asked.State, asked.Challenge,
                WalletWords.Join(asked.Forms), asked.HasDetails ? 1 : 0, asked.KeyThumbprint,
                asked.CreatedAt.ToUnixTimeMilliseconds(), asked.ExpiresAt.ToUnixTimeMilliseconds(),
                asked.AttestedKey).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Finds what a wallet asks for, as long as its learner has not answered.</summary>
    public WalletAuthorization? Find(string secret) => LearnerSecret.IsOne(secret)
        ? FindOne("hash = $0 AND code IS NULL", LearnerSecret.HashOf(secret)) : null;

    /// <summary>Finds what a learner allowed, by its code.</summary>
    public WalletAuthorization? FindByCode(string code) => LearnerSecret.IsOne(code)
        ? FindOne("code = $0", LearnerSecret.HashOf(code)) : null;

    /// <summary>Keeps what a learner allows.</summary>
    /// <param name="secret">By what the learner came.</param>
    /// <param name="code">The code that the wallet gets.</param>
    /// <param name="credentials">The UUIDs of the credentials; none if the learner refuses.</param>
    /// <param name="expiresAt">Until when the wallet may use the code.</param>
    /// <returns>Whether it was not answered before.</returns>
    public Task<bool> AnswerAsync(
        string secret, string code, IReadOnlyList<Guid> credentials, DateTimeOffset expiresAt) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE wallet_authorization SET code = $1, credentials = $2, expires_at = $3
                  WHERE hash = $0 AND code IS NULL
                """, 4);
            string list = WalletWords.Join(credentials.Select(one => one.ToString("N", CultureInfo.InvariantCulture)));
            return update.With(
                LearnerSecret.HashOf(secret), LearnerSecret.HashOf(code), list, expiresAt.ToUnixTimeMilliseconds())
                .ExecuteNonQuery() > 0;
        });

    /// <summary>
    /// Uses a code, once, and keeps what is granted for it; a second use ends that, whenever it comes.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="now">The moment.</param>
    /// <param name="grant">What is granted.</param>
    /// <param name="tokens">Its first tokens.</param>
    /// <returns>Whether it was not used before.</returns>
    public Task<bool> UseAsync(string code, DateTimeOffset now, WalletGrant grant, WalletTokens tokens) =>
        store.Database.WriteAsync(connection =>
        {
            byte[] hash = LearnerSecret.HashOf(code);
            using var update = connection.Prepare(
                "UPDATE wallet_authorization SET used_at = $1 WHERE code = $0 AND used_at IS NULL", 2);
            bool isFirst = update.With(hash, now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
            if (isFirst) WalletGrants.Add(connection, grant, code, tokens);
            else WalletGrants.EndOfCode(connection, hash);
            return isFirst;
        });

    private WalletAuthorization? FindOne(string condition, object value)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM wallet_authorization WHERE {condition}", 1).With(value)
            .ExecuteReader();
        return row.Read()
            ? new WalletAuthorization
            {
                Client = row.GetString(0),
                Redirect = row.GetString(1),
                State = WalletWords.Text(row, 2),
                Challenge = row.GetString(3),
                Forms = WalletWords.Split(row.GetString(4)),
                KeyThumbprint = WalletWords.Text(row, 5),
                Credentials =
                [
                    .. WalletWords.Split(WalletWords.Text(row, 6) ?? "").Select(one => Guid.ParseExact(one, "N")),
                ],
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(8)),
                UsedAt = WalletWords.Moment(row, 9),
                HasDetails = row.GetInt32(10) != 0,
                AttestedKey = WalletWords.Text(row, 11),
            }
            : null;
    }
}

/// <summary>What a wallet asks its learner for.</summary>
public sealed record WalletAuthorization
{
    /// <summary>What the wallet calls itself.</summary>
    public required string Client { get; init; }

    /// <summary>Where the learner is led back to.</summary>
    public required string Redirect { get; init; }

    /// <summary>What is repeated there.</summary>
    public string? State { get; init; }

    /// <summary>The SHA-256 of what the wallet shows with the code, in base64url (RFC 7636).</summary>
    public required string Challenge { get; init; }

    /// <summary>The forms that it asks for, by the names of their configurations.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>Whether it asks by <c>authorization_details</c>, and can be given several credentials.</summary>
    public bool HasDetails { get; init; }

    /// <summary>The thumbprint of the key that its code is bound to (RFC 9449), if it is.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The thumbprint of the key that the wallet's attestation names, if it had to have one.</summary>
    public string? AttestedKey { get; init; }

    /// <summary>The UUIDs of the credentials that the learner allowed.</summary>
    public IReadOnlyList<Guid> Credentials { get; init; } = [];

    /// <summary>When it was asked.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends: the question until it is answered, then the code.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When the code was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }
}
