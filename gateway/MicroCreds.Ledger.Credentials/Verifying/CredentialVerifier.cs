using System.Text.Json;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>How credentials are verified.</summary>
public sealed record VerificationOptions
{
    /// <summary>
    /// The name of the ledger that is asked. Empty while that is not known: then nothing can be checked with it.
    /// </summary>
    public required string Ledger { get; init; }

    /// <summary>
    /// How long an issuance may take to reach this institution's view of the ledger. Default is 5 minutes.
    /// </summary>
    public TimeSpan AnchoringGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How far an issuer's clock may be ahead of ours. Default is 2 minutes.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How far the times of two transactions may contradict the order they were committed in. Default is 15 minutes:
    /// what peers let the clock of a transaction's creator be off.
    /// </summary>
    public TimeSpan TransactionClockSkew { get; init; } = KeyRule.ClockSkew;

    /// <summary>How long ago a wallet may have proved its key. Default is 1 hour.</summary>
    public TimeSpan MaxHolderProofAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The largest document, in bytes. Default is 256 KiB.</summary>
    public int MaxDocumentBytes { get; init; } = 256 * 1024;

    /// <summary>Tells whether a credential is one of another ledger.</summary>
    internal bool IsOther(string ledger) => Ledger.Length > 0 && ledger != Ledger;
}

/// <summary>
/// Verifies credentials against the ledger: seven checks, each a line of its own, and more where there is more to ask.
/// What cannot be checked is unknown, and nothing unknown is ever valid. Thread-safe.
/// </summary>
public sealed class CredentialVerifier
{
    private readonly ILedgerView _ledger;
    private readonly TimeProvider _time;
    private readonly Func<VerificationOptions> _current;
    private readonly StatementVerifier _statements = new();
    private readonly ProvenDocuments _proven = new();
    private readonly PartsCheck _parts;

    /// <summary>Prepares verifying.</summary>
    /// <param name="ledger">What says what is on the ledger.</param>
    /// <param name="time">What says what time it is.</param>
    /// <param name="options">How to verify.</param>
    public CredentialVerifier(ILedgerView ledger, TimeProvider time, VerificationOptions options)
        : this(ledger, time, () => options) => ArgumentNullException.ThrowIfNull(options);

    /// <summary>Prepares verifying by options that become known later.</summary>
    /// <param name="ledger">What says what is on the ledger.</param>
    /// <param name="time">What says what time it is.</param>
    /// <param name="current">Gives the options as they are now.</param>
    public CredentialVerifier(ILedgerView ledger, TimeProvider time, Func<VerificationOptions> current)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(current);
        (_ledger, _time, _current) = (ledger, time, current);
        Compact = new CompactExpander(ledger, time, current);
        _parts = new PartsCheck(ledger, time);
    }

    /// <summary>Makes whole documents of the compact form.</summary>
    public CompactExpander Compact { get; }

    private VerificationOptions Options => _current();

    /// <summary>
    /// Verifies a credential in any form, as it was received; equivalent to
    /// <c>VerifyAsync(utf8, request: null, cancellationToken)</c>.
    /// </summary>
    public ValueTask<Verdict> VerifyAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default) =>
        VerifyAsync(utf8, request: null, cancellationToken);

    /// <summary>Verifies a credential as it was presented. Never throws because of what it holds.</summary>
    /// <param name="utf8">The credential in any form, as it was received.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> utf8, PresentationRequest? request, CancellationToken cancellationToken = default) =>
        VerifyAsync(utf8, new Presenting(request, Proof: null), cancellationToken);

    /// <summary>Verifies a credential that was taken out of a presentation.</summary>
    /// <param name="utf8">The credential in any form.</param>
    /// <param name="request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="proof">The wallet's proof of the presentation; none if it made none.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    internal ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> utf8, PresentationRequest? request, HolderProof? proof,
        CancellationToken cancellationToken) =>
        VerifyAsync(utf8, new Presenting(request, proof), cancellationToken);

    private async ValueTask<Verdict> VerifyAsync(
        ReadOnlyMemory<byte> utf8, Presenting presenting, CancellationToken cancellationToken)
    {
        if (utf8.Length > Options.MaxDocumentBytes)
            return FormatVerdict.OfTooLarge(utf8.Length, Options.MaxDocumentBytes);

        try
        {
            var digest = DocumentDigest.Of(utf8.Span);
            if (CompactText.Is(utf8.Span)) return await VerifyCompactAsync(utf8, digest, presenting, cancellationToken);
            return await VerifyAgainAsync(digest, _ => CredentialReader.Read(utf8), presenting, cancellationToken)
                ?? await VerifyAsync(CredentialReader.Read(utf8), digest, presenting, cancellationToken);
        }
        catch (StrictJsonException e)
        {
            return FormatVerdict.Of(CheckCodes.NotJson, e.Message);
        }
        catch (CredentialFormatException e)
        {
            return FormatVerdict.Of(e);
        }
    }

    /// <summary>
    /// Verifies a document that <see cref="StrictJson"/> parsed. Never throws because of what it holds.
    /// </summary>
    public async ValueTask<Verdict> VerifyAsync(JsonDocument document, CancellationToken cancellationToken = default)
    {
        try
        {
            return await VerifyAsync(CredentialReader.Read(document), digest: null, default, cancellationToken);
        }
        catch (CredentialFormatException e)
        {
            return FormatVerdict.Of(e);
        }
    }

    /// <summary>Verifies the document that a compact form stands for.</summary>
    private async ValueTask<Verdict> VerifyCompactAsync(
        ReadOnlyMemory<byte> utf8, DocumentDigest digest, Presenting presenting,
        CancellationToken cancellationToken)
    {
        var again = await VerifyAgainAsync(
            digest,
            view => view is not null && Compact.Expand(CompactText.Read(utf8), view, Options).Document is { } made
                ? CredentialReader.Read(made) : null,
            presenting, cancellationToken);
        if (again is not null) return again;

        var expansion = await Compact.ExpandAsync(utf8, cancellationToken);
        if (expansion.Document is not { } document) return FormatVerdict.Of(expansion);
        var credential = CredentialReader.Read(document);
        return await VerifyAsync(credential, expansion.View, digest, presenting, cancellationToken);
    }

    /// <summary>Verifies a document that was proven before; gives nothing if none such is remembered.</summary>
    /// <param name="digest">The digest of what was received.</param>
    /// <param name="read">Reads the document again, by what the ledger says; nothing if it cannot be had.</param>
    /// <param name="presenting">How it was presented.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    private async ValueTask<Verdict?> VerifyAgainAsync(
        DocumentDigest digest, Func<AnchorView?, ReadCredential?> read, Presenting presenting,
        CancellationToken cancellationToken)
    {
        if (_proven.Find(digest) is not { } proven) return null;
        var credential = proven.Open(digest);
        var view = await ViewAsync(credential, cancellationToken);
        if (!proven.IsSignedByKeyOf(view) || !proven.SaysWhatIsPublished(view))
        {
            _proven.Forget(digest);
            return null;
        }

        var examination = Examine(credential, view) with { Proven = proven };
        return Judge(examination, new Lazy<ReadCredential?>(() => read(view)), presenting);
    }

    private async ValueTask<Verdict> VerifyAsync(
        ReadCredential credential, DocumentDigest? digest, Presenting presenting,
        CancellationToken cancellationToken) => await VerifyAsync(
            credential, await ViewAsync(credential, cancellationToken), digest, presenting, cancellationToken);

    private async ValueTask<Verdict> VerifyAsync(
        ReadCredential credential, AnchorView? view, DocumentDigest? digest, Presenting presenting,
        CancellationToken cancellationToken)
    {
        bool isToBeRemembered = digest is not null && ProvenDocuments.MayRemember(credential);
        var examination = Examine(credential, view) with
        {
            IsToBeRemembered = isToBeRemembered,
            Presented = presenting.Proof,
        };
        var verdict = await WithPartsAsync(
            Judge(examination, new Lazy<ReadCredential?>(credential), presenting), credential, cancellationToken);
        if (isToBeRemembered && view?.Anchor?.Institution is { } institution
            && Passed(verdict, CheckNames.Signature) && Passed(verdict, CheckNames.Anchor))
        {
            var key = institution.FindIssuerKey(credential.Proof.KeyId)!;
            _proven.Remember(
                digest!, credential, key.PublicKeyMultibase,
                LedgerDescription.Of(view.Achievement!, credential.IssuerDid));
        }

        return verdict;
    }

    /// <summary>Asks after the credentials that one was awarded for, if it is established that it was.</summary>
    private async ValueTask<Verdict> WithPartsAsync(
        Verdict verdict, ReadCredential credential, CancellationToken cancellationToken)
    {
        if (credential.Parts is not { Count: > 0 } parts) return verdict;

        bool isEstablished = Passed(verdict, CheckNames.Signature) && Passed(verdict, CheckNames.Anchor);
        var findings = isEstablished ? await _parts.FindAsync(parts, Options, cancellationToken) : null;
        var line = findings is null ? PartsCheck.NotAsked : PartsCheck.Of(findings);
        Check[] checks =
        [
            .. verdict.Checks.Where(check => check.Name != CheckNames.Holder),
            line,
            .. verdict.Checks.Where(check => check.Name == CheckNames.Holder),
        ];
        return verdict with { Kind = Verdict.KindOf(checks), Checks = checks, Parts = findings };
    }

    private static bool Passed(Verdict verdict, string name) =>
        verdict.Checks.First(check => check.Name == name).Outcome == CheckOutcome.Pass;

    private Examination Examine(ReadCredential credential, AnchorView? view) =>
        new(credential, view, _time.GetUtcNow(), Options, _statements);

    private async ValueTask<AnchorView?> ViewAsync(ReadCredential credential, CancellationToken cancellationToken)
    {
        if (credential.Anchor.Ledger != Options.Ledger) return null;
        try
        {
            return await _ledger.FindAnchorAsync(
                credential.Anchor.MspId, credential.Anchor.Root, credential.Anchor.Index, credential.Achievement,
                cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            // The checks that need the ledger say so, each in its own line.
            return null;
        }
    }

    private static Verdict Judge(
        Examination examination, Lazy<ReadCredential?> source, Presenting presenting)
    {
        var notices = new List<Notice>();
        if (examination.Credential.RecipientName is null)
        {
            notices.Add(new Notice(
                CheckCodes.NameWithheld, "The learner's name is not shown: this alone does not tell whose it is."));
        }

        if (examination.Credential.Proof.Others is > 0 and var others)
        {
            notices.Add(new Notice(
                CheckCodes.OtherProofs,
                $"Its issuer's proof counts here. Further proofs stand beside it ({others}), and were not looked at."));
        }

        var anchor = AnchorCheck.Of(examination);
        Check[] checks =
        [
            new(CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed, "It is a credential in the form we know."),
            SignatureCheck.Of(examination),
            anchor,
            IssuerKeyCheck.Of(examination, notices),
            StatusCheck.Of(examination, anchor, notices),
            ValidityPeriodCheck.Of(examination),
            AccreditationCheck.Of(examination, out var accreditation),
        ];
        if (HolderCheck.Of(examination, presenting.Request, notices) is { } holder) checks = [.. checks, holder];
        checks = SignatureCheck.NothingWithoutIt(checks);
        return new Verdict
        {
            Kind = Verdict.KindOf(checks),
            Checks = checks,
            AsOf = examination.View?.AsOf,
            Credential = SummaryOf(examination.Credential),
            Form = examination.Credential.Form,
            ReplacedBy = StatusCheck.ReplacementOf(examination),
            Notices = notices,
            Accreditation = accreditation,
            Presented = HolderCheck.ClaimOf(examination),
            Source = source,
            View = examination.View,
        };
    }

    internal static CredentialSummary SummaryOf(ReadCredential credential) => new(
        credential.Id,
        credential.IssuerDid,
        credential.IssuerName,
        credential.Anchor.MspId,
        credential.Achievement.Id,
        credential.Achievement.Version,
        credential.AchievementName,
        credential.RecipientName,
        credential.ValidFrom,
        credential.ValidUntil);

    /// <summary>How a credential was presented.</summary>
    /// <param name="Request">What the wallet was asked for; none if nothing was.</param>
    /// <param name="Proof">The wallet's proof of the presentation that it came in; none if it came in none.</param>
    private readonly record struct Presenting(PresentationRequest? Request, HolderProof? Proof);
}
