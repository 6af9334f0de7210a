using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Resolving;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Federating;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;

namespace MicroCreds.Ledger.Gateway.Asking;

/// <summary>What verifies what people have.</summary>
internal static class VerifyingServices
{
    /// <summary>Adds it, as the settings say whom it may ask.</summary>
    public static IServiceCollection AddVerifying(this IServiceCollection services, GatewayServiceOptions options) =>
        services.AddSingleton(provider => new ForeignSignatures(
            options.FetchForeignKeys
                ? new DidWebResolver(new DidWebOptions { Timeout = ForeignSignatures.KeysTimeout }) : null,
            provider.GetRequiredService<TimeProvider>(), TranscriptSignature.Check))
            .AddSingleton(provider => new ForeignStatuses(
                options.FetchForeignKeys ? new SafeFetcher(ForeignStatuses.Limits) : null,
                provider.GetRequiredService<ForeignSignatures>(), provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<IFileOpener, CarrierOpener>()
            .AddSingleton<ReceivedVerifier>().AddSingleton<MemberGateways>().AddSingleton<MemberFetcher>()
            .AddSingleton<MemberLinks>().AddSingleton<FederationMembers>().AddSingleton<EntityStatements>()
            .AddSingleton<OwnMarks>()
            .AddSingleton<VerifyServices>().AddPresenting();
}
