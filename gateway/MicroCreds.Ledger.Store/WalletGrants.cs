using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// What wallets may fetch, the tokens that they do so with, and what they fetched. The store has hashes of tokens
/// alone. Thread-safe.
/// </summary>
public sealed class WalletGrants(GatewayStore store)
{
    /// <summary>The most that wait to be fetched later by one grant.</summary>
    public const int MaxDeferrals = 100;

    private const string Columns =
        "id, client, request, forms, key_thumbprint, access_ends, refresh_ends, created_at, attested, has_details";

    /// <summary>Keeps a grant with its first tokens, within the write that uses its code.</summary>
    /// <param name="connection">That write's.</param>
    /// <param name="grant">The grant.</param>
    /// <param name="code">The code that it was got by.</param>
    /// <param name="tokens">The tokens.</param>
    internal static void Add(DbConnection connection, WalletGrant grant, string code, WalletTokens tokens)
    {
        using var insert = connection.Prepare(
            "INSERT INTO wallet_grant VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", 13);
        insert.With(
            grant.Id, LearnerSecret.HashOf(code), grant.Client, grant.Request, WalletWords.Join(grant.Forms),
            grant.KeyThumbprint, LearnerSecret.HashOf(tokens.Access), grant.AccessEnds.ToUnixTimeMilliseconds(),
            LearnerSecret.HashOf(tokens.Refresh), grant.RefreshEnds.ToUnixTimeMilliseconds(),
            grant.CreatedAt.ToUnixTimeMilliseconds(), grant.AttestedKey, grant.HasDetails ? 1 : 0).ExecuteNonQuery();
        foreach (var credential in grant.Credentials) AddPart(connection, grant.Id, credential);
    }

    /// <summary>Ends what was got by a code, which somebody used a second time: one of the two is a thief.</summary>
    internal static void EndOfCode(DbConnection connection, byte[] hash) => End(connection, "source = $0", hash);

    /// <summary>Finds the grant of an access token, be it over or not.</summary>
    public WalletGrant? FindByAccess(string token) =>
        LearnerSecret.IsOne(token) ? FindOne("access = $0", LearnerSecret.HashOf(token)) : null;

    /// <summary>Finds the grant of a refresh token, be it over or not.</summary>
    public WalletGrant? FindByRefresh(string token) => FindOne("refresh = $0", LearnerSecret.HashOf(token));

    /// <summary>Finds the grant that a refresh token was of before another took its place.</summary>
    public WalletGrant? FindByEarlierRefresh(string token) =>
        WalletTokens.GrantOf(token) is { } grant ? FindOne("id = $0", grant) : null;

    /// <summary>Gives a grant new tokens in the place of those before.</summary>
    /// <returns>Whether its refresh token was still the one that is known.</returns>
    public Task<bool> RefreshAsync(
        string token, WalletTokens tokens, DateTimeOffset accessEnds, DateTimeOffset refreshEnds)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                """
                UPDATE wallet_grant SET access = $1, access_ends = $2, refresh = $3, refresh_ends = $4
                  WHERE refresh = $0
                """, 5);
            return update.With(
                LearnerSecret.HashOf(token), LearnerSecret.HashOf(tokens.Access), accessEnds.ToUnixTimeMilliseconds(),
                LearnerSecret.HashOf(tokens.Refresh), refreshEnds.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });
    }

    /// <summary>Ends a grant, with all that may be fetched by it.</summary>
    public Task EndAsync(string grant) => store.Database.WriteAsync(connection => End(connection, "id = $0", grant));

    /// <summary>Lets a grant give another credential, too: the one that takes the place of an earlier one.</summary>
    public Task AddAsync(string grant, Guid credential) =>
        store.Database.WriteAsync(connection => AddPart(connection, grant, credential));

    /// <summary>Keeps what is to be fetched later.</summary>
    /// <returns>Whether it is kept: not if as many wait for the grant as may.</returns>
    public Task<bool> DeferAsync(WalletDeferral deferral, string transaction)
    {
        ArgumentNullException.ThrowIfNull(deferral);
        return store.Database.WriteAsync(connection =>
        {
            using var count = connection.Prepare(
                "SELECT COUNT(*) FROM wallet_deferral WHERE grant_id = $0 AND fetched_at IS NULL", 1);
            if ((long)count.With(deferral.Grant).ExecuteScalar()! >= MaxDeferrals) return false;
            using var insert = connection.Prepare(
                "INSERT INTO wallet_deferral VALUES ($0, $1, $2, $3, $4, NULL, $5)", 6);
            insert.With(
                LearnerSecret.HashOf(transaction), deferral.Grant, deferral.Form, WalletWords.Join(deferral.Keys),
                deferral.CreatedAt.ToUnixTimeMilliseconds(),
                deferral.Credential?.ToByteArray(bigEndian: true)).ExecuteNonQuery();
            return true;
        });
    }

    /// <summary>Finds what is to be fetched later and was not yet.</summary>
    public WalletDeferral? FindDeferral(string grant, string transaction)
    {
        if (!LearnerSecret.IsOne(transaction)) return null;
        using var reader = store.Database.Read();
        using var row = reader.Prepare(
            """
            SELECT form, keys, created_at, credential FROM wallet_deferral
              WHERE hash = $0 AND grant_id = $1 AND fetched_at IS NULL
            """, 2).With(LearnerSecret.HashOf(transaction), grant).ExecuteReader();
        return row.Read()
            ? new WalletDeferral(
                grant, row.GetString(0), WalletWords.Split(row.GetString(1)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2)),
                row.IsDBNull(3) ? null : new Guid(row.GetFieldValue<byte[]>(3), bigEndian: true))
            : null;
    }

    /// <summary>Notes that it was fetched.</summary>
    /// <returns>Whether it was not before.</returns>
    public Task<bool> EndDeferralAsync(string transaction, DateTimeOffset now) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE wallet_deferral SET fetched_at = $1 WHERE hash = $0 AND fetched_at IS NULL", 2);
            return update.With(LearnerSecret.HashOf(transaction), now.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
        });

    /// <summary>Notes that a wallet fetched a credential.</summary>
    /// <param name="copy">What it fetched.</param>
    /// <param name="notice">By what the wallet may say what became of it.</param>
    public Task NoteCopyAsync(WalletCopy copy, string notice)
    {
        ArgumentNullException.ThrowIfNull(copy);
        return store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO wallet_copy SELECT $0, $1, c.id, $3, $4, $5, NULL, NULL FROM credential c WHERE c.id = $2
                """, 6);
            insert.With(
                LearnerSecret.HashOf(notice), copy.Grant, copy.Credential.ToByteArray(bigEndian: true), copy.Form,
                copy.Copies, copy.FetchedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });
    }

    /// <summary>Notes what a wallet says of what it fetched; said again it is noted again.</summary>
    /// <returns>Whether such a thing was fetched by the grant.</returns>
    public Task<bool> TellAsync(string grant, string notice, string happened, DateTimeOffset now) =>
        store.Database.WriteAsync(connection =>
        {
            using var update = connection.Prepare(
                "UPDATE wallet_copy SET event = $2, told_at = $3 WHERE notice = $0 AND grant_id = $1", 4);
            return update.With(LearnerSecret.HashOf(notice), grant, happened, now.ToUnixTimeMilliseconds())
                .ExecuteNonQuery() > 0;
        });

    /// <summary>Lists what wallets fetched of a credential, the newest first.</summary>
    public IReadOnlyList<WalletCopy> List(Guid credential)
    {
        const int Most = 50;
        using var reader = store.Database.Read();
        using var rows = reader.Prepare(
            """
            SELECT grant_id, form, copies, fetched_at, event FROM wallet_copy WHERE credential = $0
              ORDER BY fetched_at DESC, notice LIMIT $1
            """, 2).With(credential.ToByteArray(bigEndian: true), Most).ExecuteReader();
        var found = new List<WalletCopy>();
        while (rows.Read())
        {
            found.Add(new WalletCopy(
                rows.GetString(0), credential, rows.GetString(1), rows.GetInt32(2),
                DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(3)), WalletWords.Text(rows, 4)));
        }

        return found;
    }

    /// <summary>Uses what may be used once.</summary>
    /// <param name="hash">The SHA-256 of what it is.</param>
    /// <param name="endsAt">Until when it would be taken, if it were not used.</param>
    /// <returns>Whether it was not used before.</returns>
    public Task<bool> UseOnceAsync(byte[] hash, DateTimeOffset endsAt) => store.Database.WriteAsync(connection =>
    {
        using var insert = connection.Prepare(
            "INSERT INTO wallet_used VALUES ($0, $1) ON CONFLICT (hash) DO NOTHING", 2);
        return insert.With(hash, endsAt.ToUnixTimeMilliseconds()).ExecuteNonQuery() > 0;
    });

    /// <summary>Forgets all that is over: offers, authorizations, tokens, and what was used once.</summary>
    /// <param name="now">The moment.</param>
    /// <param name="kept">How long what ended stays, so that who comes late is told why.</param>
    public Task SweepAsync(DateTimeOffset now, TimeSpan kept) => store.Database.WriteAsync(connection =>
    {
        long before = (now - kept).ToUnixTimeMilliseconds();
        WalletOffers.Sweep(connection, before);
        Delete("DELETE FROM wallet_authorization WHERE expires_at < $0", before);
        Delete("DELETE FROM wallet_grant WHERE refresh_ends < $0", before);

        // Whoever comes late with these is told nothing by them.
        long moment = now.ToUnixTimeMilliseconds();
        Delete("DELETE FROM wallet_authorization WHERE code IS NULL AND expires_at <= $0", moment);
        Delete("DELETE FROM wallet_used WHERE ends_at < $0", moment);
        using var parts = connection.Prepare(
            "DELETE FROM wallet_grant_part WHERE grant_id NOT IN (SELECT id FROM wallet_grant)", 0);
        parts.ExecuteNonQuery();
        using var deferrals = connection.Prepare(
            "DELETE FROM wallet_deferral WHERE grant_id NOT IN (SELECT id FROM wallet_grant)", 0);
        deferrals.ExecuteNonQuery();

        void Delete(string sql, long until)
        {
            using var delete = connection.Prepare(sql, 1);
            delete.With(until).ExecuteNonQuery();
        }
    });

    private static void End(DbConnection connection, string condition, object value)
    {
        using var parts = connection.Prepare(
            $"DELETE FROM wallet_grant_part WHERE grant_id IN (SELECT id FROM wallet_grant WHERE {condition})", 1);
        parts.With(value).ExecuteNonQuery();
        using var delete = connection.Prepare($"DELETE FROM wallet_grant WHERE {condition}", 1);
        delete.With(value).ExecuteNonQuery();
    }

    private static void AddPart(DbConnection connection, string grant, Guid credential)
    {
        // One that was erased meanwhile is not fetched any more.
        using var insert = connection.Prepare(
            """
            INSERT INTO wallet_grant_part SELECT $0, c.id FROM credential c WHERE c.id = $1 ON CONFLICT DO NOTHING
            """, 2);
        insert.With(grant, credential.ToByteArray(bigEndian: true)).ExecuteNonQuery();
    }

    private WalletGrant? FindOne(string condition, object value)
    {
        using var reader = store.Database.Read();
        WalletGrant grant;
        using (var row = reader.Prepare($"SELECT {Columns} FROM wallet_grant WHERE {condition}", 1).With(value)
            .ExecuteReader())
        {
            if (!row.Read()) return null;
            grant = new WalletGrant
            {
                Id = row.GetString(0),
                Client = WalletWords.Text(row, 1),
                Request = WalletWords.Text(row, 2),
                Forms = WalletWords.Split(row.GetString(3)),
                KeyThumbprint = WalletWords.Text(row, 4),
                AccessEnds = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
                RefreshEnds = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(7)),
                AttestedKey = WalletWords.Text(row, 8),
                HasDetails = row.GetInt32(9) != 0,
                Credentials = [],
            };
        }

        using var parts = reader.Prepare(
            "SELECT credential FROM wallet_grant_part WHERE grant_id = $0 ORDER BY credential", 1).With(grant.Id)
            .ExecuteReader();
        var credentials = new List<Guid>();
        while (parts.Read()) credentials.Add(new Guid(parts.GetFieldValue<byte[]>(0), bigEndian: true));
        return grant with { Credentials = credentials };
    }
}

/// <summary>What a wallet may fetch.</summary>
public sealed record WalletGrant
{
    /// <summary>Names it; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>What the wallet calls itself, if it does.</summary>
    public string? Client { get; init; }

    /// <summary>The request that will become the credential.</summary>
    public string? Request { get; init; }

    /// <summary>The UUIDs of the credentials.</summary>
    public required IReadOnlyList<Guid> Credentials { get; init; }

    /// <summary>The forms that they may be fetched in, by the names of their configurations.</summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>The thumbprint of the key that its tokens are bound to (RFC 9449), if they are.</summary>
    public string? KeyThumbprint { get; init; }

    /// <summary>The thumbprint of the key that the wallet's attestation named, if it had to have one.</summary>
    public string? AttestedKey { get; init; }

    /// <summary>Whether the wallet asked by <c>authorization_details</c>, and is told by them. Default is no.</summary>
    public bool HasDetails { get; init; }

    /// <summary>When its access token ends.</summary>
    public required DateTimeOffset AccessEnds { get; init; }

    /// <summary>When its refresh token ends.</summary>
    public required DateTimeOffset RefreshEnds { get; init; }

    /// <summary>When it was given.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The tokens of a grant. Secret: never log them.</summary>
/// <param name="Access">The access token.</param>
/// <param name="Refresh">The refresh token.</param>
public sealed record WalletTokens(string Access, string Refresh)
{
    private const char Separator = '.';

    /// <summary>Draws two of a grant, which the refresh token names, so that an earlier one is known.</summary>
    public static WalletTokens Draw(string grant) =>
        new(LearnerSecret.Draw(), grant + Separator + LearnerSecret.Draw());

    /// <summary>The grant that a refresh token says to be of.</summary>
    internal static string? GrantOf(string refreshToken)
    {
        string[] parts = refreshToken.Split(Separator);
        return parts is [{ Length: > 0 }, var secret] && LearnerSecret.IsOne(secret) ? parts[0] : null;
    }
}

/// <summary>What is to be fetched later.</summary>
/// <param name="Grant">The grant that it is asked for by.</param>
/// <param name="Form">The form, by the name of its configuration.</param>
/// <param name="Keys">The Multikeys of the copies.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="Credential">The UUID of the credential. Default is the only one of the grant.</param>
public sealed record WalletDeferral(
    string Grant, string Form, IReadOnlyList<string> Keys, DateTimeOffset CreatedAt, Guid? Credential = null);

/// <summary>What a wallet fetched.</summary>
/// <param name="Grant">The grant that it was fetched by.</param>
/// <param name="Credential">The UUID of the credential.</param>
/// <param name="Form">The form, by the name of its configuration.</param>
/// <param name="Copies">How many copies, each bound to a key of its own.</param>
/// <param name="FetchedAt">When.</param>
/// <param name="Event">What the wallet said of it last.</param>
public sealed record WalletCopy(
    string Grant, Guid Credential, string Form, int Copies, DateTimeOffset FetchedAt, string? Event);
