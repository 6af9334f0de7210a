using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Issues one credential and waits until it is on the ledger; or keeps it until somebody else approves, or its day has
/// come. Thread-safe.
/// </summary>
public sealed class CredentialIssuer(
    IssuanceBuilder builder, AchievementCatalog catalog, IssuanceStore issuances, DocumentStore documents,
    JointIssuing issuing, Anchoring anchoring, Outbox outbox, StandingAwards standing, Approvals approvals,
    GatewayStore store, TimeProvider time)
{
    /// <summary>How often a credential is signed anew because its key or its positions were taken from it.</summary>
    private const int MaxStatements = 3;

    /// <summary>Issues a credential, or finds the one that the same request led to before, or the same award.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="fingerprint">How the request is known again.</param>
    /// <param name="caller">Who asks for it.</param>
    /// <param name="parts">The credentials that it is made up of. Default is none.</param>
    /// <param name="terms">What goes with it. Default is to issue now.</param>
    /// <exception cref="ProblemException">The request cannot be granted; nothing was changed.</exception>
    /// <exception cref="LedgerRefusedException">The ledger refused it; nothing was kept.</exception>
    /// <exception cref="LedgerUnavailableException">The ledger is out of reach; nothing was kept.</exception>
    /// <exception cref="IssuanceWaitsException">It is kept, and is brought to the ledger.</exception>
    /// <exception cref="OutcomeUnknownException">It may be on the ledger; it is being brought to an end.</exception>
    public async Task<IssueOutcome> IssueAsync(
        CredentialRequest request, RequestFingerprint fingerprint, Caller caller,
        IReadOnlyList<CredentialPart>? parts = null, IssuingTerms? terms = null)
    {
        terms ??= IssuingTerms.Now;
        bool isKnown = fingerprint.Fingerprint is { } known && issuances.FindByFingerprint(known) is not null;
        if (!isKnown && approvals.FindHeld(fingerprint) is { } held)
            return IssueOutcome.OfHeld(held);
        return !isKnown && approvals.Holds(size: 1, terms)
            ? await HoldAsync(request, fingerprint, caller, parts, terms)
            : await ReleaseAsync(request, fingerprint, caller, parts, terms.Source);
    }

    /// <summary>Issues what nobody has to approve, or somebody has approved.</summary>
    internal async Task<IssueOutcome> ReleaseAsync(
        CredentialRequest request, RequestFingerprint fingerprint, Caller caller, IReadOnlyList<CredentialPart>? parts,
        IssuanceSource? source)
    {
        if (fingerprint.Fingerprint is { } known && issuances.FindByFingerprint(known) is { } existing)
        {
            fingerprint.RequireSame(existing);
            return await FinishAsync(existing, isFirst: false);
        }

        var achievement = RequireIssuable(request, time.GetUtcNow());
        var asked = new AskedCredential(request, fingerprint, RecordActors.Text(caller), parts, source);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await AnswerAsync(await issuing.IssueAsync(achievement, asked), fingerprint);
            }
            catch (LedgerRefusedException exception)
                when (exception.AsksForAnotherStatement && attempt < MaxStatements)
            {
                // Nothing of it is on the ledger, and nothing was kept: the next statement has another key or range.
                continue;
            }
        }
    }

    private async Task<IssueOutcome> HoldAsync(
        CredentialRequest request, RequestFingerprint fingerprint, Caller caller, IReadOnlyList<CredentialPart>? parts,
        IssuingTerms terms)
    {
        var achievement = RequireIssuable(request, time.GetUtcNow());
        builder.RequireReady();
        if (request.Duplicates != CredentialRequest.AllowDuplicates)
        {
            var keys = AwardKeys.Of(
                store.Secret, request.Recipient, new AchievementReference(achievement.Id, achievement.Version));
            if (await issuances.LookAsync([keys], index => index.Find(keys, standing.Stands)) is { } before)
                return await AnswerAsync(before);
        }

        return IssueOutcome.OfHeld(await approvals.KeepAsync(
            IssuanceKind.Credential, CanonicalJson.Serialize(request), size: 1, fingerprint, caller, terms, parts));
    }

    private Achievement RequireIssuable(CredentialRequest request, DateTimeOffset now)
    {
        var faults = new List<FieldFault>(
            CredentialBuilder.Validate(request, now).Select(fault => new FieldFault(fault.Path, fault.Message)));
        var achievement = catalog.Find(request.Achievement, out string? reason);
        if (achievement is null && !faults.Exists(fault => fault.Place == "/achievement"))
            faults.Add(new FieldFault("/achievement", reason!));
        return faults.Count == 0 ? achievement! : throw ProblemException.Invalid(faults);
    }

    private async Task<IssueOutcome> AnswerAsync(AddedCredential added, RequestFingerprint fingerprint)
    {
        if (added.Before is { } before) return await AnswerAsync(before);
        if (!added.IsNew) fingerprint.RequireSame(added.Issuance!);
        return await FinishAsync(added.Issuance!, added.IsNew);
    }

    /// <summary>The same person's award is named; a namesake's is named too, and somebody has to decide.</summary>
    private async Task<IssueOutcome> AnswerAsync(FoundAward found)
    {
        if (!found.IsSamePerson)
            throw StandingAwards.PossibleDuplicate(found);
        if (found.State == IssuanceState.Ready)
            await AnchorAsync(found.Issuance);
        return new IssueOutcome(IssueResult.AlreadyIssued, Document: null, found.Id);
    }

    /// <param name="issuance">The issuance.</param>
    /// <param name="isFirst">Whether this request made it, and it is on the ledger.</param>
    private async Task<IssueOutcome> FinishAsync(StoredIssuance issuance, bool isFirst)
    {
        if (!isFirst && issuance.State != IssuanceState.Issued)
            await AnchorAsync(issuance.Number);
        if (documents.List(issuance.Number, afterRow: 0, count: 1) is not [var document, ..])
        {
            throw new ProblemException(
                ProblemKind.NotFound, "This request led to a credential whose document was erased here.");
        }

        if (isFirst)
            return new IssueOutcome(IssueResult.Issued, document, document.Id);

        // What was revoked since is never handed out as if it were new.
        return standing.IsRevoked(issuance.Root!, document.Leaf)
            ? new IssueOutcome(IssueResult.Revoked, Document: null, document.Id)
            : new IssueOutcome(IssueResult.Repeated, document, document.Id);
    }

    private async Task AnchorAsync(long number)
    {
        try
        {
            await anchoring.AnchorAsync(number, isFirst: false);
        }
        catch (Exception exception) when (exception is not (LedgerRefusedException or LedgerUnavailableException))
        {
            // It goes on without this request: it may be kept, also where the database could not be asked.
            outbox.Add(number);
            throw;
        }
    }
}

/// <summary>What a request led to.</summary>
/// <param name="Result">Whether it was issued now, or before.</param>
/// <param name="Document">The document, where it may be handed out as the answer.</param>
/// <param name="Id">The UUID of the credential's identifier; none while it is being built.</param>
public sealed record IssueOutcome(IssueResult Result, StoredDocument? Document, Guid? Id)
{
    /// <summary>The request that waits, where it does.</summary>
    public IssuingRequest? Held { get; private init; }

    internal static IssueOutcome OfHeld(IssuingRequest held) =>
        new(IssueResult.Held, Document: null, Id: null) { Held = held };
}

/// <summary>Whether a credential was issued now, or before.</summary>
public enum IssueResult
{
    /// <summary>Issued by this request.</summary>
    Issued,

    /// <summary>Issued by the same request, sent before.</summary>
    Repeated,

    /// <summary>The same person has the same award.</summary>
    AlreadyIssued,

    /// <summary>Issued by the same request, and revoked since.</summary>
    Revoked,

    /// <summary>Kept until another person approves, or until its day.</summary>
    Held,
}
