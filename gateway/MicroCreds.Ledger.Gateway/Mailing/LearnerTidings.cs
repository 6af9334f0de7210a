using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Has learners be told what became of their credentials, by mail to where the mails about them went before. Who was
/// never written to is not now. Thread-safe.
/// </summary>
public sealed class LearnerTidings(
    DocumentStore documents, MailDeliveries deliveries, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>Has a learner be told a status that was just written.</summary>
    public async Task TellAsync(Status status)
    {
        ArgumentNullException.ThrowIfNull(status);
        var statement = status.Statement;
        if (!options.Learners.Mails || KindOf(statement) is not { } kind
            || documents.Find(statement.Root, statement.Index) is not { } found)
            return;
        await deliveries.AddToSameAsync(found.Document.Id, kind, time.GetUtcNow());
    }

    private static string? KindOf(StatusStatement statement) => statement.State switch
    {
        CredentialState.Suspended => DeliveryKind.Suspended,
        CredentialState.InForce => DeliveryKind.Reinstated,
        CredentialState.Revoked when statement.ReplacedBy is not null => DeliveryKind.Superseded,
        CredentialState.Revoked => DeliveryKind.Revoked,
        _ => null,
    };
}
