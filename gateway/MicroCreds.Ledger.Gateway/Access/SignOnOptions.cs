namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// How people sign in at the institution's own OpenID Connect server, and how tokens of that server are judged. Set
/// as <c>MICROCREDS_OIDC_AUTHORITY</c> and so on.
/// </summary>
public sealed record SignOnOptions
{
    /// <summary>The server's address, exactly as its tokens name their issuer (<c>OidcAuthority</c>).</summary>
    public required string Authority { get; init; }

    /// <summary>What the server calls this gateway's pages (<c>OidcClientId</c>).</summary>
    public required string ClientId { get; init; }

    /// <summary>
    /// The client's secret, of the file <c>OidcClientSecretFile</c>. Default is none: PKCE alone, a public client.
    /// </summary>
    public string? ClientSecret { get; init; }

    /// <summary>
    /// What access tokens for this gateway name as their audience (<c>OidcAudience</c>). Default is none: no tokens
    /// are taken, people sign in and programs have API keys.
    /// </summary>
    public string? Audience { get; init; }

    /// <summary>What is asked for (<c>OidcScopes</c>, by spaces). Default is <c>openid profile</c>.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = ["openid", "profile"];

    /// <summary>Which claims give which roles (<c>OidcRoles</c>).</summary>
    public required IReadOnlyList<RoleRule> Rules { get; init; }

    /// <summary>The claim that people are called by (<c>OidcNameClaim</c>). Default is <c>name</c>.</summary>
    public string NameClaim { get; init; } = "name";
}
