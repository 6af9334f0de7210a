using System.Security.Claims;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Who asks: a person, or a program by its key or token.</summary>
/// <param name="Kind">One of <see cref="CallerKind"/>.</param>
/// <param name="Id">The key's id, or the subject as the OpenID Connect server names it.</param>
/// <param name="Name">What the key or the person is called.</param>
public sealed record Caller(string Kind, string Id, string Name)
{
    private const string KindClaim = "microcreds:kind";

    /// <summary>The gateway itself, where nobody asked.</summary>
    public static readonly Caller Gateway = new(CallerKind.Gateway, "gateway", "gateway");

    /// <summary>Who a request is from; none without a login.</summary>
    public static Caller? Of(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true }
            && user.FindFirstValue(KindClaim) is { } kind && user.FindFirstValue(ClaimTypes.NameIdentifier) is { } id
            ? new Caller(kind, id, user.FindFirstValue(ClaimTypes.Name) ?? id)
            : null;

    /// <summary>Who a request is from that needed a login to come this far.</summary>
    public static Caller Require(ClaimsPrincipal user) =>
        Of(user) ?? throw new InvalidOperationException("The address asks for no login, and somebody must answer.");

    /// <summary>Whether somebody has any role here, and may know who did what.</summary>
    public static bool HasRole(ClaimsPrincipal user) => GatewayRoles.All.Any(user.IsInRole);

    /// <summary>The caller with roles, to be judged by <see cref="RolePolicies"/>.</summary>
    public ClaimsPrincipal With(IEnumerable<string> roles, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, Id), new Claim(ClaimTypes.Name, Name), new Claim(KindClaim, Kind),
            .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
        ],
        scheme));
}

/// <summary>The kinds of callers.</summary>
public static class CallerKind
{
    /// <summary>An API key.</summary>
    public const string Key = "key";

    /// <summary>A person who signed in at the institution's OpenID Connect server.</summary>
    public const string Person = "person";

    /// <summary>A program with a token of that server.</summary>
    public const string Token = "token";

    /// <summary>Who opened a one-time link on the gateway's own machine; the id is its key's.</summary>
    public const string Link = "link";

    /// <summary>The gateway itself.</summary>
    public const string Gateway = "gateway";
}
