using System.Net;
using MicroCreds.Ledger.Gateway.Configuration;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Which ways to sign in there are. Thread-safe.</summary>
public sealed class SignIn(GatewayServiceOptions options)
{
    // Whoever stands between leaves one of these; the last are what ASP.NET makes of those it has evaluated.
    private static readonly string[] Intermediaries =
    [
        "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via", "X-Original-For",
        "X-Original-Host", "X-Original-Proto",
    ];

    /// <summary>The institution.</summary>
    public string MspId => options.MspId;

    /// <summary>How people sign in at their own institution; none if only by a link.</summary>
    public SignOnOptions? Options => options.SignOn;

    /// <summary>Whether tokens of that server are taken.</summary>
    public bool TakesTokens => options.SignOn?.Audience is not null;

    /// <summary>Whether browsers reach the gateway by https alone.</summary>
    public bool IsSecure =>
        (options.PublicUrl ?? options.Listen).StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether this gateway makes one-time links at all; if not, why.</summary>
    public string? WhyNoLinks()
    {
        if (options.SignOn is not null)
            return "People sign in at the institution's own server (OidcAuthority is set).";
        if (!IsLoopback(options.Listen))
            return $"The gateway listens on {options.Listen}, which others can reach: set OidcAuthority.";
        return options.PublicUrl is { } url && !IsLoopback(url)
            ? $"The gateway is reached from outside, at {url}: set OidcAuthority."
            : null;
    }

    /// <summary>
    /// Whether a request was made on the gateway's own machine, by nobody in between: not only does its connection come
    /// from there, its address names that machine, and no proxy has marked it.
    /// </summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
        && context.Connection.LocalIpAddress is { } local && IPAddress.IsLoopback(local)
        && IsLoopback($"http://{context.Request.Host.Value}")
        && !Array.Exists(Intermediaries, context.Request.Headers.ContainsKey);

    /// <summary>Says which claims give roles.</summary>
    public string WhereRolesAre() => options.SignOn is not { } signOn
        ? "this gateway has no rules for logins."
        : "its claims meet none of this gateway's rules (OidcRoles), which look at "
            + string.Join(", ", signOn.Rules.Select(rule => rule.Claim).Distinct()) + ".";

    /// <summary>Whether an address leads to the machine of who asks.</summary>
    internal static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
