using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Sharing;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Refuses what another site's page would have a signed-in browser write: who is known by a cookie alone must show that
/// the request comes from this gateway's own pages. Browsers say so by themselves, and no page can make them say it.
/// </summary>
public static class ForeignSites
{
    /// <summary>Stands after authentication.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next)
    {
        // A learner's device is known by a cookie, too, which a page of the same site might have sent along.
        bool isByCookie = context.User.Identity?.AuthenticationType == SessionCookie.SchemeName
            || LearnerDevice.Of(context, context.RequestServices.GetRequiredService<SignIn>()) is not null
                && !context.Request.Headers.ContainsKey("Authorization") && IsStated(context);
        return isByCookie && IsUnsafe(context.Request.Method) && !IsOwn(context) ? throw Foreign() : next(context);
    }

    /// <summary>Refuses what a browser says to be sent by another site's page, whoever is known by it.</summary>
    /// <exception cref="ProblemException">It is.</exception>
    public static void RequireOwn(HttpContext context)
    {
        if (IsUnsafe(context.Request.Method) && IsStated(context) && !IsOwn(context)) throw Foreign();
    }

    private static ProblemException Foreign() => new(
        ProblemKind.ForeignSite,
        "Who is signed in by a cookie writes from this gateway's own pages alone (Origin, Sec-Fetch-Site). "
        + "Programs send an API key or a token as `Authorization: Bearer …`. Nothing was changed.");

    /// <summary>Whether a request comes from this gateway's own pages.</summary>
    public static bool IsOwn(HttpContext context)
    {
        var headers = context.Request.Headers;
        string site = headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site != "same-origin")
            return false;
        string origin = headers.Origin.ToString();
        if (origin.Length == 0)
            return site == "same-origin";
        string asked = $"{context.Request.Scheme}://{context.Request.Host.Value}";
        return origin.Equals(asked, StringComparison.OrdinalIgnoreCase)
            || origin.Equals(PublicOrigin(context), StringComparison.OrdinalIgnoreCase);
    }

    // Programs state nothing; browsers always do where they post.
    private static bool IsStated(HttpContext context) =>
        context.Request.Headers.ContainsKey("Sec-Fetch-Site") || context.Request.Headers.ContainsKey("Origin");

    private static string? PublicOrigin(HttpContext context) =>
        context.RequestServices.GetRequiredService<GatewayServiceOptions>().PublicUrl is { } url
            ? new Uri(url).GetLeftPart(UriPartial.Authority)
            : null;

    private static bool IsUnsafe(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);
}
