using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// Offers by which a wallet fetches a credential: each is read at an address with a secret in it, and its code is used
/// once. Thread-safe.
/// </summary>
public sealed class WalletOffers(GatewayStore store)
{
    /// <summary>The most offers of one credential that were neither used nor have ended.</summary>
    public const int MaxOpen = 20;

    /// <summary>How often a transaction code may be wrong; after that the offer is over.</summary>
    public const int MaxAttempts = 5;

    private const string Columns =
        "id, credential, request, forms, transaction_code, attempts, created_at, expires_at, used_at";

    /// <summary>Keeps an offer.</summary>
    /// <param name="offer">The offer.</param>
    /// <param name="secret">What its address ends in.</param>
    /// <param name="transactionCode">What its learner has to be asked for besides. Default is nothing.</param>
    /// <returns>Whether it is kept: not if there are too many, or its credential is gone.</returns>
    public Task<bool> AddAsync(WalletOffer offer, string secret, string? transactionCode)
    {
        ArgumentNullException.ThrowIfNull(offer);
        byte[]? credential = offer.Credential?.ToByteArray(bigEndian: true);
        string code = CodeOf(secret);
        return store.Database.WriteAsync(connection =>
        {
            if (credential is not null)
            {
                using var exists = connection.Prepare("SELECT 1 FROM credential WHERE id = $0", 1);
                if (exists.With(credential).ExecuteScalar() is null) return false;
                using var count = connection.Prepare(
                    """
                    SELECT count(*) FROM wallet_offer WHERE credential = $0 AND used_at IS NULL AND expires_at > $1
                    """, 2);
                if ((long)count.With(credential, offer.CreatedAt.ToUnixTimeMilliseconds()).ExecuteScalar()! >= MaxOpen)
                    return false;
            }

            using var insert = connection.Prepare(
                "INSERT INTO wallet_offer VALUES ($0, $1, $2, $3, $4, $5, $6, 0, $7, $8, NULL)", 9);
            insert.With(
                LearnerSecret.HashOf(secret), LearnerSecret.HashOf(code), offer.Id, credential, offer.Request,
                WalletWords.Join(offer.Forms), transactionCode is null ? null : HashOf(code, transactionCode),
                offer.CreatedAt.ToUnixTimeMilliseconds(), offer.ExpiresAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>The code of an offer, for who has its secret.</summary>
    public static string CodeOf(string secret) => LearnerSecret.Derive(secret, "wallet:code");

    /// <summary>Finds an offer by the secret that its address ends in.</summary>
    public WalletOffer? Find(string secret) =>
        LearnerSecret.IsOne(secret) ? FindOne("hash = $0", LearnerSecret.HashOf(secret)) : null;

    /// <summary>Finds an offer by its code.</summary>
    public WalletOffer? FindByCode(string code) =>
        LearnerSecret.IsOne(code) ? FindOne("code = $0", LearnerSecret.HashOf(code)) : null;

    /// <summary>
    /// Uses an offer's code, once, and keeps what is granted for it; a second use ends that, whenever it comes. Who
    /// does not have the transaction code uses nothing, and ends nothing.
    /// </summary>
    /// <param name="code">The code.</param>
    /// <param name="transactionCode">What the learner was asked for.</param>
    /// <param name="now">The moment.</param>
    /// <param name="grant">What is granted.</param>
    /// <param name="tokens">Its first tokens.</param>
    public Task<WalletOfferUse> UseAsync(
        string code, string? transactionCode, DateTimeOffset now, WalletGrant grant, WalletTokens tokens) =>
        store.Database.WriteAsync(connection =>
        {
            if (FindByCode(code) is not { } offer) return WalletOfferUse.Unknown;
            if (offer.Attempts >= MaxAttempts) return WalletOfferUse.Locked;
            byte[] hash = LearnerSecret.HashOf(code);
            if (offer.TransactionCode is { } expected
                && !CryptographicOperations.FixedTimeEquals(expected, HashOf(code, transactionCode ?? "")))
            {
                using var count = connection.Prepare(
                    "UPDATE wallet_offer SET attempts = attempts + 1 WHERE code = $0", 1);
                count.With(hash).ExecuteNonQuery();
                return WalletOfferUse.WrongCode;
            }

            if (offer.UsedAt is null && now >= offer.ExpiresAt) return WalletOfferUse.Expired;
            using var use = connection.Prepare(
                "UPDATE wallet_offer SET used_at = $1 WHERE code = $0 AND used_at IS NULL AND attempts < $2", 3);
            bool isFirst = use.With(hash, now.ToUnixTimeMilliseconds(), MaxAttempts).ExecuteNonQuery() > 0;
            if (isFirst) WalletGrants.Add(connection, grant, code, tokens);
            else WalletGrants.EndOfCode(connection, hash);
            return isFirst ? WalletOfferUse.Taken : WalletOfferUse.Used;
        });

    /// <summary>Forgets offers that ended before a moment.</summary>
    internal static void Sweep(DbConnection connection, long before)
    {
        using var delete = connection.Prepare("DELETE FROM wallet_offer WHERE expires_at < $0", 1);
        delete.With(before).ExecuteNonQuery();
    }

    // With the offer's own code as the key: whoever reads the store alone cannot try the few codes that there are.
    private static byte[] HashOf(string code, string transactionCode) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(code), Encoding.UTF8.GetBytes(transactionCode));

    private WalletOffer? FindOne(string condition, object value)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare($"SELECT {Columns} FROM wallet_offer WHERE {condition}", 1).With(value)
            .ExecuteReader();
        return row.Read()
            ? new WalletOffer
            {
                Id = row.GetString(0),
                Credential = row.IsDBNull(1) ? null : new Guid(row.GetFieldValue<byte[]>(1), bigEndian: true),
                Request = row.IsDBNull(2) ? null : row.GetString(2),
                Forms = WalletWords.Split(row.GetString(3)),
                TransactionCode = row.IsDBNull(4) ? null : row.GetFieldValue<byte[]>(4),
                Attempts = row.GetInt32(5),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
                ExpiresAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                UsedAt = WalletWords.Moment(row, 8),
            }
            : null;
    }
}

/// <summary>What became of the use of an offer's code.</summary>
public enum WalletOfferUse
{
    /// <summary>It was good, and is used now.</summary>
    Taken,

    /// <summary>No offer has it.</summary>
    Unknown,

    /// <summary>It was used before.</summary>
    Used,

    /// <summary>The offer has ended.</summary>
    Expired,

    /// <summary>The transaction code was wrong.</summary>
    WrongCode,

    /// <summary>The transaction code was wrong too often.</summary>
    Locked,
}

/// <summary>An offer of a credential to a wallet.</summary>
public sealed record WalletOffer
{
    /// <summary>Names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>The UUID of the credential that it is for.</summary>
    public Guid? Credential { get; init; }

    /// <summary>Or the request that will become one.</summary>
    public string? Request { get; init; }

    /// <summary>The forms that it may be fetched in, by the names of their configurations.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When its code was used.</summary>
    public DateTimeOffset? UsedAt { get; init; }

    /// <summary>How often its transaction code was wrong.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether its learner is asked for a transaction code.</summary>
    public bool AsksForCode => TransactionCode is not null;

    internal byte[]? TransactionCode { get; init; }
}
