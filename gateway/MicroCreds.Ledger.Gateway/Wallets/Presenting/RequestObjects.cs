using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>Writes what wallets are asked (OpenID4VP 1.0, 5, and its appendix A.2 for browsers). Thread-safe.</summary>
internal sealed class RequestObjects(
    VerifierIdentity verifier, SignedForAll signed, PresentationSecrets secrets, PublicAddress address, OwnName name,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The type of a signed request (RFC 9101).</summary>
    public const string Type = "oauth-authz-req+jwt";

    /// <summary>Its media type.</summary>
    public const string MediaType = "application/" + Type;

    /// <summary>The protocol of a signed request that a browser hands to a wallet.</summary>
    public const string SignedProtocol = "openid4vp-v1-signed";

    /// <summary>Likewise of one that is not signed: the browser tells the wallet which site asks.</summary>
    public const string UnsignedProtocol = "openid4vp-v1-unsigned";

    /// <summary>The audience of requests to wallets that are not known beforehand.</summary>
    private const string AnyWallet = "https://self-issued.me/v2";

    private static readonly string[] Es256 = ["ES256"];

    /// <summary>Where the pages of this gateway are, as browsers tell wallets.</summary>
    public string Origin => new Uri(address.Url).GetLeftPart(UriPartial.Authority);

    /// <summary>Writes and signs a request that a wallet fetches.</summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="secret">By what the wallet comes.</param>
    /// <param name="walletNonce">What the wallet wants repeated; null if nothing.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">It cannot be signed as it was announced.</exception>
    public async Task<byte[]> SignAsync(
        AskedPresentation asked, string secret, string? walletNonce, CancellationToken cancellationToken)
    {
        var (client, key) = verifier.Current();
        if (client != asked.Client)
        {
            throw new ProblemException(
                ProblemKind.Conflict, "The verifier's key or certificate was replaced since: ask for a new request.");
        }

        var claims = Describe(asked, asked.Mode, secret);

        // No iss: wallets have to ignore it, and some compare it with the key's DID.
        claims["client_id"] = client;
        claims["aud"] = AnyWallet;
        claims["response_uri"] = address.Url + PresentingAddresses.AnswerTo(secret);
        claims["nonce"] = PresentationSecrets.NonceOf(secret);
        claims["state"] = PresentationSecrets.StateOf(secret);
        claims["iat"] = time.GetUtcNow().ToUnixTimeSeconds();
        claims["exp"] = asked.ExpiresAt.ToUnixTimeSeconds();
        if (walletNonce is not null) claims["wallet_nonce"] = walletNonce;
        return await signed.SignAsync(key, Type, claims, cancellationToken);
    }

    /// <summary>
    /// Writes what a page hands to the browser: the signed request, and where it may be the one that is not.
    /// </summary>
    /// <param name="asked">What is asked.</param>
    /// <param name="secret">What the page's own nonce is made of.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    /// <exception cref="ProblemException">It cannot be signed.</exception>
    public async Task<JsonObject> ForBrowserAsync(
        AskedPresentation asked, string secret, CancellationToken cancellationToken)
    {
        var (client, key) = verifier.Current();
        var claims = Describe(asked, PresentationMode.InBrowser(asked.Mode), secret);
        claims["nonce"] = PresentationSecrets.NonceOf(secret);
        var unsigned = claims.DeepClone();
        claims["client_id"] = client;
        claims["aud"] = AnyWallet;
        claims["expected_origins"] = new JsonArray(Origin);
        claims["iat"] = time.GetUtcNow().ToUnixTimeSeconds();
        string request = Encoding.ASCII.GetString(await signed.SignAsync(key, Type, claims, cancellationToken));
        var requests = new JsonArray(
            new JsonObject { ["protocol"] = SignedProtocol, ["data"] = new JsonObject { ["request"] = request } });
        if (!options.Wallets.HighAssurance)
            requests.Add(new JsonObject { ["protocol"] = UnsignedProtocol, ["data"] = unsigned });
        return new JsonObject { ["digital"] = new JsonObject { ["requests"] = requests } };
    }

    private JsonObject Describe(AskedPresentation asked, string mode, string secret)
    {
        var query = PresentationTerms.Parse(asked.Query);
        return new JsonObject
        {
            ["response_type"] = "vp_token",
            ["response_mode"] = mode,
            ["dcql_query"] = query.Query.DeepClone(),
            ["client_metadata"] = MetadataFor(query.Dcql, asked, secret),
        };
    }

    private JsonObject MetadataFor(DcqlQuery query, AskedPresentation asked, string secret)
    {
        // Fully specified (RFC 9864), as these lists are to be, and besides as wallets have called it so far.
        string[] algorithms = options.Wallets.HighAssurance ? Es256 : [.. BoundTokens.Algorithms, "Ed25519"];
        var formats = new JsonObject();
        foreach (string format in query.Credentials.Select(one => one.Format).Distinct())
        {
            formats[format] = format switch
            {
                PresentationFormat.SdJwt => new JsonObject
                {
                    ["sd-jwt_alg_values"] = TextList.Of(algorithms),
                    ["kb-jwt_alg_values"] = TextList.Of(algorithms),
                },
                PresentationFormat.VcJwt => new JsonObject { ["alg_values"] = TextList.Of(algorithms) },
                _ => new JsonObject
                {
                    ["proof_type_values"] = TextList.Of("DataIntegrityProof"),
                    ["cryptosuite_values"] = TextList.Of(IssuerMetadata.Suites),
                },
            };
        }

        var metadata = new JsonObject { ["client_name"] = name.Value, ["vp_formats_supported"] = formats };
        if (options.Brand.LogoFile is not null && address.Url.StartsWith("https:", StringComparison.Ordinal))
            metadata["logo_uri"] = address.Url + "/logo";
        if (PresentationMode.IsEncrypted(asked.Mode))
        {
            metadata["jwks"] = new JsonObject
            {
                ["keys"] = new JsonArray(secrets.KeyOf(secret, asked.Id).Jwk),
            };
            metadata["encrypted_response_enc_values_supported"] = TextList.Of(EncryptionKey.Encryptions);
        }

        return metadata;
    }
}
