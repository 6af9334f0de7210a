using MicroCreds.Ledger.Gateway.Applying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Mailing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>What learners are written to, shown and given with.</summary>
internal static class LearnerServices
{
    /// <summary>Adds it.</summary>
    public static IServiceCollection AddLearners(this IServiceCollection services, LearnerOptions options)
    {
        services.AddSingleton<MailDeliveries>().AddSingleton<Claims>().AddSingleton<Holdings>().AddSingleton<Shares>();
        services.AddSingleton<MailTexts>().AddSingleton<MailComposer>().AddSingleton<LearnerTidings>();
        services.AddSingleton<MailSubjects>().AddSingleton<Transcripts>().AddSingleton<TranscriptViews>().AddApplying();
        services.AddSingleton<Mailbox>().AddSingleton<OwnName>();
        if (options.IsMailbox)
            services.AddSingleton<IMailDoor>(provider => provider.GetRequiredService<Mailbox>());
        else
            services.AddSingleton<IMailDoor, SmtpDoor>();
        services.AddHosted<MailSender>().AddHosted<VisitCounter>();
        services.AddWallets().AddSingleton<LearnerViews>().AddSingleton<LearnerTitles>();
        services.AddSingleton<OwnStandings>();
        return services.AddSingleton<LearnerFiles>().AddSingleton<LearnerPapers>().AddSingleton<VerifyInputs>()
            .AddSingleton<LearnerRecords>().AddSingleton<HeldDocuments>().AddSingleton<OwnClaims>()
            .AddSingleton<KeptReader>();
    }
}
