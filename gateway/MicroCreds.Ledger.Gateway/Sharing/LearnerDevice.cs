using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// The cookie by which a learner's device is known again. It holds a random secret and nothing else; pages of other
/// sites have it sent along only when they lead here, never when they write.
/// </summary>
public static class LearnerDevice
{
    // As long as browsers keep any.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    /// <summary>The device's secret; null if it has none yet.</summary>
    public static string? Of(HttpContext context, SignIn signIn) =>
        context.Request.Cookies[NameOf(signIn)] is { } secret && LearnerSecret.IsOne(secret) ? secret : null;

    /// <summary>Has the browser keep the device's secret, from now on anew.</summary>
    /// <exception cref="ProblemException">
    /// Another site's page sent the form: without the cookie, which it would put another in the place of.
    /// </exception>
    public static void Keep(HttpContext context, SignIn signIn, string secret)
    {
        ForeignSites.RequireOwn(context);
        context.Response.Cookies.Append(NameOf(signIn), secret, OwnCookie.Settings(signIn, Lifetime));
    }

    private static string NameOf(SignIn signIn) => OwnCookie.NameOf("learner", signIn);
}
