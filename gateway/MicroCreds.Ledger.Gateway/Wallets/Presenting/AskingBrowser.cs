using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// The cookie by which the browser is known again that asked wallets: one random secret, however often it asks, which
/// ends when the last of what it asked is forgotten.
/// </summary>
internal static class AskingBrowser
{
    // As long as a wallet may take, and an answer may be kept.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(70);

    /// <summary>The browser's secret; null if it has asked nothing of late.</summary>
    public static string? Of(HttpContext context, SignIn signIn) =>
        context.Request.Cookies[NameOf(signIn)] is { } secret && LearnerSecret.IsOne(secret) ? secret : null;

    /// <summary>Has the browser keep it, from now on as long as what it asks now may last.</summary>
    public static void Keep(HttpContext context, SignIn signIn, string secret) =>
        context.Response.Cookies.Append(NameOf(signIn), secret, OwnCookie.Settings(signIn, Lifetime));

    private static string NameOf(SignIn signIn) => OwnCookie.NameOf("asks", signIn);
}
