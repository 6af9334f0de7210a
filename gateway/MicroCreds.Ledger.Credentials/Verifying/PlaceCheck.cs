using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Tells whether a credential stands by its place on the ledger alone, where the document itself is not at hand: its
/// issuer, which the members know, signed the issuance with a key that was in force, and has not taken it back.
/// </summary>
public static class PlaceCheck
{
    /// <summary>Finds what stands against it; nothing of a credential that stands.</summary>
    /// <param name="view">What the ledger says of the place.</param>
    /// <param name="options">How to verify.</param>
    /// <param name="mspId">The issuer.</param>
    /// <param name="root">The issuance's root.</param>
    /// <param name="index">The index in its tree.</param>
    /// <returns>The first line that does not pass.</returns>
    public static Check? FaultOf(
        AnchorView view, VerificationOptions options, string mspId, string root, int index)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(options);
        if (view.Unreadable is { } unreadable)
        {
            return new Check(
                CheckNames.Anchor, CheckOutcome.Unknown, CheckCodes.RecordUnreadable,
                $"It could not be checked. {unreadable}",
                "Ask another institution's gateway, or again once this one was upgraded.");
        }

        if (view.Anchor?.Issuance is not { } issuance || index < 0 || index >= issuance.Statement.Size)
            return Anchor(CheckOutcome.Fail, CheckCodes.NotAnchored, "No issuance on the ledger has this place.");

        if (view.Anchor.Institution is not { } issuer)
        {
            return Anchor(
                CheckOutcome.Unknown, CheckCodes.IssuerUnknown,
                "The ledger has the issuance, but not the institution that made it.");
        }

        if (issuance.Statement.Root != root || issuance.Statement.MspId != mspId
            || !StatementRule.IsGenuine(
                issuance.Statement, issuance.Signature, options.Ledger, issuer, StatementVerifier.Shared, out var key))
        {
            return Anchor(
                CheckOutcome.Fail, CheckCodes.StatementForged,
                "The issuer did not sign the issuance that stands on the ledger.");
        }

        var line = IssuerKeyCheck.OfIssuer(issuer, key!, view.WritingTimeOf(issuance), options, []);
        return line.Outcome != CheckOutcome.Pass ? line : FaultOfStatus(view, options, issuance, issuer, root, index);
    }

    private static Check? FaultOfStatus(
        AnchorView view, VerificationOptions options, Issuance issuance, Institution issuer, string root, int index)
    {
        if (view.Anchor!.Status is not { } status) return null;
        if (!StatusCheck.IsOfPlace(status.Statement, issuance, root, index)
            || !StatementRule.IsGenuine(
                status.Statement, status.Signature, options.Ledger, issuer, StatementVerifier.Shared, out var key))
        {
            return StatusCheck.Forged();
        }

        var anchored = Anchor(CheckOutcome.Pass, CheckCodes.Anchored, "Anchored on the ledger by its issuer.");
        var line = StatusCheck.OfStatement(status, key!, view.WritingTimeOf(status), anchored, []);
        return line.Outcome == CheckOutcome.Pass ? null : line;
    }

    private static Check Anchor(CheckOutcome outcome, string code, string detail) => new(
        CheckNames.Anchor, outcome, code, detail, "Do not rely on it. Ask the issuer.");
}
