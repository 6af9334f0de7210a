using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>What wallets are asked with.</summary>
internal static class PresentingServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddPresenting(this IServiceCollection services)
    {
        services.AddSingleton<Presentations>().AddSingleton<PresentationSecrets>().AddSingleton<PresentationBell>();
        services.AddSingleton<VerifierIdentity>().AddSingleton<RequestObjects>().AddSingleton<PresentationMaking>();
        services.AddSingleton<PresentedCredentials>().AddSingleton<AnswerEndpoint>();
        return services.AddHosted<PresentationSweeping>();
    }
}
