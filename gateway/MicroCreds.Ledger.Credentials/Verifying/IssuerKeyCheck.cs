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
        if (keyId != credential.Anchor.KeyId || !IsProofKeyRight(credential, keyId))
        {
            return Fail(
                CheckCodes.OtherKey, "It names another key than the one that signed its issuance on the ledger.");
        }

        var check = examination.FindKey(keyId) is { } key
            ? OfKey(examination, key, notices)
            : Fail(CheckCodes.UnknownKey, "The institution never registered the key that signed the issuance.");
        return check.Outcome == CheckOutcome.Pass && !institution.IsConfirmed ? Unconfirmed(institution) : check;
    }

    // Anyone who runs a peer can call itself anything: a name counts once the others have said that it is the one's who
    // bears it.
    private static Check Unconfirmed(Institution institution) => new(
        CheckNames.IssuerKey, CheckOutcome.Unknown, CheckCodes.IssuerUnconfirmed,
        $"The consortium's members have not confirmed that {institution.MspId} is {institution.Name}.",
        "Ask another member of the consortium who this is.");

    // A token is made when it is asked for, also years after the key of the issuance was withdrawn, which then must not
    // sign any more: another key of the issuer does. Its time is of no account, since it adds nothing: the leaf commits
    // to all that a token can say, and the key that anchored the leaf is the one that is judged.
    private static bool IsProofKeyRight(ReadCredential credential, string issuanceKeyId) =>
        credential.Form != CredentialForm.DataIntegrity || credential.Proof.KeyId == issuanceKeyId;

    private static Check OfKey(Examination examination, SigningKey key, List<Notice> notices)
    {
        if (examination.View!.AnchoredAt is not { } anchoredAt)
        {
            // The contract takes no issuance by a key that is not in force, so only what was found out later matters.
            return key is { RevokedAt: null, CompromisedSince: null }
                ? Pass()
                : Unknown(
                    CheckCodes.AnchoringTimeUnknown,
                    "The key was withdrawn, and it is not known here yet whether the credential was anchored before.");
        }

        // The latest time of any transaction up to that block: a thief cannot turn it back.
        var time = anchoredAt.Time;
        if (key.CompromisedSince is { } since)
        {
            if (time >= since)
            {
                return Fail(
                    CheckCodes.KeyCompromised,
                    $"The key was in other hands since {CredentialTime.Write(since)}, and this was anchored later.");
            }

            notices.Add(new Notice(
                CheckCodes.KeyCompromisedLater,
                $"The issuer's key fell into other hands on {CredentialTime.Write(since)}. "
                + $"This was anchored before, at {CredentialTime.Write(time)}, and stands."));
        }

        // Order decides, and the contract kept to it. Times are those of the transactions' creators and may contradict
        // the order by as much as peers let clocks be off; beyond that something is wrong.
        var skew = examination.Options.TransactionClockSkew;
        if (time + skew < key.ValidFrom)
            return Fail(CheckCodes.KeyNotYetValid, "The key was registered only after this was anchored.");

        // What a withdrawn key cannot have signed in time; a compromised one is judged by its theft, which is earlier.
        return key.RevokedAt is { } revokedAt && time > revokedAt + skew
            ? Fail(CheckCodes.KeyRevoked, "The key was withdrawn before this was anchored.")
            : Pass();
    }

    private static Check Pass() => new(
        CheckNames.IssuerKey, CheckOutcome.Pass, CheckCodes.KeyInForce,
        "The key is the issuer's, and was in force when the credential was anchored.");

    private static Check Fail(string code, string detail) => new(
        CheckNames.IssuerKey, CheckOutcome.Fail, code, detail, "Do not rely on it. Ask the issuer.");

    private static Check Unknown(string code, string detail) => new(
        CheckNames.IssuerKey, CheckOutcome.Unknown, code, detail, "Verify again in a moment, or ask the issuer.");
}
