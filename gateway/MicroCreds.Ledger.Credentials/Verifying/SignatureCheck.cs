using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>Checks that the proof is the issuer's and covers every letter, with the key that the ledger has.</summary>
internal static class SignatureCheck
{
    public static Check Of(Examination examination)
    {
        var proof = examination.Credential.Proof;
        if (proof.Did != examination.Credential.IssuerDid)
        {
            return Fail(CheckCodes.ForeignKey, "The proof names a key of someone else than the credential's issuer.");
        }

        if (examination.Unreachable(CheckNames.Signature) is { } unreachable) return unreachable;
        if (examination.Institution is not { } institution)
        {
            return Unknown(
                CheckCodes.IssuerUnknown,
                "The ledger names no issuer for it, so there is no key to check the proof with.");
        }

        if (!institution.HasDid(proof.Did))
        {
            return Fail(
                CheckCodes.ForeignKey, "The proof names a key of someone else than the institution that anchored it.");
        }

        if (examination.FindKey(proof.KeyId) is not { } key)
        {
            return Fail(CheckCodes.UnknownKey, "The issuer never registered the key that the proof names.");
        }

        PublicKey publicKey;
        try
        {
            publicKey = Multikey.Parse(key.PublicKeyMultibase);
        }
        catch (FormatException)
        {
            return Unknown(CheckCodes.KeyUnusable, "The key that the ledger has for the issuer cannot be used.");
        }

        return examination.IsSignedBy(publicKey)
            ? new Check(
                CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid,
                $"Signed by {institution.Name}; not a letter was changed since.")
            : Fail(
                CheckCodes.SignatureMismatch,
                "The signature does not fit: the document was changed, or it is forged.");
    }

    /// <summary>
    /// Takes back what passed of a credential whose signature fails: anybody can write what agrees with the ledger.
    /// </summary>
    public static Check[] NothingWithoutIt(Check[] checks) =>
        Array.Exists(checks, check => check is { Name: CheckNames.Signature, Outcome: CheckOutcome.Fail })
            ? [.. checks.Select(check => check.Outcome is CheckOutcome.Pass or CheckOutcome.Warning
                ? new Check(
                    check.Name, CheckOutcome.Unknown, CheckCodes.NothingWithoutSignature,
                    "It says nothing, since the signature does not hold.", "See the line on its signature.")
                : check)]
            : checks;

    private static Check Fail(string code, string detail) => new(
        CheckNames.Signature, CheckOutcome.Fail, code, detail,
        "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");

    private static Check Unknown(string code, string detail) => new(
        CheckNames.Signature, CheckOutcome.Unknown, code, detail, "Ask the issuer.");
}
