using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Store;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>Issues one credential and waits until it is on the ledger. Thread-safe.</summary>
public sealed class CredentialIssuer(
    IssuanceBuilder builder, AchievementCatalog catalog, IssuanceStore issuances, DocumentStore documents,
    Anchoring anchoring, Outbox outbox, TimeProvider time)
{
    /// <summary>Issues a credential, or finds the one that the same request led to before.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="fingerprint">How the request is known again.</param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    /// <returns>The document, and whether it was found.</returns>
    /// <exception cref="ProblemException">The request cannot be granted; nothing was changed.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger is out of reach; nothing was kept.</exception>
    /// <exception cref="OutcomeUnknownException">It may be on the ledger; it is being brought to an end.</exception>
    public async Task<(StoredDocument Document, bool IsRepeated)> IssueAsync(
        CredentialRequest request, RequestFingerprint fingerprint, IReadOnlyList<CredentialPart>? parts = null)
    {
        if (issuances.FindByFingerprint(fingerprint.Fingerprint) is { } existing)
        {
            fingerprint.RequireSame(existing);
            return (await FinishAsync(existing, isFirst: false), true);
        }

        var now = time.GetUtcNow();
        var faults = new List<FieldFault>(
            CredentialBuilder.Validate(request, now).Select(fault => new FieldFault(fault.Path, fault.Message)));
        var achievement = catalog.Find(request.Achievement, out string? reason);
        if (achievement is null && !faults.Exists(fault => fault.Place == "/achievement"))
            faults.Add(new FieldFault("/achievement", reason!));
        if (faults.Count > 0)
            throw ProblemException.Invalid(faults);

        var (statement, document) = await builder.BuildOneAsync(request, achievement!, now, parts);
        var issuance = new StoredIssuance
        {
            Number = 0,
            Id = Guid.NewGuid().ToString("N"),
            Kind = IssuanceKind.Credential,
            BodyHash = fingerprint.BodyHash,
            State = IssuanceState.Ready,
            Size = 1,
            CreatedAt = now,
            Root = statement.Statement.Root,
            Statement = statement,
        };
        var (stored, isNew) = await issuances.AddAsync(issuance, fingerprint.Fingerprint, default, [document]);
        if (!isNew)
            fingerprint.RequireSame(stored);
        return (await FinishAsync(stored, isNew), !isNew);
    }

    private async Task<StoredDocument> FinishAsync(StoredIssuance issuance, bool isFirst)
    {
        if (issuance.State != IssuanceState.Issued)
        {
            try
            {
                await anchoring.AnchorAsync(issuance.Number, isFirst);
            }
            catch (Exception exception) when (exception is OutcomeUnknownException or LedgerUnavailableException)
            {
                // It goes on without this request; one that was forgotten is not found there any more.
                outbox.Add(issuance.Number);
                throw;
            }
        }

        return documents.List(issuance.Number, afterRow: 0, count: 1)[0];
    }
}
