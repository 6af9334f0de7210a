namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Checks that who presents a credential has the key that it is bound to (RFC 9901, 7.3). Whose credential it is does
/// not make it good or bad, so without a proof, where none was asked for, there is a notice and no check.
/// </summary>
internal static class HolderCheck
{
    private const string AskAgain = "Ask the learner to present it again from the wallet.";

    public static Check? Of(Examination examination, PresentationRequest? request, List<Notice> notices)
    {
        var (credential, options) = (examination.Credential, examination.Options);
        var now = request?.ReceivedAt ?? examination.Now;
        if (ProofOf(examination) is not { } proof)
        {
            if (credential.HolderKey is null && request is null) return null;
            if (request is not null) return Missing(isBound: credential.HolderKey is not null);
            notices.Add(new Notice(
                CheckCodes.HolderNotProven,
                "It is bound to a key in the learner's wallet, and nothing here shows that who presents it has it."));
            return null;
        }

        if (proof.Fault is { } fault)
            return Fail(CheckCodes.HolderProofMalformed, $"The wallet's proof of the key cannot be read: {fault}");
        if (credential.HolderKey is not { } key || !proof.IsSignedBy(key))
        {
            return Fail(
                CheckCodes.HolderProofForged, "The wallet's proof is not signed with the key that it is bound to.");
        }

        // Whoever had the issuer's key could bind to any other what only the token binds, and at any time.
        if (credential.IsBoundByToken && examination.FindKey(credential.Proof.KeyId)?.CompromisedSince is not null)
        {
            return new Check(
                CheckNames.Holder, CheckOutcome.Fail, CheckCodes.HolderKeyDoubtful,
                "What binds it to the wallet's key is signed with a key of the issuer's that was in other hands, and "
                + "the ledger binds it to none.",
                "Ask the learner to have the wallet fetch it anew, and to present it again.");
        }

        if (!proof.IsOfPresentation)
            return Fail(CheckCodes.HolderProofElsewhere, "The wallet's proof was made for other disclosures.");
        if (proof.MadeAt > now + options.ClockSkew || proof.NotBefore > now + options.ClockSkew || proof.Expires <= now)
            return Fail(CheckCodes.HolderProofOutOfTime, "The wallet's proof is not good yet, or not any more.");
        string made = (proof.Audience.Length > 0 ? $"made for {proof.Audience}" : "made for nobody in particular")
            + (proof.MadeAt is { } at ? $" at {CredentialTime.Write(at)}" : ", at a time that it does not say");
        if (request is null)
        {
            return new Check(
                CheckNames.Holder, CheckOutcome.Warning, CheckCodes.HolderProofNotAsked,
                $"The wallet's proof of the key is genuine, {made}; whether it was asked for here is not known.",
                "Name whom it must be made for and what it must repeat: audience and nonce.");
        }

        if (proof.Audience != request.Audience || proof.Nonce != request.Nonce)
        {
            return Fail(
                CheckCodes.HolderProofElsewhere,
                "The wallet's proof was made for another party, or on another occasion.");
        }

        // A whole presentation need not say when it was made: what it repeats was given out for this occasion alone.
        bool isFresh = proof.MadeAt is { } since
            ? now - since <= options.MaxHolderProofAge : credential.HolderProof is null;
        return isFresh
            ? new Check(
                CheckNames.Holder, CheckOutcome.Pass, CheckCodes.HolderProven,
                $"Presented by who has the key it is bound to: {made}."
                + (credential.IsBoundByToken
                    ? " Its issuer's signature binds it to that key, since a wallet fetched it; the ledger does not."
                    : ""))
            : Fail(CheckCodes.HolderProofOutOfTime, $"The wallet's proof is too old: {made}.");
    }

    /// <summary>What a wallet's proof says of itself; nothing if there is none, or none that can be read.</summary>
    public static PresentationClaim? ClaimOf(Examination examination) =>
        ProofOf(examination) is { Fault: null } proof
            ? new PresentationClaim(proof.Audience, proof.Nonce, proof.MadeAt)
            : null;

    // What a presentation proves of a credential that is bound to no key is nothing, neither good nor bad.
    private static HolderProof? ProofOf(Examination examination) => examination.Credential.HolderProof
        ?? (examination.Credential.HolderKey is null ? null : examination.Presented);

    private static Check Missing(bool isBound) => Fail(
        CheckCodes.HolderProofMissing,
        isBound
            ? "It is bound to a key in the learner's wallet, and came without the wallet's proof."
            : "It is bound to no key, so that no wallet can prove whose it is.");

    private static Check Fail(string code, string detail) =>
        new(CheckNames.Holder, CheckOutcome.Fail, code, detail, AskAgain);
}
