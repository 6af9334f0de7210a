using System.Data.Common;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Mailing;

/// <summary>
/// Has learners be told what became of their credentials, by mail to where the mails about them went before. Who was
/// never written to is not now. Thread-safe.
/// </summary>
public sealed class LearnerTidings(
    GatewayStore store, DocumentStore documents, MailDeliveries deliveries, GatewayServiceOptions options,
    TimeProvider time)
{
    /// <summary>Has a learner be told a status that is on the ledger, once.</summary>
    /// <param name="status">The status.</param>
    /// <param name="noted">
    /// What is written in the same transaction, whether anybody is told or not; says whether it is the first time.
    /// </param>
    public async Task TellAsync(Status status, Func<DbConnection, bool> noted)
    {
        ArgumentNullException.ThrowIfNull(status);
        var statement = status.Statement;
        if (!options.Learners.Mails || KindOf(statement) is not { } kind
            || documents.Find(statement.Root, statement.Index) is not { } found)
        {
            await store.Database.WriteAsync(noted);
            return;
        }

        await deliveries.AddToSameAsync(found.Document.Id, kind, time.GetUtcNow(), noted);
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
