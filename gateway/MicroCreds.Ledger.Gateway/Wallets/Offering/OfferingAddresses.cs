namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>Where wallets find what OpenID4VCI 1.0 has them ask for.</summary>
internal static class OfferingAddresses
{
    /// <summary>What describes the issuer.</summary>
    public const string IssuerMetadata = "/.well-known/openid-credential-issuer";

    /// <summary>What describes its authorization server (RFC 8414).</summary>
    public const string ServerMetadata = "/.well-known/oauth-authorization-server";

    public const string Offers = "/wallet/offers";
    public const string PushedRequests = "/wallet/pushed-requests";
    public const string Authorization = "/wallet/authorization";
    public const string Token = "/wallet/token";
    public const string Nonce = "/wallet/nonce";
    public const string Credential = "/wallet/credential";
    public const string DeferredCredential = "/wallet/deferred-credential";
    public const string Notification = "/wallet/notification";

    /// <summary>How wallets know an offer that is scanned or opened.</summary>
    public const string OfferScheme = "openid-credential-offer://";

    /// <summary>
    /// The path behind which the issuer's own is put where it has one: metadata of <c>https://host/path</c> lie at
    /// <c>https://host/.well-known/…/path</c> (OpenID4VCI 12.2.2, RFC 8414 section 3.1).
    /// </summary>
    /// <param name="rest">What stands behind the well-known part.</param>
    /// <param name="issuer">The issuer's identifier.</param>
    public static bool IsOfIssuer(string? rest, string issuer) =>
        (rest ?? "").Trim('/') == new Uri(issuer).AbsolutePath.Trim('/');
}
