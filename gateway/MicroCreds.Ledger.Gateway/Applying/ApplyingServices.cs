using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Applying;

/// <summary>What learners ask for awards with, and what they are decided with.</summary>
internal static class ApplyingServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddApplying(this IServiceCollection services) => services
        .AddSingleton<AwardApplications>().AddSingleton<AwardAsking>().AddSingleton<AwardDeciding>()
        .AddSingleton<Milestones>().AddSingleton<MilestoneAwards>()
        .AddSingleton<Pages.ProgressAnswers>().AddSingleton<Pages.ProgressSharing>()
        .AddHosted<ApplicationRoutine>();
}
