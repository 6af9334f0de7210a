using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Checks that the credential is neither suspended nor revoked.</summary>
internal static class StatusCheck
{
    public static Check Of(Examination examination, Check anchor, List<Notice> notices)
    {
        if (examination.Unreachable(CheckNames.Status) is { } unreachable) return unreachable;
        if (anchor.Outcome == CheckOutcome.Pass && !NamesItsPlace(examination))
        {
            return Fail(
                CheckCodes.StatusEntryMismatch,
                "The place in a status list that it names is not the one that its issuance has on the ledger.",
                "Do not rely on it, and tell the issuer.");
        }

        if (examination.View!.Anchor?.Status is { } status)
        {
            return IsGenuine(examination, status)
                ? OfStatement(
                    status, examination.FindKey(status.Statement.KeyId)!, examination.View.WritingTimeOf(status),
                    anchor, notices)
                : Forged();
        }

        // That nothing is said against a credential is good news only if this is the credential meant.
        return anchor.Outcome == CheckOutcome.Pass
            ? Pass("Nothing is said against it on the ledger.")
            : NotTheAnchored();
    }

    // Software that knows nothing of the ledger goes by the status list alone: a credential whose entry points
    // elsewhere could never be revoked there.
    private static bool NamesItsPlace(Examination examination) =>
        examination.Credential.StatusEntry is not { } entry
        || (examination.Issuance is { } issuance
            && entry.IsOf(issuance.Statement, examination.Credential.Anchor.Index));

    /// <summary>Names what replaces the credential, if its issuer said so.</summary>
    public static CredentialReference? ReplacementOf(Examination examination) =>
        examination.View?.Anchor?.Status is { } status && IsGenuine(examination, status)
            ? status.Statement.ReplacedBy : null;

    /// <summary>Judges a credential by its status, which its issuer signed.</summary>
    /// <param name="status">The status.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="written">When it was written.</param>
    /// <param name="anchor">Whether the credential meant is the one that was anchored.</param>
    /// <param name="notices">Takes what a verifier should know besides.</param>
    public static Check OfStatement(
        Status status, SigningKey key, WritingTime written, Check anchor, List<Notice> notices)
    {
        var statement = status.Statement;
        string when = CredentialTime.Write(status.ChangedAt);
        return statement.State switch
        {
            CredentialState.Revoked when statement.Reason == StatusReason.Superseded => Fail(
                CheckCodes.Superseded, $"Revoked by its issuer on {when}: another credential replaces it.",
                statement.ReplacedBy is { } next
                    ? $"Ask the learner for the credential {next.Id}."
                    : "Ask the learner for the new one."),
            CredentialState.Revoked => Fail(
                CheckCodes.Revoked,
                $"Revoked by its issuer on {when} (reason: {statement.Reason}).", "Do not rely on it."),
            CredentialState.Suspended => Fail(
                CheckCodes.Suspended, $"Suspended by its issuer on {when} (reason: {statement.Reason}).",
                "Do not rely on it for now; verify again later, or ask the issuer."),
            CredentialState.InForce => Reinstated(status, key, written, anchor, notices),
            _ => Unknown(
                CheckCodes.StatusUnknown,
                "Its status on the ledger is of a kind not known here.",
                "Ask the issuer."),
        };
    }

    // Good news of a stolen key is none: a thief could have lifted the suspension.
    private static Check Reinstated(
        Status status, SigningKey key, WritingTime written, Check anchor, List<Notice> notices)
    {
        if (KeyRule.StandingOf(key, written, isGoodNews: true) != KeyStanding.InForce)
        {
            return Unknown(
                CheckCodes.StatusKeyCompromised,
                "Its suspension was lifted with a key that was in other hands or not in force then, as far as is "
                + "known here.",
                "Ask the issuer.");
        }

        if (anchor.Outcome != CheckOutcome.Pass) return NotTheAnchored();
        notices.Add(new Notice(
            CheckCodes.ReinstatedEarlier,
            $"It was suspended, and reinstated on {CredentialTime.Write(status.ChangedAt)}."));
        return Pass("It was reinstated by its issuer.");
    }

    private static bool IsGenuine(Examination examination, Status status)
    {
        var anchor = examination.Credential.Anchor;
        return examination.Issuance is { } issuance
            && IsOfPlace(status.Statement, issuance, anchor.Root, anchor.Index)
            && StatementRule.IsGenuine(
                status.Statement, status.Signature, anchor.Ledger, examination.Institution, examination.Statements,
                out _);
    }

    /// <summary>Tells whether a status is about the credential at a place.</summary>
    public static bool IsOfPlace(StatusStatement statement, Issuance issuance, string root, int index) =>
        statement.Root == root && statement.Index == index && statement.MspId == issuance.Statement.MspId;

    /// <summary>The line on a status that its issuer did not sign.</summary>
    public static Check Forged() => Fail(
        CheckCodes.StatusForged, "The status on the ledger is not signed by the issuer, or is about another one.",
        "Do not rely on it, and tell the issuer and the consortium's operator.");

    private static Check NotTheAnchored() => Unknown(
        CheckCodes.NotChecked, "Whether it stands cannot be said while its anchor is not established.",
        "See the line on its anchor.");

    private static Check Pass(string detail) => new(CheckNames.Status, CheckOutcome.Pass, CheckCodes.InForce, detail);

    private static Check Fail(string code, string detail, string nextStep) =>
        new(CheckNames.Status, CheckOutcome.Fail, code, detail, nextStep);

    private static Check Unknown(string code, string detail, string nextStep) =>
        new(CheckNames.Status, CheckOutcome.Unknown, code, detail, nextStep);
}
