using System.Collections.Concurrent;
using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// What is shown of a credential that this gateway issued: all of it to its learner, to others what the learner chose,
/// each time with a verdict that is made anew. Thread-safe.
/// </summary>
public sealed class LearnerViews(
    DocumentStore documents, FormSigner signer, CredentialVerifier verifier, Recognitions recognitions,
    BadgeImages badges, LedgerProjection projection, AnswerCounter answers, TimeProvider time)
{
    /// <summary>How long a form that was signed for a page serves further visits.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <summary>The most that are kept in memory; beyond it the memory starts anew.</summary>
    private const int MaxKept = 4096;

    private readonly ConcurrentDictionary<string, (byte[] Document, DateTimeOffset At)> _signed = [];

    /// <summary>Shows all of a credential.</summary>
    /// <returns>Null if it is not kept here any more.</returns>
    public Task<LearnerView?> OfAllAsync(Guid credential, CancellationToken cancellationToken) =>
        OfAsync(credential, credential.ToString(), shown: null, cancellationToken);

    /// <summary>Shows what a learner chose to show.</summary>
    /// <returns>Null if it is not kept here any more.</returns>
    public Task<LearnerView?> OfShareAsync(Share share, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(share);
        return OfAsync(share.Credential, share.Id, share.Shown, cancellationToken);
    }

    /// <summary>Shows what anybody may see who knows a credential's identifier: nothing of the learner.</summary>
    /// <returns>Null if it is not kept here any more.</returns>
    public Task<LearnerView?> OfPublicAsync(Guid credential, CancellationToken cancellationToken) =>
        OfAsync(credential, "public:" + credential, shown: [], cancellationToken);

    /// <summary>What of a credential its learner may show or not: what is there.</summary>
    public static IReadOnlyList<string> ChoicesOf(LearnerView shown)
    {
        ArgumentNullException.ThrowIfNull(shown);
        using var json = JsonDocument.Parse(shown.Document);
        var subject = json.RootElement.GetProperty("credentialSubject");
        return
        [
            .. DisclosureChoice.Names.Where(name => name == "evidence"
                ? json.RootElement.TryGetProperty(name, out _) : subject.TryGetProperty(name, out _)),
        ];
    }

    private async Task<LearnerView?> OfAsync(
        Guid credential, string key, IReadOnlyList<string>? shown, CancellationToken cancellationToken)
    {
        if (documents.Find(credential) is not { State: IssuanceState.Issued } found) return null;
        var now = time.GetUtcNow();
        if (!_signed.TryGetValue(key, out var signed) || now - signed.At > Fresh || now < signed.At)
        {
            byte[] document = shown is null
                ? await signer.GiveAsync(found.Document, cancellationToken)
                : DisclosureChoice.Keep(
                    await signer.GiveAsync(found.Document, CredentialForm.SdJwtVc, cancellationToken), shown);
            if (_signed.Count >= MaxKept) _signed.Clear();
            _signed[key] = signed = (document, now);
        }

        var verdict = await verifier.VerifyAsync(signed.Document, cancellationToken);
        answers.Verified(verdict.Kind);
        var content = verdict.Document is { } read ? CredentialContent.Of(read) : null;
        return new LearnerView(found.Document, signed.Document, verdict)
        {
            Content = content,
            Badge = content is null ? null : badges.FindFor(content),
            Issuer = verdict.Credential is { } summary
                ? projection.Institutions.GetValueOrDefault(summary.MspId) : null,
            Recognition = verdict.Kind == VerdictKind.Valid
                ? recognitions.Answer([recognitions.Of(verdict)], institution: null) : null,
        };
    }
}

/// <summary>What is shown of a credential.</summary>
/// <param name="Stored">What is kept of it.</param>
/// <param name="Document">What is shown, in the form that it can be taken along.</param>
/// <param name="Verdict">Whether it stands, as of now.</param>
public sealed record LearnerView(StoredDocument Stored, byte[] Document, Verdict Verdict)
{
    /// <summary>The credential's identifier.</summary>
    public string Id => $"urn:uuid:{Stored.Id}";

    /// <summary>What it says, as far as it is shown.</summary>
    public CredentialContent? Content { get; init; }

    /// <summary>What its achievement looks like.</summary>
    public ShownBadge? Badge { get; init; }

    /// <summary>Its issuer as the ledger has it.</summary>
    public Institution? Issuer { get; init; }

    /// <summary>What the members make of it; none of what is not valid.</summary>
    public RecognitionReport? Recognition { get; init; }
}
