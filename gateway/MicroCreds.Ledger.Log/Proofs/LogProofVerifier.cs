using System.Globalization;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>How credentials are verified by such proofs.</summary>
public sealed record LogProofOptions
{
    /// <summary>Whose word is taken.</summary>
    public required LogTrust Trust { get; init; }

    /// <summary>How old the members' word may be. Default is without a limit: the verdict says as of when.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>
    /// What says what is not in force, for proofs that are older than it. Default is none: the proof says it.
    /// </summary>
    public StatusFilterFile? Filter { get; init; }
}

/// <summary>
/// Verifies credentials without a network, by the heads that members and witnesses signed: the document lies in its
/// issuance, that in the log, and by what stands there nothing is said against it. No signature of the issuer is
/// needed: its statement has a leaf only because it counted where each member derived the log. A head that counted is
/// remembered, so that the signatures below it are verified once; and so are the issuances and the uppermost nodes that
/// were proven under it. Thread-safe.
/// </summary>
/// <param name="time">What says what time it is.</param>
/// <param name="options">How to verify.</param>
public sealed class LogProofVerifier(TimeProvider time, LogProofOptions options)
{
    internal const string AskAnew = "Do not rely on it. Ask a member's gateway for the proof anew.";

    private readonly RememberedHeads _heads = new(options.Trust);

    /// <summary>Verifies a credential. Never throws because of what the two hold.</summary>
    /// <param name="credential">The credential as it was received.</param>
    /// <param name="proof">The proof that came with it.</param>
    public LogVerdict Verify(ReadOnlyMemory<byte> credential, ReadOnlyMemory<byte> proof)
    {
        ReadCredential read;
        try
        {
            if (credential.Length > new VerificationOptions { Ledger = "" }.MaxDocumentBytes)
                return Unreadable(CheckNames.Format, CheckCodes.TooLarge, "The document is too large.");
            if (CompactText.Is(credential.Span))
            {
                return Verdict([new Check(
                    CheckNames.Format, CheckOutcome.Unknown, CheckCodes.NotChecked,
                    "It is a credential's compact form, and most of what it says stands on the ledger alone.",
                    "Verify it at a gateway, or ask for the whole document.")]);
            }

            read = CredentialReader.Read(credential);
        }
        catch (StrictJsonException e)
        {
            return Unreadable(CheckNames.Format, CheckCodes.NotJson, e.Message);
        }
        catch (CredentialFormatException e)
        {
            return Unreadable(CheckNames.Format, CheckCodes.NotACredential, e.Message);
        }

        try
        {
            byte[] packed = LogProofFile.Split(proof.Span, out var rest);
            var ofCredential = EvidencePacking.UnpackCredential(packed, out var evidence);
            var (key, names) = (Digest.Of(evidence, rest, default), IssuanceNames.Of(read));
            if (_heads.Issuances.Find(key, names) is { } known)
                return Verify(read, known, AnchorCheck(read, known), ofCredential);

            var file = LogProofFile.Parse(proof.Span, read);
            var shown = ShownIssuance.Of(file, names, _heads.Find(file.Head));
            var anchor = AnchorCheck(read, shown);
            if (anchor.Outcome == CheckOutcome.Pass) _heads.Issuances.Add(key, shown);
            return Verify(read, shown, anchor, ofCredential);
        }
        catch (FormatException e)
        {
            return Unreadable(LogCheckNames.Proof, LogCheckCodes.NotAProof, e.Message);
        }
    }

    private LogVerdict Verify(
        ReadCredential credential, ShownIssuance shown, Check anchor, StandingProof ofCredential)
    {
        var notices = new List<Notice>
        {
            new(LogCheckCodes.SignatureNotNeeded,
                "The proof on the document was not looked at: its issuance commits to all that it says."),
            new(LogCheckCodes.DescriptionNotCompared,
                "What it says of its achievement is its issuer's word; whether that was published so, and whether the "
                + "issuer was accredited, was not asked."),
        };
        var filter = FilterNewerThan(shown.Head.Finding, notices);
        var finding = filter?.Head ?? shown.Head.Finding;
        CredentialStanding? said = null;
        Check[] checks =
        [
            new(CheckNames.Format, CheckOutcome.Pass, CheckCodes.WellFormed, "It is a credential in the form we know."),
            .. HeadChecks(shown.Head, filter),
            anchor,
            .. anchor.Outcome == CheckOutcome.Pass
                ? StandingChecks.Of(credential, shown, ofCredential, filter?.Filter, notices, out said)
                : [NotAsked(CheckNames.IssuerKey), NotAsked(CheckNames.Status)],
            ValidityPeriodCheck.Of(new Examination(
                credential, View: null, time.GetUtcNow(), new VerificationOptions { Ledger = options.Trust.Ledger },
                StatementVerifier.Shared)),
        ];
        return Verdict(checks) with
        {
            Headline = HeadlineOf(checks, finding),
            InForceAsOf = finding.AsOf,
            Members = finding.Members,
            Witnesses = finding.Witnesses,
            Credential = CredentialVerifier.SummaryOf(credential),
            ReplacedBy = said?.ReplacedBy,
            Notices = notices,
        };
    }

    /// <summary>The filter, unless the proof is newer: then the proof says what stands.</summary>
    private FilterFinding? FilterNewerThan(HeadFinding proof, List<Notice> notices)
    {
        if (options.Filter is not { } file) return null;
        var filter = FilterFinding.Of(file, _heads.Find(file.Head).Finding);
        if (filter.Head.Head is not { } head || !(head.Size < proof.Head?.Size)) return filter;
        notices.Add(new Notice(
            LogCheckCodes.FilterOlder, "The filter is older than the proof, which says what stands itself."));
        return null;
    }

    private Check[] HeadChecks(JudgedHead proof, FilterFinding? filter)
    {
        if (filter is null) return [HeadCheck(LogCheckNames.Head, proof.Finding, options.MaxAge)];

        // The proof may be of any age: it shows what was issued, and the filter what is in force.
        var head = HeadCheck(LogCheckNames.Head, proof.Finding, longest: null);
        return !filter.IsProven
            ? [head, new Check(
                LogCheckNames.Filter, CheckOutcome.Unknown, LogCheckCodes.FilterNotProven, filter.Fault!,
                "Get the filter anew: microcreds log filter.")]
            : [head, HeadCheck(LogCheckNames.Filter, filter.Head, options.MaxAge)];
    }

    private Check HeadCheck(string name, HeadFinding finding, TimeSpan? longest)
    {
        if (finding.Fault is { } fault)
        {
            return new Check(
                name, CheckOutcome.Unknown, LogCheckCodes.TooFewSigned, fault,
                "Ask a member's gateway for it anew, or mend the trust file if it is out of date.");
        }

        var asOf = finding.AsOf!.Value;
        if (asOf > time.GetUtcNow() + KeyRule.ClockSkew)
        {
            return new Check(
                name, CheckOutcome.Fail, LogCheckCodes.FromTheFuture,
                $"The head is signed as of {finding.AsOfText}, which is still to come.", AskAnew);
        }

        return longest is { } maxAge && time.GetUtcNow() - asOf > maxAge
            ? new Check(
                name, CheckOutcome.Unknown, LogCheckCodes.TooOld,
                $"The head is signed as of {finding.AsOfText}, {Span(time.GetUtcNow() - asOf)} ago; at most "
                    + $"{Span(maxAge)} is taken.",
                "Ask a member's gateway for it anew.")
            : new Check(
                name, CheckOutcome.Pass, LogCheckCodes.Cosigned,
                $"The head is signed as of {finding.AsOfText} by {finding.Signers}.");
    }

    private Check AnchorCheck(ReadCredential credential, ShownIssuance shown)
    {
        var statement = shown.Statement;
        var anchor = credential.Anchor;
        if (anchor.Ledger != options.Trust.Ledger)
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.OtherLedger, "It names another ledger than the trust file is for.",
                "Verify it with a trust file of that ledger's consortium.");
        }

        if (!MerkleProof.Verify(
            Convert.FromHexString(anchor.Root), credential.LeafHash(), anchor.Index, anchor.Size,
            [.. anchor.Path.Select(Convert.FromHexString)]))
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.InclusionMismatch,
                "It is not among the credentials that its anchor names, at that place.",
                "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");
        }

        if (statement is null || statement.Root != anchor.Root || statement.Size != anchor.Size
            || statement.MspId != anchor.MspId || statement.Ledger != anchor.Ledger
            || statement.KeyId != anchor.KeyId)
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.AnchorMismatch, "The proof is of another issuance than its anchor names.",
                AskAnew);
        }

        if (anchor.TransactionId is { } transaction && transaction != shown.Leaf.TransactionId)
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.AnchorMismatch,
                "Its anchor names another transaction than the one that anchored its issuance.",
                "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");
        }

        if (!statement.Achievements.Contains(credential.Achievement))
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.AchievementNotIssued, "Its issuance does not attest this achievement.",
                "Ask the issuer.");
        }

        return shown.IsInLog
            ? new Check(
                CheckNames.Anchor, CheckOutcome.Pass, CheckCodes.Anchored,
                $"Anchored on the ledger by its issuer in block {shown.Leaf.Block}, at "
                    + $"{CredentialTime.Write(shown.Leaf.Moment)}.")
            : Fail(
                CheckNames.Anchor, LogCheckCodes.NotInTheLog, "That its issuance is in the log is not proven.",
                AskAnew);
    }

    private static string HeadlineOf(Check[] checks, HeadFinding finding)
    {
        var head = VerdictHead.Of(Credentials.Verifying.Verdict.KindOf(checks), checks, view: null);
        if (finding.AsOf is null) return head.Sentence;
        return head.Kind == VerdictKind.Valid
            ? $"In force as of {finding.AsOfText}, by the word of {finding.Signers}."
            : $"{head.Word}, as of {finding.AsOfText}, by the word of {finding.Signers}: "
                + string.Join(' ', head.Told.Select(check => check.Detail));
    }

    private static string Span(TimeSpan span) => string.Create(
        CultureInfo.InvariantCulture, $"{(int)span.TotalDays} d {span.Hours} h {span.Minutes} min {span.Seconds} s");

    private static LogVerdict Unreadable(string check, string code, string detail) =>
        Verdict([new Check(check, CheckOutcome.Fail, code, detail, "Ask for the file as it was made, unchanged.")]);

    private static LogVerdict Verdict(Check[] checks)
    {
        var head = VerdictHead.Of(Credentials.Verifying.Verdict.KindOf(checks), checks, view: null);
        return new LogVerdict
        {
            Kind = head.Kind,
            Headline = head.Sentence,
            HeadlineCodes = head.Codes,
            Checks = checks,
        };
    }

    private static Check Fail(string name, string code, string detail, string nextStep) =>
        new(name, CheckOutcome.Fail, code, detail, nextStep);

    private static Check NotAsked(string name) => new(
        name, CheckOutcome.Unknown, CheckCodes.NotChecked, "It could not be checked while its anchor is not proven.",
        "See the line on its anchor.");
}
