using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>Finds what mails are about. Thread-safe.</summary>
public sealed class MailSubjects(
    DocumentStore documents, DocumentMaker maker, AwardApplications applications, ProjectedPathways pathways,
    ProjectedRecords records, GatewayServiceOptions options)
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
