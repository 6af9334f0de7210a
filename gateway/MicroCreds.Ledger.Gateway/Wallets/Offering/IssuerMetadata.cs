using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>
/// What describes this issuer and its authorization server to wallets (OpenID4VCI 1.0, 12.2; RFC 8414). Thread-safe.
/// </summary>
internal sealed class IssuerMetadata(
    PublicAddress address, OwnName name, EncryptedAnswers encrypted, WalletAttesters attesters,
    KeyAttestations attestations, GatewayServiceOptions options)
{
    /// <summary>The most copies of a credential that are given at once, each bound to a key of its own.</summary>
    public const int MaxCopies = 20;

    private const string EvidenceClaim = "evidence";

    // What a token names is the key itself. Wallets that prove by a DID then look for that DID in an SD-JWT, so that it
    // is offered a jwk alone; a proof by a DID is taken all the same.
    private static readonly string[] SdJwtBinding = ["jwk"];
    private static readonly string[] VcJwtBinding = ["jwk", "did:jwk", "did:key"];
    public static readonly string[] Suites = ["ecdsa-jcs-2019", "eddsa-jcs-2022"];

    /// <summary>The identifier of the issuer, and of its authorization server.</summary>
    public string Issuer => address.Url;

    /// <summary>What wallets can fetch.</summary>
    public IReadOnlyList<CredentialConfiguration> Configurations => CredentialConfiguration.In(options.Wallets);

    /// <summary>Finds one of these by its name.</summary>
    public CredentialConfiguration? Find(string? id) => CredentialConfiguration.Find(id, options.Wallets);

    /// <summary>Describes the issuer.</summary>
    public JsonObject OfIssuer() => new()
    {
        ["credential_issuer"] = Issuer,
        ["credential_endpoint"] = Issuer + OfferingAddresses.Credential,
        ["nonce_endpoint"] = Issuer + OfferingAddresses.Nonce,
        ["deferred_credential_endpoint"] = Issuer + OfferingAddresses.DeferredCredential,
        ["notification_endpoint"] = Issuer + OfferingAddresses.Notification,
        ["batch_credential_issuance"] = new JsonObject { ["batch_size"] = MaxCopies },
        ["credential_request_encryption"] = encrypted.OfRequests,
        ["credential_response_encryption"] = EncryptedAnswers.OfAnswers,
        ["display"] = Display(_ => name.Value, hasLogo: true),
        ["credential_configurations_supported"] = new JsonObject(
            Configurations.Select(one => KeyValuePair.Create(one.Id, (JsonNode?)Of(one)))),
    };

    /// <summary>Describes the authorization server.</summary>
    public JsonObject OfServer()
    {
        var described = DescribeServer();
        described["token_endpoint_auth_methods_supported"] =
            TextList.Of(attesters.OfWallets.AreNamed ? ClientAttestations.Method : "none");
        if (!attesters.OfWallets.AreNamed) return described;
        described["client_attestation_signing_alg_values_supported"] = TextList.Of(BoundTokens.Algorithms);
        described["client_attestation_pop_signing_alg_values_supported"] = TextList.Of(BoundTokens.Algorithms);
        return described;
    }

    private JsonObject DescribeServer() => new()
    {
        ["issuer"] = Issuer,
        ["authorization_endpoint"] = Issuer + OfferingAddresses.Authorization,
        ["pushed_authorization_request_endpoint"] = Issuer + OfferingAddresses.PushedRequests,
        ["require_pushed_authorization_requests"] = true,
        ["token_endpoint"] = Issuer + OfferingAddresses.Token,
        ["response_types_supported"] = TextList.Of("code"),
        ["response_modes_supported"] = TextList.Of("query"),
        ["grant_types_supported"] = TextList.Of(
            TokenEndpoint.PreAuthorizedCode, TokenEndpoint.AuthorizationCode, TokenEndpoint.RefreshToken),
        ["scopes_supported"] = TextList.Of(Configurations.Select(one => one.Id)),
        ["authorization_details_types_supported"] = TextList.Of(AuthorizationDetails.Type),
        ["code_challenge_methods_supported"] = TextList.Of("S256"),
        ["dpop_signing_alg_values_supported"] = TextList.Of(BoundTokens.Algorithms),
        ["authorization_response_iss_parameter_supported"] = true,
        ["pre-authorized_grant_anonymous_access_supported"] = !attesters.OfWallets.AreNamed,
    };

    private JsonObject Of(CredentialConfiguration one)
    {
        var described = new JsonObject
        {
            ["format"] = one.Format,
            ["scope"] = one.Id,
            ["credential_signing_alg_values_supported"] =
                TextList.Of(one.Form == CredentialForm.DataIntegrity ? Suites : BoundTokens.Algorithms),
            ["credential_metadata"] = new JsonObject
            {
                ["display"] = Display(text => text["wallet.credential"], hasLogo: false),
                ["claims"] = Claims(),
            },
        };
        if (one.Form == CredentialForm.SdJwtVc)
            described["vct"] = CredentialType.UrlAt(Issuer);
        else
        {
            described["credential_definition"] = new JsonObject
            {
                ["type"] = TextList.Of("VerifiableCredential", "AchievementCredential"),
            };
        }

        if (one.Form == CredentialForm.DataIntegrity)
        {
            var contexts = TextList.Of(CredentialVocabulary.CredentialsContext, CredentialVocabulary.OpenBadgesContext);
            if (options.OwnContext == OwnContext.Published) contexts.Add((JsonNode)PublishedContext.UrlAt(Issuer));
            described["credential_definition"]!["@context"] = contexts;
        }

        if (!one.IsBound) return described;
        described["cryptographic_binding_methods_supported"] =
            TextList.Of(one.Form == CredentialForm.SdJwtVc ? SdJwtBinding : VcJwtBinding);
        described["proof_types_supported"] = new JsonObject(
            ProofTypes.Select(type => KeyValuePair.Create(type, (JsonNode?)DescribeProofs())));
        return described;
    }

    private string[] ProofTypes => attestations.AreAsked ? [KeyProofs.Jwt, KeyProofs.Attestation] : [KeyProofs.Jwt];

    private JsonObject DescribeProofs()
    {
        var described = new JsonObject
        {
            ["proof_signing_alg_values_supported"] = TextList.Of(BoundTokens.Algorithms),
        };
        if (attestations.AreAsked) described["key_attestations_required"] = attestations.Requirements;
        return described;
    }

    // In every language that the pages have; wallets take the one of their learner.
    private JsonArray Display(Func<PageText, string> nameIn, bool hasLogo) =>
    [
        .. PageText.Languages.Select(language =>
        {
            var shown = new JsonObject { ["name"] = nameIn(PageText.In(language)), ["locale"] = language };
            if (hasLogo && options.Brand.LogoFile is not null)
                shown["logo"] = new JsonObject { ["uri"] = Issuer + "/logo", ["alt_text"] = name.Value };
            else if (!hasLogo)
                (shown["background_color"], shown["text_color"]) = (options.Brand.Colour, "#ffffff");
            return shown;
        }),
    ];

    // What a learner can withhold of an SD-JWT, by the words of the pages on which links are made.
    private static JsonArray Claims() =>
    [
        .. DisclosureChoice.Names.Select(claim => new JsonObject
        {
            ["path"] = claim == EvidenceClaim ? TextList.Of(claim) : TextList.Of("credentialSubject", claim),
            ["display"] = new JsonArray(
                [.. PageText.Languages.Select(language => new JsonObject
                {
                    ["name"] = PageText.In(language)[$"learner.shown.{claim}"],
                    ["locale"] = language,
                })]),
        }),
    ];
}
