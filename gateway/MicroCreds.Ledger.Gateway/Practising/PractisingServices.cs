using MicroCreds.Ledger.Gateway.Xapi;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Practising;

/// <summary>What learners practise with, and what simulators are heard with.</summary>
internal static class PractisingServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddPractising(this IServiceCollection services) => services
        .AddSingleton<Simulators>().AddSingleton<PracticeRules>().AddSingleton<Practices>()
        .AddSingleton<PracticeSessions>().AddSingleton<XapiStatements>().AddSingleton<XapiDocuments>()
        .AddSingleton<SessionRule>().AddSingleton<XapiCallers>().AddSingleton<RuleBook>()
        .AddSingleton<PracticeLaunching>().AddSingleton<PracticeDeciding>().AddSingleton<PracticeAsking>()
        .AddHosted<PracticeRoutine>()
        .AddXapiReading();
}
