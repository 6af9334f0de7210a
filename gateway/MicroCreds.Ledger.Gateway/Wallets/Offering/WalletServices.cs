using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Offering;

/// <summary>What credentials get into wallets with.</summary>
internal static class WalletServices
{
    /// <summary>Lets wallets ask that are pages of other sites. No cookie is sent along.</summary>
    public const string Policy = "wallets";

    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(2);

    /// <summary>Adds it.</summary>
    public static IServiceCollection AddWallets(this IServiceCollection services)
    {
        services.AddCors(cors => cors.AddPolicy(Policy, policy => policy
            .AllowAnyOrigin()
            .WithMethods("GET", "HEAD", "POST")
            .WithHeaders("Accept", "Authorization", "Content-Type", "DPoP", "OAuth-Client-Attestation",
                "OAuth-Client-Attestation-PoP")
            .WithExposedHeaders("WWW-Authenticate")
            .SetPreflightMaxAge(PreflightMaxAge)));
        services.AddSingleton<WalletOffers>().AddSingleton<WalletGrants>().AddSingleton<WalletAuthorizations>();
        services.AddSingleton<OnceTokens>().AddSingleton<BoundTokens>().AddSingleton<KeyProofs>();
        services.AddSingleton<WalletAttesters>().AddSingleton<ClientAttestations>().AddSingleton<KeyAttestations>();
        services.AddSingleton<EncryptedAnswers>().AddSingleton<SignedForAll>();
        services.AddSingleton<IssuerMetadata>().AddSingleton<OfferMaking>().AddSingleton<FetchedCredentials>();
        services.AddSingleton<TokenEndpoint>().AddSingleton<CredentialEndpoint>().AddSingleton<PushedRequestEndpoint>();
        return services.AddHosted<WalletSweeping>();
    }
}
