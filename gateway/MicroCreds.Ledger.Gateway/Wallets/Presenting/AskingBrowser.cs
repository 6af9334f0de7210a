using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// The cookie by which the browser is known again that asked wallets: one random secret, however often it asks, which
/// ends when the last of what it asked is forgotten.
/// </summary>
internal static class AskingBrowser
{
    private const string Prefix = "microcreds-asks";

    // As long as a wallet may take, and an answer may be kept.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(70);

    /// <summary>The browser's secret; null if it has asked nothing of late.</summary>
    public static string? Of(HttpContext context, SignIn signIn) =>
        context.Request.Cookies[NameOf(signIn)] is { } secret && LearnerSecret.IsOne(secret) ? secret : null;

    /// <summary>Has the browser keep it, from now on as long as what it asks now may last.</summary>
    public static void Keep(HttpContext context, SignIn signIn, string secret) =>
        context.Response.Cookies.Append(NameOf(signIn), secret, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            Path = "/",
            MaxAge = Lifetime,

            // Lax, since a wallet leads back here.
            SameSite = SameSiteMode.Lax,
            Secure = signIn.IsSecure,
        });

    private static string NameOf(SignIn signIn) => $"{Prefix}-{SessionCookie.MarkOf(signIn.MspId)}";
}
