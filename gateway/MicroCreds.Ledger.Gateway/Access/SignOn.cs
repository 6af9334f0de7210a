using System.Text.Json;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Signing in at the institution's OpenID Connect server: authorization code with PKCE, state and nonce. Its outcome is
/// a session of ours; no token of the server is kept.
/// </summary>
internal static partial class SignOn
{
    public const string SchemeName = "OpenIdConnect";

    /// <summary>Where the server leads people back to.</summary>
    public const string CallbackPath = "/sign-in/callback";

    private const string Facts = "microcreds:facts";
    private const string Person = "microcreds:person";

    /// <summary>Adds the server, and the tokens that it makes for programs.</summary>
    public static void AddSignOn(this IServiceCollection services, SignOnOptions signOn)
    {
        var authentication = services.AddAuthentication();
        authentication.AddOpenIdConnect(SchemeName, options => Configure(options, signOn));
        if (signOn.Audience is not null)
            authentication.AddJwtBearer(BearerTokens.SchemeName, options => BearerTokens.Configure(options, signOn));
    }

    /// <summary>Leads a browser to the server, and back to a page of ours afterwards.</summary>
    public static async Task BeginAsync(HttpContext context, string returnUrl)
    {
        try
        {
            await context.ChallengeAsync(SchemeName, new AuthenticationProperties { RedirectUri = returnUrl });
        }
        catch (Exception exception)
            when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            // The server's own description is fetched first, and cannot be had.
            LogFailure(LoggerOf(context), exception.Message);
            context.Response.Redirect("/sign-in?fault=failed");
        }
    }

    private static void Configure(OpenIdConnectOptions options, SignOnOptions signOn)
    {
        options.Authority = signOn.Authority;
        options.RequireHttpsMetadata = signOn.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        options.ClientId = signOn.ClientId;
        options.ClientSecret = signOn.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.SaveTokens = false;
        options.MapInboundClaims = false;
        options.GetClaimsFromUserInfoEndpoint = true;
        options.SignInScheme = ApiKeyAuthentication.SchemeName;
        options.CallbackPath = CallbackPath;

        // Nobody is to be signed out, or led anywhere, by an address that any page can open.
        options.RemoteSignOutPath = PathString.Empty;
        options.SignedOutCallbackPath = PathString.Empty;
        options.Scope.Clear();
        foreach (string scope in signOn.Scopes)
            options.Scope.Add(scope);
        options.TokenValidationParameters.ValidAlgorithms = BearerTokens.Algorithms;

        // The answer comes as a redirect, with which browsers send Lax cookies, also without https on loopback.
        options.NonceCookie.SameSite = SameSiteMode.Lax;
        options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.CorrelationCookie.SameSite = SameSiteMode.Lax;
        options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.Events = EventsOf(signOn);
    }

    private static OpenIdConnectEvents EventsOf(SignOnOptions signOn) => new()
    {
        // By the configured address, never by what a request claims to have been sent to.
        OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.RedirectUri =
                context.HttpContext.RequestServices.GetRequiredService<PublicAddress>().Url + CallbackPath;
            return Task.CompletedTask;
        },
        OnTokenValidated = async context =>
        {
            using var claims = BearerTokens.ClaimsOf(new JsonWebToken(context.TokenEndpointResponse!.IdToken));
            string subject = BearerTokens.TextOf(claims.RootElement, "sub")!;
            context.HttpContext.Items[Person] = new Caller(
                CallerKind.Person, subject, BearerTokens.NameOf(claims.RootElement, signOn, subject));
            Note(context.HttpContext, signOn, claims.RootElement);
            await NoteAccessTokenAsync(context.HttpContext, signOn, context.TokenEndpointResponse.AccessToken);
        },
        OnUserInformationReceived = context =>
        {
            // That it is of the same subject was checked before; a name there is better than none.
            if (context.HttpContext.Items[Person] is Caller person && person.Name == person.Id)
            {
                string name = BearerTokens.NameOf(context.User.RootElement, signOn, person.Id);
                context.HttpContext.Items[Person] = person with { Name = name };
            }

            Note(context.HttpContext, signOn, context.User.RootElement);
            return Task.CompletedTask;
        },
        OnTicketReceived = context => FinishAsync(context, signOn),
        OnRemoteFailure = context =>
        {
            LogFailure(LoggerOf(context.HttpContext), context.Failure?.Message ?? "no cause given");
            bool isDenied = context.Failure?.Data["error"] is "access_denied";
            return LeadAsync(context, isDenied ? "denied" : "failed");
        },
    };

    /// <summary>Begins the session, if the claims give a role.</summary>
    private static async Task FinishAsync(TicketReceivedContext context, SignOnOptions signOn)
    {
        var services = context.HttpContext.RequestServices;
        var person = (Caller)context.HttpContext.Items[Person]!;
        var facts = FactsOf(context.HttpContext);
        if (RoleRule.RolesOf(signOn.Rules, facts).Count == 0)
        {
            LogNoRole(LoggerOf(context.HttpContext), services.GetRequiredService<SignIn>().WhereRolesAre());
            await LeadAsync(context, "noRole");
            return;
        }

        var sessions = services.GetRequiredService<Sessions>();
        string token = await sessions.BeginAsync(
            person, facts, sessions.TokenOf(context.HttpContext), AuditTrail.OriginOf(context.HttpContext));
        SessionCookie.Give(context.HttpContext, services.GetRequiredService<SignIn>(), token);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect(LocalAddress.Of(context.ReturnUri));
        context.HandleResponse();
    }

    private static Task LeadAsync(HandleRequestContext<RemoteAuthenticationOptions> context, string fault)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Redirect($"/sign-in?fault={fault}");
        context.HandleResponse();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Keycloak puts roles into the access token alone. What stands there counts if the token is one that a program
    /// could come with: one for another audience says what its subject may do elsewhere.
    /// </summary>
    private static async Task NoteAccessTokenAsync(HttpContext context, SignOnOptions signOn, string? token)
    {
        if (signOn.Audience is null || token is null || !BearerTokens.IsToken(token))
            return;
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>()
            .Get(BearerTokens.SchemeName);
        var parameters = options.TokenValidationParameters.Clone();
        parameters.ConfigurationManager = options.ConfigurationManager as BaseConfigurationManager;
        var result = await options.TokenHandlers[0].ValidateTokenAsync(token, parameters);
        if (!result.IsValid || result.SecurityToken is not JsonWebToken valid)
            return;
        using var claims = BearerTokens.ClaimsOf(valid);
        if (BearerTokens.TextOf(claims.RootElement, "sub") == ((Caller)context.Items[Person]!).Id)
            Note(context, signOn, claims.RootElement);
    }

    private static void Note(HttpContext context, SignOnOptions signOn, JsonElement claims)
    {
        var facts = FactsOf(context);
        foreach (var (claim, values) in RoleRule.FactsOf(signOn.Rules, claims))
            facts[claim] = [.. facts.GetValueOrDefault(claim, []).Union(values, StringComparer.Ordinal)];
    }

    private static Dictionary<string, string[]> FactsOf(HttpContext context)
    {
        if (context.Items[Facts] is not Dictionary<string, string[]> facts)
            context.Items[Facts] = facts = new Dictionary<string, string[]>(StringComparer.Ordinal);
        return facts;
    }

    private static ILogger LoggerOf(HttpContext context) =>
        context.RequestServices.GetRequiredService<ILogger<SignIn>>();

    [LoggerMessage(LogLevel.Warning, "Somebody could not be signed in: {Cause}")]
    private static partial void LogFailure(ILogger logger, string cause);

    [LoggerMessage(LogLevel.Warning, "Somebody who signed in has no role here: {Where}")]
    private static partial void LogNoRole(ILogger logger, string where);
}
