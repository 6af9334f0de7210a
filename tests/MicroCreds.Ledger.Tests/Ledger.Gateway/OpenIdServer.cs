using System.Collections.Immutable;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A real OpenID Connect server on loopback, at which one person is signed in already.</summary>
internal sealed class OpenIdServer : IAsyncDisposable
{
    public const string ClientId = "microcreds-pages";
    public const string Audience = "https://gateway.aurora.example/api";
    public const string ClientSecret = "a secret that the gateway reads from a file";

    // One for all servers: to make such a key takes longer than most tests of it.
    private static readonly RsaSecurityKey Key = new(RSA.Create(2048)) { KeyId = "test" };

    private WebApplication _service = null!;

    /// <summary>What the server says of the person, in its id tokens.</summary>
    public JsonObject Claims { get; set; } = [];

    /// <summary>What it says in access tokens alone, as Keycloak does.</summary>
    public JsonObject AccessClaims { get; set; } = [];

    /// <summary>Whom its access tokens are for.</summary>
    public string TokenAudience { get; set; } = Audience;

    public string Address { get; private set; } = "";

    public static async Task<OpenIdServer> StartAsync()
    {
        var server = new OpenIdServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOpenIddict().AddServer(server.Configure);
        server._service = builder.Build();
        server._service.UseAuthentication();
        await server._service.StartAsync();
        server.Address = server._service.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses.Single();
        return server;
    }

    /// <summary>Makes an access token by hand, signed by the server's own key unless another is given.</summary>
    public string Token(
        JsonObject? claims = null, string? audience = null, string? issuer = null, TimeSpan? age = null,
        string type = "at+jwt", SigningCredentials? by = null)
    {
        var begin = DateTime.UtcNow - (age ?? TimeSpan.Zero);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer ?? Address + "/",
                Audience = audience ?? Audience,
                NotBefore = begin,
                IssuedAt = begin,
                Expires = begin + TimeSpan.FromMinutes(10),
                TokenType = type,
                Claims = (claims ?? []).ToDictionary(
                    claim => claim.Key, claim => (object)JsonSerializer.SerializeToElement(claim.Value)),
                SigningCredentials = by ?? new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
            });
    }

    /// <summary>Lets the person sign in at a client, and gives the tokens that the client gets.</summary>
    public async Task<(string Id, string Access)> IssueAsync(string redirectUri)
    {
        const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(Address),
        };
        using var led = await client.GetAsync(
            $"/connect/authorize?client_id={ClientId}&response_type=code&scope=openid&nonce=n&state=s"
            + $"&redirect_uri={Uri.EscapeDataString(redirectUri)}&code_challenge={Challenge}"
            + "&code_challenge_method=S256");
        string code = System.Web.HttpUtility.ParseQueryString(led.Headers.Location!.Query)["code"]!;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = redirectUri,
            ["client_id"] = ClientId,
            ["client_secret"] = ClientSecret,
            ["code_verifier"] = Verifier,
        });
        using var answer = await client.PostAsync("/connect/token", form);
        var tokens = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return ((string)tokens["id_token"]!, (string)tokens["access_token"]!);
    }

    /// <summary>The public key, which anybody can read.</summary>
    public static byte[] PublicKey() => Key.Rsa.ExportSubjectPublicKeyInfo();

    public Task StopAsync() => _service.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _service.StopAsync();
        await _service.DisposeAsync();
    }

    private void Configure(OpenIddictServerBuilder server)
    {
        server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token")
            .SetUserInfoEndpointUris("connect/userinfo");
        server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
        server.RegisterScopes(Scopes.Profile);
        server.EnableDegradedMode().DisableAccessTokenEncryption();
        server.AddSigningKey(Key).AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId)
                context.Reject(Errors.InvalidClient);
            else if (context.RedirectUri?.EndsWith("/sign-in/callback", StringComparison.Ordinal) != true)
                context.Reject(Errors.InvalidRequest, "the redirect_uri is not registered");
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                context.Reject(Errors.InvalidClient);
            return default;
        }));
        server.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            context.SignIn(Person(context.Request));
            return default;
        }));
    }

    private ClaimsPrincipal Person(OpenIddictRequest request)
    {
        var identity = new ClaimsIdentity("test", OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Role);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, "subject-of-ada");
        foreach (var (name, value) in Claims.Concat(AccessClaims))
        {
            if (value is JsonArray list)
                identity.SetClaims(name, [.. list.Select(one => (string)one!)]);
            else
                identity.SetClaim(name, JsonSerializer.SerializeToElement(value));
        }

        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(request.GetScopes());
        principal.SetAudiences(ImmutableArray.Create(TokenAudience));
        principal.SetDestinations(claim => AccessClaims.ContainsKey(claim.Type)
            ? [Destinations.AccessToken]
            : [Destinations.AccessToken, Destinations.IdentityToken]);
        return principal;
    }
}
