using System.Buffers.Text;
using System.Data.Common;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Who is signed in. A session is in the store under its token's hash: whoever reads the store cannot use one, and one
/// that was ended is ended, whoever has the cookie. Roles are judged anew with each request. Thread-safe.
/// </summary>
public sealed class Sessions(
    GatewayStore store, SignIn signIn, ApiKeyRing keys, GatewayServiceOptions options, TimeProvider time)
{
    private const int TokenBytes = 32;

    /// <summary>How old the noted moment of the last request may be: not every request is to be a write.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);

    /// <summary>Makes a token that nobody guesses.</summary>
    internal static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>What a token is kept as.</summary>
    internal static string HashOf(string token) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Begins the session of a person who signed in at the institution's server, or with a key.</summary>
    /// <param name="person">Who.</param>
    /// <param name="facts">What the rules for roles look at.</param>
    /// <param name="before">The session that the browser had, which ends.</param>
    /// <param name="from">The address that the person came from.</param>
    /// <returns>The token, for the cookie.</returns>
    public async Task<string> BeginAsync(
        Caller person, IReadOnlyDictionary<string, string[]> facts, string? before, string? from)
    {
        string token = NewToken();
        await store.Database.WriteAsync(connection =>
        {
            End(connection, before);
            Insert(connection, token, person, facts, from);
        });
        return token;
    }

    /// <summary>Ends a session, for whoever has its cookie.</summary>
    public Task EndAsync(string token) => store.Database.WriteAsync(connection => End(connection, token));

    /// <summary>The token that a request brings, whatever it is worth; null if it has not the form of one.</summary>
    public string? TokenOf(HttpContext context) =>
        // Most that is asked comes without any, and a name is made for each question.
        context.Request.Headers.Cookie.Count > 0 && context.Request.Cookies[SessionCookie.NameOf(signIn)] is { } token
            && Base64Url.IsValid(token, out int bytes) && bytes == TokenBytes
            ? token
            : null;

    /// <summary>Finds who is signed in; none if the session has ended.</summary>
    public async ValueTask<ClaimsPrincipal?> FindAsync(HttpContext context)
    {
        if (TokenOf(context) is not { } token || Read(HashOf(token)) is not { } session)
            return null;
        var now = time.GetUtcNow();
        if (now >= session.BeganAt + options.SessionLifetime || now >= session.SeenAt + options.SessionIdle
            || await RolesOfAsync(session, context) is not { } roles)
            return null;
        if (now - session.SeenAt > Freshness || now - session.SeenAt > options.SessionIdle / 4)
            await TryTouchAsync(session.Hash, now);
        return session.Caller.With(roles, SessionCookie.SchemeName);
    }

    /// <summary>Begins a session inside the writer's transaction, and notes it there.</summary>
    internal void Insert(
        DbConnection connection, string token, Caller person, IReadOnlyDictionary<string, string[]> facts,
        string? from)
    {
        var moment = time.GetUtcNow();
        long now = moment.ToUnixTimeMilliseconds();
        AuditLog.Append(
            connection, new AuditDraft(AuditPhase.Done, person, AuditActions.SignedIn, Subject: null, from), moment);
        using var sweep = connection.Prepare("DELETE FROM sign_in_session WHERE began_at <= $0", 1);
        sweep.With(now - (long)options.SessionLifetime.TotalMilliseconds).ExecuteNonQuery();
        using var insert = connection.Prepare(
            """
            INSERT INTO sign_in_session (hash, kind, subject, name, facts, began_at, seen_at)
              VALUES ($0, $1, $2, $3, $4, $5, $5)
            """, 6);
        insert.With(HashOf(token), person.Kind, person.Id, person.Name, JsonSerializer.Serialize(facts), now)
            .ExecuteNonQuery();
    }

    /// <summary>Ends a session inside the writer's transaction.</summary>
    internal static void End(DbConnection connection, string? token)
    {
        if (token is null)
            return;
        using var delete = connection.Prepare("DELETE FROM sign_in_session WHERE hash = $0", 1);
        delete.With(HashOf(token)).ExecuteNonQuery();
    }

    /// <summary>What somebody may do now; null if the session no longer counts.</summary>
    private async ValueTask<IReadOnlyList<string>?> RolesOfAsync(StoredSession session, HttpContext context)
    {
        if (session.Caller.Kind == CallerKind.Person)
            return signIn.Options is { } signOn ? RoleRule.RolesOf(signOn.Rules, session.Facts) : null;

        // Who came with a key may what the key may, as long as it is in force.
        if (session.Caller.Kind == CallerKind.Key)
            return (await keys.FindInForceAsync(session.Caller.Id, context.RequestAborted))?.Roles;

        // A link is worth no more than the key that it was made with, and only where it was made.
        bool counts = signIn.WhyNoLinks() is null && SignIn.IsLocal(context)
            && await keys.FindInForceAsync(session.Caller.Id, context.RequestAborted) is not null;
        return counts ? [GatewayRoles.Registrar] : null;
    }

    private StoredSession? Read(string hash)
    {
        using var reader = store.Database.Read();
        using var row = reader.Prepare(
                "SELECT kind, subject, name, facts, began_at, seen_at FROM sign_in_session WHERE hash = $0", 1)
            .With(hash).ExecuteReader();
        return row.Read()
            ? new StoredSession(
                hash, new Caller(row.GetString(0), row.GetString(1), row.GetString(2)),
                JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.GetString(3))!,
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)))
            : null;
    }

    // A store that takes no writes, as on a full disk, is no reason to refuse who only reads.
    private async Task TryTouchAsync(string hash, DateTimeOffset now)
    {
        try
        {
            await store.Database.WriteAsync(connection =>
            {
                using var update = connection.Prepare("UPDATE sign_in_session SET seen_at = $1 WHERE hash = $0", 2);
                update.With(hash, now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            });
        }
        catch (Exception exception) when (StoreUnavailableException.Of(exception) is not null)
        {
            // The next request tries again.
        }
    }

    private sealed record StoredSession(
        string Hash, Caller Caller, Dictionary<string, string[]> Facts, DateTimeOffset BeganAt, DateTimeOffset SeenAt);
}
