using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// The cookie by which the browser is known again that asked a wallet: a random secret for each request, which ends
/// when that is forgotten.
/// </summary>
internal static class AskingBrowser
{
    private const string Prefix = "microcreds-asks-";

    // As long as a wallet may take, and an answer may be kept.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(70);

    /// <summary>The browser's secret of a request; null if it did not make it.</summary>
    public static string? Of(HttpContext context, SignIn signIn, string id) =>
        context.Request.Cookies[NameOf(signIn, id)] is { } secret && LearnerSecret.IsOne(secret) ? secret : null;

    /// <summary>Has the browser keep it.</summary>
    public static void Keep(HttpContext context, SignIn signIn, string id, string secret) =>
        context.Response.Cookies.Append(NameOf(signIn, id), secret, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            Path = "/",
            MaxAge = Lifetime,

            // Lax, since a wallet leads back here.
            SameSite = SameSiteMode.Lax,
            Secure = signIn.IsSecure,
        });

    private static string NameOf(SignIn signIn, string id) => $"{Prefix}{SessionCookie.MarkOf(signIn.MspId)}-{id}";
}
