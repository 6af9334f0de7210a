using MicroCreds.Ledger.Store;
using System.Globalization;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// One-time links with which somebody on the gateway's own machine is signed in as a registrar, so that a newcomer
/// needs no server for it. Only a link's hash is kept. Thread-safe.
/// </summary>
public sealed class SignInLinks(GatewayStore store, Sessions sessions, TimeProvider time)
{
    /// <summary>How long a link may wait.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    /// <summary>Makes a link.</summary>
    /// <param name="keyId">The API key that asks for it: the link is worth no more than that.</param>
    /// <returns>Its secret, and until when it can be used.</returns>
    public async Task<(string Secret, DateTimeOffset ExpiresAt)> CreateAsync(string keyId)
    {
        string secret = Sessions.NewToken();
        var now = time.GetUtcNow();
        await store.Database.WriteAsync(connection =>
        {
            using var sweep = connection.Prepare("DELETE FROM sign_in_link WHERE expires_at <= $0", 1);
            sweep.With(now.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            using var insert = connection.Prepare(
                "INSERT INTO sign_in_link (hash, key_id, expires_at) VALUES ($0, $1, $2)", 3);
            insert.With(Sessions.HashOf(secret), keyId, (now + Lifetime).ToUnixTimeMilliseconds()).ExecuteNonQuery();
        });
        return (secret, now + Lifetime);
    }

    /// <summary>Uses a link up, and begins a session.</summary>
    /// <param name="secret">The link's secret.</param>
    /// <param name="before">The session that the browser had, which ends.</param>
    /// <param name="from">The address that the person came from.</param>
    /// <returns>The session's token and whose it is; null if the link is unknown, used up or too old.</returns>
    public Task<(string Token, Caller Caller)?> RedeemAsync(string secret, string? before, string? from) =>
        store.Database.WriteAsync<(string Token, Caller Caller)?>(connection =>
        {
            // Deleted and looked at in one statement: of two that come at once, one finds nothing.
            using var take = connection.Prepare(
                "DELETE FROM sign_in_link WHERE hash = $0 AND expires_at > $1 RETURNING key_id", 2);
            object? keyId = take.With(Sessions.HashOf(secret), time.GetUtcNow().ToUnixTimeMilliseconds())
                .ExecuteScalar();
            if (keyId is null)
                return null;
            string token = Sessions.NewToken();
            using var named = connection.Prepare("SELECT name FROM api_key WHERE id = $0", 1);
            var caller = new Caller(
                CallerKind.Link, Convert.ToString(keyId, CultureInfo.InvariantCulture)!,
                named.With(keyId).ExecuteScalar() as string ?? FirstKey.Name);
            Sessions.End(connection, before);
            sessions.Insert(connection, token, caller, new Dictionary<string, string[]>(), from);
            return (token, caller);
        });
}
