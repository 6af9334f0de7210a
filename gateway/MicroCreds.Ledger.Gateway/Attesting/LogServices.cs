using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>Registers what signs the log's heads and cosigns others'.</summary>
internal static class LogServices
{
    /// <exception cref="OptionsException">
    /// A key, of this log, of one to be witnessed or of a cosigner, cannot be read.
    /// </exception>
    public static IServiceCollection AddStatementLog(this IServiceCollection services, GatewayServiceOptions options)
    {
        // Opened now, so that whatever is wrong with them is said at the start.
        var (key, witnessed) = (LogKey.Open(options, LogKey.FileName), WitnessedLogs.Open(options));
        var cosigners = LogCosigners.Open(options);
        return services.AddSingleton(_ => key).AddSingleton<LogHeads>()
            .AddSingleton(_ => witnessed).AddSingleton<LogWitness>()
            .AddSingleton(cosigners).AddSingleton<CosignerClient>().AddSingleton<ProofMaking>()
            .AddSingleton<LogMembers>().AddSingleton<LogEvidence>().AddSingleton<MemberFaces>()
            .AddSingleton<FilterMaking>().AddSingleton<RenewalMaking>()
            .AddHosted<LogKeyRegistrar>().AddHosted<HeadExchange>();
    }
}
