using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// A credential that was wrong is replaced: the right one is issued, then the wrong one is revoked and names it. If
/// that breaks off in between, both stand until <see cref="CorrectionRoutine"/> goes on with it, or the same form is
/// sent again. Thread-safe.
/// </summary>
public sealed class Corrections(
    DocumentStore documents, DocumentMaker maker, StatusChanges changes, ProjectedRecords records, AuditTrail trail,
    MailDeliveries deliveries, PendingCorrections pending, GatewayServiceOptions options)
{
    /// <summary>How long the ledger may take to tell what stands, before it is asked again later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Begins a correction with what is kept of the credential here.</summary>
    /// <exception cref="ProblemException">There is no such credential, or it is revoked.</exception>
    public IssueForm Begin(string id)
    {
        var document = CredentialAddress.Resolve(id, documents).Document;
        if (document?.Kept.Template is null)
        {
            throw new ProblemException(
                ProblemKind.NotFound, "What is kept here of that credential is not enough to correct it.");
        }

        var form = IssueForm.ToCorrect(
            document.Id, AchievementOf(document), CredentialSeed.FromCbor(document.Kept.Bytes)) with
        {
            // Whoever was written to is to get the right one, too.
            Email = deliveries.List(document.Id) is [var last, ..] ? last.To.Address : "",
        };
        RequireStanding(form.Corrects, isRepeated: false);
        return form;
    }

    /// <summary>What the credential says that is to be replaced; nothing if none is.</summary>
    public CredentialContent? ContentOf(IssueForm form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return form.Corrects.Length > 0
            && CredentialAddress.Resolve(form.Corrects, documents).Document is { } document
            ? CredentialContent.OfOwn(maker.Make(document).WithAnchor())
            : null;
    }

    /// <summary>Refuses to replace what is revoked.</summary>
    /// <param name="corrects">The UUID of what is to be replaced; nothing is asked where there is none.</param>
    /// <param name="isRepeated">Whether the same was sent before, and may have revoked it.</param>
    /// <exception cref="ProblemException">It is revoked.</exception>
    public void RequireStanding(string? corrects, bool isRepeated)
    {
        if (string.IsNullOrEmpty(corrects) || isRepeated) return;

        var old = CredentialAddress.Resolve(corrects, documents);
        if (records.FindStatus(options.MspId, old.Root, old.Index)?.Statement.State == CredentialState.Revoked)
        {
            throw new ProblemException(
                ProblemKind.Conflict, "The credential is revoked: nothing takes its place. Issue a new one.");
        }
    }

    /// <summary>An achievement's identifier ends in its name and version on the ledger.</summary>
    private string AchievementOf(StoredDocument document)
    {
        using var json = JsonDocument.Parse(maker.Make(document).WithAnchor());
        string id = json.RootElement.GetProperty("credentialSubject").GetProperty("achievement").GetProperty("id")
            .GetString()!;
        return id.Split('/')[^2];
    }

    /// <summary>Revokes what was replaced, and notes it.</summary>
    /// <param name="origin">Where the request came from; none where it waited until now.</param>
    /// <param name="caller">Who asked for it.</param>
    /// <param name="corrects">The UUID of what was replaced.</param>
    /// <param name="replacement">The UUID of what takes its place.</param>
    /// <param name="cancellationToken">Cancels what comes before the transaction.</param>
    public async Task ReplaceAsync(
        string? origin, Caller caller, string corrects, Guid replacement, CancellationToken cancellationToken)
    {
        var old = CredentialAddress.Resolve(corrects, documents);
        var instead = CredentialAddress.Resolve(replacement.ToString("D"), documents);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        await trail.NoteAsync(
            origin, caller, "credential.revoke", (AuditedRoutes.Credential, $"{old.Root}.{old.Index}"),
            () => changes.ChangeAsync(
                old.MspId, old.Root, old.Index, CredentialState.Revoked, StatusReason.Superseded,
                new CredentialReference(instead.Root, instead.Index, $"urn:uuid:{replacement:D}"), caller,
                deadline.Token));
        await pending.EndAsync(instead.Document!.Issuance);
    }
}
