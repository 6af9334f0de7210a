namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// What this gateway's cookies have in common: no script reads them, pages of other sites have them sent along only
/// when they lead here, and where browsers come by https no other host can set one, be it a sister in the same domain.
/// </summary>
internal static class OwnCookie
{
    // Browsers take such a name only from the host itself, by https, for all its paths (RFC 6265bis).
    private const string HostPrefix = "__Host-";

    /// <summary>
    /// Its name: one for each institution, since browsers tell the gateways on one machine apart by no port.
    /// </summary>
    public static string NameOf(string kind, SignIn signIn)
    {
        string name = $"microcreds-{kind}-{SessionCookie.MarkOf(signIn.MspId)}";
        return signIn.IsSecure ? HostPrefix + name : name;
    }

    /// <summary>How it is set.</summary>
    /// <param name="signIn">What tells how browsers come here.</param>
    /// <param name="lifetime">How long it is kept. Default is until the browser is closed.</param>
    public static CookieOptions Settings(SignIn signIn, TimeSpan? lifetime = null) => new()
    {
        HttpOnly = true,
        IsEssential = true,
        Path = "/",
        MaxAge = lifetime,

        // Lax, since links and wallets lead here.
        SameSite = SameSiteMode.Lax,
        Secure = signIn.IsSecure,
    };
}
