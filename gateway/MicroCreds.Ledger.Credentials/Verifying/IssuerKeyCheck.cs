using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Checks that issuer, institution and key belong together, and that the key was in force when the issuance was
/// anchored.
/// </summary>
internal static class IssuerKeyCheck
{
    public static Check Of(Examination examination, List<Notice> notices)
    {
        if (examination.Unreachable(CheckNames.IssuerKey) is { } unreachable) return unreachable;
        if (examination.Issuance is not { } issuance)
        {
            return Unknown(
                CheckCodes.NotAnchored,
                "Keys are judged at the block that anchors a credential; this has none yet.");
        }

        if (examination.Institution is not { } institution)
            return Unknown(CheckCodes.IssuerUnknown, "The ledger has no record of the institution that issued it.");

        var credential = examination.Credential;
        if (!institution.HasDid(credential.IssuerDid) || institution.MspId != credential.Anchor.MspId)
        {
            return Fail(
                CheckCodes.IssuerMismatch, $"It claims another issuer than {institution.Name}, which anchored it.");
        }

        string keyId = issuance.Statement.KeyId;

        // A proof is made when it is asked for, also years after the key of the issuance was withdrawn, which then must
        // not sign any more: another key of the issuer does. Which one is of no account, since it adds nothing: the
        // leaf commits to all that is said, and the key that anchored the leaf is the one that is judged.
        if (keyId != credential.Anchor.KeyId)
        {
            return Fail(
                CheckCodes.OtherKey, "It names another key than the one that signed its issuance on the ledger.");
        }

        return examination.FindKey(keyId) is { } key
            ? OfIssuer(institution, key, examination.View!.WritingTimeOf(issuance), examination.Options, notices)
            : Fail(CheckCodes.UnknownKey, "The institution never registered the key that signed the issuance.");
    }

    /// <summary>Tells whether a key was in force when it anchored an issuance, and whose it is.</summary>
    public static Check OfIssuer(
        Institution institution, SigningKey key, WritingTime written, VerificationOptions options,
        List<Notice> notices)
    {
        var check = OfKey(key, written, options, notices);
        return check.Outcome == CheckOutcome.Pass && !institution.IsConfirmed ? Unconfirmed(institution) : check;
    }

    // Anyone who runs a peer can call itself anything: a name counts once the others have said that it is the one's who
    // bears it.
    private static Check Unconfirmed(Institution institution) => new(
        CheckNames.IssuerKey, CheckOutcome.Unknown, CheckCodes.IssuerUnconfirmed,
        $"The consortium's members have not confirmed that {institution.MspId} is {institution.Name}.",
        "Ask another member of the consortium who this is.");

    private static Check OfKey(
        SigningKey key, WritingTime written, VerificationOptions options, List<Notice> notices)
    {
        switch (KeyRule.StandingOf(key, written, isGoodNews: true, options.TransactionClockSkew))
        {
            case KeyStanding.MomentUnknown:
                return Unknown(
                    CheckCodes.AnchoringTimeUnknown,
                    "The key fell into other hands, and it is not known here yet whether the credential was anchored "
                    + "before.");
            case KeyStanding.Stolen:
                return Fail(
                    CheckCodes.KeyCompromised,
                    $"The key was in other hands since {CredentialTime.Write(key.CompromisedSince!.Value)}, and this "
                    + "was anchored later.");
            case KeyStanding.NotYetValid:
                return Fail(CheckCodes.KeyNotYetValid, "The key was registered only after this was anchored.");
            case KeyStanding.Withdrawn:
                return Fail(CheckCodes.KeyRevoked, "The key was withdrawn before this was anchored.");
        }

        if (key.CompromisedSince is { } since)
        {
            notices.Add(new Notice(
                CheckCodes.KeyCompromisedLater,
                $"The issuer's key fell into other hands on {CredentialTime.Write(since)}. "
                + $"This was anchored before, at {CredentialTime.Write(written.Moment!.Value)}, and stands."));
        }

        return Pass();
    }

    private static Check Pass() => new(
        CheckNames.IssuerKey, CheckOutcome.Pass, CheckCodes.KeyInForce,
        "The key is the issuer's, and was in force when the credential was anchored.");

    private static Check Fail(string code, string detail) => new(
        CheckNames.IssuerKey, CheckOutcome.Fail, code, detail, "Do not rely on it. Ask the issuer.");

    private static Check Unknown(string code, string detail) => new(
        CheckNames.IssuerKey, CheckOutcome.Unknown, code, detail, "Verify again in a moment, or ask the issuer.");
}
