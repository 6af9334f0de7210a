using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>A credential under examination, with all that the checks go by.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="View">What the ledger says; absent if it could not be asked or another one is meant.</param>
/// <param name="Now">The time.</param>
/// <param name="Options">How to verify.</param>
/// <param name="Statements">What verifies the issuer's statements.</param>
internal sealed record Examination(
    ReadCredential Credential,
    AnchorView? View,
    DateTimeOffset Now,
    VerificationOptions Options,
    StatementVerifier Statements)
{
    /// <summary>What is remembered of the document; absent if it was read just now.</summary>
    public ProvenDocument? Proven { get; init; }

    /// <summary>The wallet's proof of the presentation that it came in; absent if it came in none.</summary>
    public HolderProof? Presented { get; init; }

    /// <summary>Whether the document will be remembered as a whole, so that its signature need not be.</summary>
    public bool IsToBeRemembered { get; init; }

    /// <summary>The issuance that the ledger has under the anchor's root.</summary>
    public Issuance? Issuance => View?.Anchor?.Issuance;

    /// <summary>The institution that the ledger names as its issuer.</summary>
    public Institution? Institution => View?.Anchor?.Institution;

    /// <summary>Finds a key of the issuer.</summary>
    public SigningKey? FindKey(string keyId) => Institution?.FindIssuerKey(keyId);

    /// <summary>Tells whether the credential is in the tree that its anchor names, at its place.</summary>
    public bool IsIncluded()
    {
        if (Proven is not null) return true;
        var anchor = Credential.Anchor;
        return MerkleProof.Verify(
            Convert.FromHexString(anchor.Root),
            Credential.LeafHash(),
            anchor.Index,
            anchor.Size,
            [.. anchor.Path.Select(Convert.FromHexString)]);
    }

    /// <summary>Tells whether the proof is this key's, over all of the document.</summary>
    public bool IsSignedBy(PublicKey key) => Proven is not null
        ? Proven.PublicKeyMultibase == key.PublicKeyMultibase
        : IsToBeRemembered ? Credential.IsSignedBy(key) : Credential.IsSignedBy(key, Statements.Signatures);

    /// <summary>Gives the line of a check that needs the ledger and cannot have it; none if it can.</summary>
    public Check? Unreachable(string name)
    {
        if (View?.Unreadable is { } unreadable)
        {
            return new Check(
                name, CheckOutcome.Unknown, CheckCodes.RecordUnreadable, $"It could not be checked. {unreadable}",
                "Verify it at another institution's gateway, or again once this one was upgraded.");
        }

        if (View is not null) return null;
        return !Options.IsOther(Credential.Anchor.Ledger)
            ? new Check(
                name, CheckOutcome.Unknown, CheckCodes.LedgerUnreachable, "The ledger could not be asked.",
                "Verify again in a moment.")
            : new Check(
                name, CheckOutcome.Unknown, CheckCodes.OtherLedger, "It names another ledger than the one asked here.",
                "Verify it at an institution of that ledger's consortium.");
    }
}
