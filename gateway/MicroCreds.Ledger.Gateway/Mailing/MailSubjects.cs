using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Practising;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>Finds what mails are about. Thread-safe.</summary>
public sealed class MailSubjects(
    DocumentStore documents, DocumentMaker maker, AwardApplications applications, ProjectedPathways pathways,
    ProjectedRecords records, Practices practices, RuleBook rules, GatewayServiceOptions options)
{
    /// <summary>Finds what a mail is about.</summary>
    /// <returns>Null if it is gone: then the mail goes, too.</returns>
    public MailSubject? Of(MailDelivery mail)
    {
        ArgumentNullException.ThrowIfNull(mail);
        if (mail.Kind == DeliveryKind.Declined)
        {
            return applications.Find(mail.Credential) is { } application
                ? new MailSubject(application.Learner, AwardOf(application), application.Reason) : null;
        }

        if (mail.Kind is DeliveryKind.Practice or DeliveryKind.PracticeDeclined)
        {
            // Who is not known to be the learner is not called by a name that somebody else may have entered.
            return practices.Find(mail.Credential) is { } practice
                ? new MailSubject(
                    mail.Kind == DeliveryKind.Practice ? null : practice.Learner,
                    rules.Find(practice.Rule)?.Rule.Title ?? practice.Rule, practice.Reason)
                : null;
        }

        if (documents.Find(mail.Credential) is not { State: IssuanceState.Issued } found) return null;
        var content = CredentialContent.OfOwn(maker.Make(found.Document).WithAnchor());
        return new MailSubject(content.Learner, content.Title);
    }

    /// <summary>What an application is for, as people call it.</summary>
    public string AwardOf(AwardApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        return pathways.Find(options.MspId, application.Pathway, application.Version) is { } pathway
            ? records.AwardOf(pathway)
            : application.Pathway;
    }
}
