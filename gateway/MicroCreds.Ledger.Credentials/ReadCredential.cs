using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>A credential of ours as it was read, structurally sound; nothing about it is verified.</summary>
public sealed class ReadCredential
{
    /// <summary>The identifier, <c>urn:uuid:…</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The issuer's DID.</summary>
    public required string IssuerDid { get; init; }

    /// <summary>The issuer's name as the credential has it.</summary>
    public required string IssuerName { get; init; }

    /// <summary>The title.</summary>
    public required string AchievementName { get; init; }

    /// <summary>The achievement's name on the ledger.</summary>
    public required AchievementReference Achievement { get; init; }

    /// <summary>The learner's name. Personal: never log it.</summary>
    public required string RecipientName { get; init; }

    /// <summary>From when on it is valid.</summary>
    public required DateTimeOffset ValidFrom { get; init; }

    /// <summary>Until when it is valid; none is for good.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The anchor.</summary>
    public required LedgerAnchorDocument Anchor { get; init; }

    /// <summary>Its place in a status list; absent in credentials of the first version.</summary>
    public StatusListEntry? StatusEntry { get; init; }

    /// <summary>The proof.</summary>
    public required ReadProof Proof { get; init; }

    // All members but the proof.
    internal CanonicalObject Members { get; init; } = CanonicalObject.Empty;

    /// <summary>Computes the Merkle leaf.</summary>
    public byte[] LeafHash() => CredentialLeaf.Hash(Members);

    /// <summary>Tells whether the proof is this key's, over all of the document.</summary>
    /// <param name="key">The key that the proof's verification method names.</param>
    public bool IsSignedBy(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (Proof.Suite != DataIntegrity.SuiteOf(key.Algorithm)) return false;

        // The suites verify the document under the contexts of its proof, which the reader found to be the first of its
        // own.
        byte[] secured = Members.With("@context", CredentialVocabulary.SignedContexts).ToArray();
        return key.Verify(
            DataIntegrity.BytesToSign(DataIntegrity.HashOptions(Proof.Options), secured), Proof.Signature);
    }
}

/// <summary>A Data Integrity proof as it was read.</summary>
public sealed class ReadProof
{
    /// <summary>The cryptosuite.</summary>
    public required string Suite { get; init; }

    /// <summary>The DID that the verification method lies below.</summary>
    public required string Did { get; init; }

    /// <summary>The verification method's fragment.</summary>
    public required string KeyId { get; init; }

    /// <summary>When it was made, as its maker says.</summary>
    public required DateTimeOffset Created { get; init; }

    internal CanonicalObject Options { get; init; } = CanonicalObject.Empty;

    internal byte[] Signature { get; init; } = [];
}
