using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Problems;
using Microsoft.AspNetCore.Authentication;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Knows a caller by <c>Authorization: Bearer &lt;API key&gt;</c>. Not built on ASP.NET's own base class: that brings
/// Data Protection along, which writes keys of its own to the disk and which nothing here needs.
/// </summary>
public sealed class ApiKeyAuthentication(ApiKeyRing keys) : IAuthenticationHandler
{
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";

    private HttpContext _context = null!;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync()
    {
        string header = _context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await keys.IdentifyAsync(header[Bearer.Length..].Trim(), _context.RequestAborted) is not { } key)
            return AuthenticateResult.Fail("The API key is not known.");
        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(key), SchemeName));
    }

    /// <summary>Who a caller with a key is, to be judged by <see cref="RolePolicies"/>.</summary>
    public static ClaimsPrincipal PrincipalOf(ApiKey key)
    {
        var roles = key.Roles.Select(role => new Claim(ClaimTypes.Role, role));
        return new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, key.Id), .. roles], SchemeName));
    }

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        _context.Response.Headers.WWWAuthenticate = Bearer.TrimEnd();
        bool sent = _context.Request.Headers.ContainsKey("Authorization");
        return ProblemResponse.WriteAsync(
            _context, ProblemKind.Unauthenticated,
            sent
                ? "The API key is not known here, or it was withdrawn: ask a registrar for one."
                : "Send an API key as `Authorization: Bearer <key>`; a registrar makes them at POST /v1/api-keys.");
    }

    public Task ForbidAsync(AuthenticationProperties? properties) =>
        ProblemResponse.WriteAsync(
            _context, ProblemKind.Forbidden,
            "This API key lacks the role that this address asks for; a registrar can make one that has it.");
}
