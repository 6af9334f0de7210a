using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>Access tokens of the institution's OpenID Connect server, with which programs come (RFC 9068).</summary>
internal static class BearerTokens
{
    public const string SchemeName = "Token";

    /// <summary>Signatures by the server's private key; what a shared secret makes, or nothing, is none.</summary>
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private const int MaxNameLength = 200;

    /// <summary>How far the clocks of two machines may differ.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>How long the server may take to say which keys it has, while a request waits for it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    /// <summary>Whether what was sent is a token, and not an API key.</summary>
    public static bool IsToken(string sent) =>
        sent.StartsWith("eyJ", StringComparison.Ordinal) && sent.Count(c => c == '.') == 2;

    /// <summary>Sets how tokens are judged.</summary>
    public static void Configure(JwtBearerOptions options, SignOnOptions signOn)
    {
        options.Authority = signOn.Authority;
        options.RequireHttpsMetadata = signOn.Authority.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        options.MapInboundClaims = false;
        options.BackchannelTimeout = Patience;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAudience = signOn.Audience,
            ValidAlgorithms = Algorithms,
            ValidTypes = ["at+jwt", "application/at+jwt", "JWT"],
            ClockSkew = ClockSkew,
        };
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                using var claims = ClaimsOf((JsonWebToken)context.SecurityToken);
                if (IsOfAnotherKind(claims.RootElement) || CallerOf(claims.RootElement, signOn) is not { } caller)
                {
                    context.Fail(new SecurityTokenInvalidTypeException("no access token"));
                    return Task.CompletedTask;
                }

                var facts = RoleRule.FactsOf(signOn.Rules, claims.RootElement);
                context.Principal = caller.With(RoleRule.RolesOf(signOn.Rules, facts), SchemeName);
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>The claims of a token, as they were signed.</summary>
    public static JsonDocument ClaimsOf(JsonWebToken token) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.EncodedPayload));

    /// <summary>What people and programs are called in the audit log.</summary>
    public static string NameOf(JsonElement claims, SignOnOptions signOn, string otherwise)
    {
        string name = TextOf(claims, signOn.NameClaim) ?? TextOf(claims, "preferred_username") ?? otherwise;

        // The server's word, but read by people: nothing in it may turn or hide what stands beside it.
        string clean = WrittenText.FaultOf(name) is null ? name : string.Concat(name.EnumerateRunes()
            .Where(rune => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)));
        return clean.Length > MaxNameLength ? clean[..MaxNameLength] : clean;
    }

    /// <summary>A claim that is a text.</summary>
    public static string? TextOf(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    /// <summary>
    /// Whether a token was not taken only because nothing is known of its server. The validation itself does not tell
    /// that from a foreign signature: it goes on with no keys at all.
    /// </summary>
    public static async Task<bool> IsServerAwayAsync(HttpContext context, Exception failure)
    {
        if (failure is not (SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException
            or SecurityTokenInvalidIssuerException) && failure is SecurityTokenException or ArgumentException)
            return false;
        var options = context.RequestServices.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(SchemeName);
        if (options.ConfigurationManager is not { } known) return false;
        try
        {
            await known.GetConfigurationAsync(context.RequestAborted);
            return false;
        }
        catch (Exception) when (!context.RequestAborted.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>What is said of a token while nothing is known of its server.</summary>
    public static ProblemException ServerAway(SignOnOptions signOn) => new(
        ProblemKind.SignOnUnavailable,
        $"The token could not be checked: {signOn.Authority} does not say which keys it signs with. Send it again "
        + "later; an API key needs no such answer.")
    { RetryAfter = RetryPause };

    /// <summary>Says why a token is not taken, and what to do.</summary>
    public static string WhyRefused(Exception failure, SignOnOptions signOn) => failure switch
    {
        SecurityTokenExpiredException expired =>
            $"The token expired at {expired.Expires:u}: get a new one from {signOn.Authority}.",
        SecurityTokenNotYetValidException early => $"The token is not valid before {early.NotBefore:u}.",
        SecurityTokenInvalidAudienceException =>
            $"The token is meant for another audience: ask {signOn.Authority} for one whose aud is {signOn.Audience}.",
        SecurityTokenInvalidIssuerException =>
            $"The token is of another issuer: this gateway takes those of {signOn.Authority} alone.",
        SecurityTokenInvalidTypeException =>
            "The token is no access token: an id token or refresh token does not open anything.",
        SecurityTokenNoExpirationException => "The token never expires: such a one is not taken.",
        SecurityTokenInvalidAlgorithmException =>
            $"The token is signed by an algorithm that is not taken; these are: {string.Join(", ", Algorithms)}.",
        SecurityTokenSignatureKeyNotFoundException or SecurityTokenInvalidSignatureException =>
            $"The token is not signed by a key that {signOn.Authority} publishes now, or its algorithm is not taken.",
        SecurityTokenException or ArgumentException => "The token cannot be read as a signed JSON Web Token.",
        _ => $"The token could not be checked: the keys of {signOn.Authority} are not to be had; send it again later.",
    };

    /// <summary>The caller of a token: a person's subject, or a client's.</summary>
    private static Caller? CallerOf(JsonElement claims, SignOnOptions signOn) =>
        TextOf(claims, "sub") is { } subject
            ? new Caller(CallerKind.Token, subject, NameOf(claims, signOn, TextOf(claims, "client_id") ?? subject))
            : null;

    // Keycloak says in the claims what a token is; a hash of other tokens stands in id tokens alone.
    private static bool IsOfAnotherKind(JsonElement claims) =>
        claims.TryGetProperty("at_hash", out _) || claims.TryGetProperty("c_hash", out _)
        || TextOf(claims, "typ") is "ID" or "Refresh" or "Offline" or "Logout";
}
