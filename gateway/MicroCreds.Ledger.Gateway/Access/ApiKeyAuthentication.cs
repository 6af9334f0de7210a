using System.Security.Claims;
using MicroCreds.Ledger.Gateway.Desk;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Store;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Knows a caller by <c>Authorization: Bearer</c> with an API key or a token of the institution's OpenID Connect
/// server, or else by the session that a cookie names. A request that shows a key or token is judged by that alone.
/// Who looks at the desk without a login is led to where one signs in; all others are told in a problem.
/// </summary>
public sealed class ApiKeyAuthentication(ApiKeyRing keys, Sessions sessions, SignIn signIn) : IAuthenticationHandler
{
    public const string SchemeName = "ApiKey";

    private const string Bearer = "Bearer ";

    private HttpContext _context = null!;
    private Exception? _failure;
    private bool _isServerAway;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public async Task<AuthenticateResult> AuthenticateAsync()
    {
        string header = _context.Request.Headers.Authorization.ToString();
        if (header.Length == 0)
        {
            return await FindPersonAsync() is { } person
                ? AuthenticateResult.Success(new AuthenticationTicket(person, SessionCookie.SchemeName))
                : AuthenticateResult.NoResult();
        }

        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        string sent = header[Bearer.Length..].Trim();
        if (BearerTokens.IsToken(sent) && signIn.TakesTokens)
        {
            var result = await _context.AuthenticateAsync(BearerTokens.SchemeName);
            _failure = result.Failure;
            _isServerAway = _failure is not null && await BearerTokens.IsServerAwayAsync(_context, _failure);
            return result;
        }

        if (await keys.IdentifyAsync(sent, _context.RequestAborted) is not { } key)
            return AuthenticateResult.Fail("The API key is not known.");
        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(key), SchemeName));
    }

    /// <summary>Who a caller with a key is, to be judged by <see cref="RolePolicies"/>.</summary>
    public static ClaimsPrincipal PrincipalOf(ApiKey key) =>
        new Caller(CallerKind.Key, key.Id, key.Name).With(key.Roles, SchemeName);

    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        if (CredentialNegotiation.PageOf(_context.Request) is { } page)
        {
            _context.Response.Redirect(page);
            return Task.CompletedTask;
        }

        if (DeskAnswers.IsPerson(_context))
        {
            string back = HttpMethods.IsGet(_context.Request.Method)
                ? _context.Request.Path + _context.Request.QueryString : DeskAnswers.Address;
            _context.Response.Redirect($"/sign-in?returnUrl={Uri.EscapeDataString(back)}");
            return Task.CompletedTask;
        }

        if (_isServerAway)
            return ProblemResponse.WriteAsync(_context, BearerTokens.ServerAway(signIn.Options!));
        _context.Response.Headers.WWWAuthenticate = Bearer.TrimEnd();
        return ProblemResponse.WriteAsync(_context, ProblemKind.Unauthenticated, WhyUnknown());
    }

    public Task ForbidAsync(AuthenticationProperties? properties) => DeskAnswers.IsPerson(_context)
        ? DeskAnswers.Refuse(_context, ProblemKind.Forbidden, WhyForbidden()).ExecuteAsync(_context)
        : ProblemResponse.WriteAsync(_context, ProblemKind.Forbidden, WhyForbidden());

    private async ValueTask<ClaimsPrincipal?> FindPersonAsync()
    {
        try
        {
            return await sessions.FindAsync(_context);
        }
        catch (Exception exception) when (StoreUnavailableException.Of(exception) is not null
            && _context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is null)
        {
            // Who is signed in is not known while the store is away; what is open to anybody is open all the same.
            return null;
        }
    }

    private string WhyUnknown()
    {
        string header = _context.Request.Headers.Authorization.ToString();
        if (_failure is not null)
            return BearerTokens.WhyRefused(_failure, signIn.Options!);
        if (BearerTokens.IsToken(header.Split(' ')[^1]))
        {
            return "A token was sent, and this gateway takes none: OidcAudience is not set. Send an API key, or have "
                + "the gateway's operator set it.";
        }

        if (header.Length > 0)
            return "The API key is not known here, or it was withdrawn: ask a registrar for one.";
        return _context.Request.Cookies.ContainsKey(SessionCookie.NameOf(signIn))
            ? "The session has ended: sign in again at /sign-in."
            : "Send an API key as `Authorization: Bearer <key>`, which a registrar makes at POST /v1/api-keys; "
                + "people sign in at /sign-in.";
    }

    private string WhyForbidden()
    {
        bool hasRole = _context.User.HasClaim(claim => claim.Type == ClaimTypes.Role);
        return Caller.Of(_context.User)?.Kind switch
        {
            CallerKind.Key =>
                "This API key lacks the role that this address asks for; a registrar can make one that has it.",
            _ when hasRole => "The roles of this login are not enough for this address.",
            _ => $"No role is mapped to this login: {signIn.WhereRolesAre()}",
        };
    }
}
