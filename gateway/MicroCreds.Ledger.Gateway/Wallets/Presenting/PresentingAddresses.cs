namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>Where wallets find what they are asked, and where whoever asked looks.</summary>
internal static class PresentingAddresses
{
    /// <summary>What wallets are asked, each at an address of its own.</summary>
    public const string Requests = "/wallet/presentation-requests";

    /// <summary>The page that asks a wallet.</summary>
    public const string Page = "/verify/wallet";

    /// <summary>The API's resource.</summary>
    public const string Resource = "/v1/presentation-requests";

    private const string Scheme = "openid4vp://";

    // HAIP 1.0 has a scheme of its own, so that only wallets that know it are asked.
    private const string HighAssuranceScheme = "haip-vp://";

    /// <summary>Where a wallet sends its answer.</summary>
    public static string AnswerTo(string secret) => $"{Requests}/{secret}/answer";

    /// <summary>What leads a wallet to a request.</summary>
    /// <param name="isHighAssurance">Whether only wallets are to come that know HAIP.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="url">The request's address.</param>
    public static string LinkOf(bool isHighAssurance, string client, string url) =>
        (isHighAssurance ? HighAssuranceScheme : Scheme) + $"?client_id={Uri.EscapeDataString(client)}"
        + $"&request_uri={Uri.EscapeDataString(url)}&request_uri_method=post";
}

/// <summary>How wallets answer (<c>response_mode</c>).</summary>
internal static class PresentationMode
{
    /// <summary>By a form.</summary>
    public const string Post = "direct_post";

    /// <summary>By a form, encrypted.</summary>
    public const string EncryptedPost = "direct_post.jwt";

    /// <summary>Those that can be asked for.</summary>
    public static readonly IReadOnlyList<string> All = [EncryptedPost, Post];

    private const string Browser = "dc_api";
    private const string EncryptedBrowser = "dc_api.jwt";

    /// <summary>Whether answers are encrypted.</summary>
    public static bool IsEncrypted(string mode) => mode == EncryptedPost;

    /// <summary>The mode by which a browser brings the answer.</summary>
    public static string InBrowser(string mode) => IsEncrypted(mode) ? EncryptedBrowser : Browser;
}
