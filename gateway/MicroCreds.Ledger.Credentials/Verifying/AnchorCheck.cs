using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Checks that the credential is one of those that an issuance on the ledger commits to, and says what is published
/// there.
/// </summary>
internal static class AnchorCheck
{
    public static Check Of(Examination examination)
    {
        var credential = examination.Credential;
        var anchor = credential.Anchor;
        if (examination.Options.IsOther(anchor.Ledger))
        {
            return Fail(
                CheckCodes.OtherLedger,
                "It names another ledger than the one asked here, and is not anchored on this one.",
                "Verify it at an institution of that ledger's consortium.");
        }

        if (!examination.IsIncluded())
        {
            return Fail(
                CheckCodes.InclusionMismatch, "It is not among the credentials that its anchor names, at that place.",
                "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");
        }

        if (examination.Unreachable(CheckNames.Anchor) is { } unreachable) return unreachable;
        return examination.Issuance is { } issuance ? OfIssuance(examination, issuance) : Missing(examination);
    }

    private static Check OfIssuance(Examination examination, Issuance issuance)
    {
        var anchor = examination.Credential.Anchor;
        var statement = issuance.Statement;
        if (statement.Root != anchor.Root || statement.Size != anchor.Size
            || statement.Ledger != anchor.Ledger || statement.MspId != anchor.MspId
            || statement.Type != IssuanceStatement.TypeName)
        {
            return Fail(
                CheckCodes.AnchorMismatch,
                "Its anchor says otherwise than the issuance on the ledger.", "Ask the issuer.");
        }

        if (examination.Institution is not { } institution)
        {
            return new Check(
                CheckNames.Anchor, CheckOutcome.Unknown, CheckCodes.IssuerUnknown,
                "The ledger has the issuance, but not the institution that made it.", "Ask the issuer.");
        }

        if (institution.MspId != statement.MspId)
        {
            return Fail(
                CheckCodes.AnchorMismatch,
                "The issuance is another institution's than the ledger names.", "Ask the issuer.");
        }

        if (!statement.Achievements.Contains(examination.Credential.Achievement))
        {
            return Fail(
                CheckCodes.AchievementNotIssued, "The issuance on the ledger does not attest this achievement.",
                "Ask the issuer.");
        }

        if (!IsSigned(examination, issuance))
        {
            return Fail(
                CheckCodes.StatementForged, "The issuer did not sign the issuance that stands on the ledger.",
                "Do not rely on it, and tell the issuer and the consortium's operator.");
        }

        return ContentCheck.FaultOf(examination) ?? new Check(
            CheckNames.Anchor, CheckOutcome.Pass, CheckCodes.Anchored, Passed(examination.View!.AnchoredAt));
    }

    private static bool IsSigned(Examination examination, Issuance issuance) => StatementRule.IsGenuine(
        issuance.Statement, issuance.Signature, examination.Options.Ledger, examination.Institution,
        examination.Statements, out _);

    private static string Passed(LedgerPosition? at) => at is null
        ? "Anchored on the ledger by its issuer."
        : $"Anchored on the ledger by its issuer in block {at.Block}, at {CredentialTime.Write(at.Time)}.";

    /// <summary>
    /// Tells whether an anchor may still come. A peer can be a moment behind the one that a credential was issued
    /// through; once the view has passed the time of issuing by the grace that anchoring is given, the anchor is not
    /// late: it never came.
    /// </summary>
    public static bool IsOnItsWay(
        DateTimeOffset issuedAt, AnchorView? view, DateTimeOffset now, VerificationOptions options)
    {
        bool isRecent = issuedAt > now - options.AnchoringGrace && issuedAt <= now + options.ClockSkew;
        bool isBehind = view?.AsOf is not { } asOf || asOf.Time < issuedAt + options.AnchoringGrace;
        return isRecent && isBehind;
    }

    /// <summary>The line on a credential whose anchor may still come.</summary>
    public static Check NotYet() => new(
        CheckNames.Anchor, CheckOutcome.Unknown, CheckCodes.NotAnchoredYet,
        "It was issued a moment ago and has not reached this view of the ledger yet.", "Verify again in a moment.");

    private static Check Missing(Examination examination)
    {
        var (credential, view, now, options, _) = examination;
        var issuedAt = credential.Proof.Created > credential.ValidFrom
            ? credential.Proof.Created
            : credential.ValidFrom;
        return IsOnItsWay(issuedAt, view, now, options)
            ? NotYet()
            : Fail(
                CheckCodes.NotAnchored, "No issuance on the ledger commits to it.",
                "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");
    }

    private static Check Fail(string code, string detail, string nextStep) =>
        new(CheckNames.Anchor, CheckOutcome.Fail, code, detail, nextStep);
}
