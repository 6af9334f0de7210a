using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
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

    /// <summary>The form it came in.</summary>
    public required CredentialForm Form { get; init; }

    /// <summary>The learner's name; absent if it is withheld. Personal: never log it.</summary>
    public string? RecipientName { get; init; }

    /// <summary>The learner's identifier, if there is one and it is not withheld. Personal: never log it.</summary>
    public string? SubjectId { get; init; }

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

    /// <summary>The key of the learner's that it is bound to, if it is bound to one.</summary>
    public PublicKey? HolderKey { get; init; }

    /// <summary>
    /// Whether the token alone binds it to that key, and the leaf to none: it was bound when a wallet fetched it.
    /// </summary>
    public bool IsBoundByToken { get; init; }

    /// <summary>What shows that who presents it has that key, if it was presented with such a proof.</summary>
    public HolderProof? HolderProof { get; init; }

    // All members that are shown, but not the proof.
    internal CanonicalObject Members { get; init; } = CanonicalObject.Empty;

    // The members of its subject, where the reader took them apart.
    internal CanonicalObject? Subject { get; init; }

    // What the leaf hashes, where parts of the credential may be withheld.
    internal CanonicalObject? Sealed { get; init; }

    /// <summary>The credentials that it was awarded for, as far as its evidence is shown.</summary>
    public IReadOnlyList<CredentialPart> Parts => CredentialPart.Of(Members[SealedCredential.EvidenceMember]);

    /// <summary>Writes all that is shown of the credential, without its proof, as canonical JSON.</summary>
    public byte[] ToJson() => Members.ToArray();

    /// <summary>
    /// Gives what the checks that go by the ledger need of the credential: no text of it, no path, no signature.
    /// </summary>
    /// <param name="recipientName">The learner's name to put in.</param>
    internal ReadCredential Outline(string? recipientName) => new()
    {
        Id = Id,
        IssuerDid = IssuerDid,
        IssuerName = IssuerName,
        AchievementName = AchievementName,
        Achievement = Achievement,
        Form = Form,
        RecipientName = recipientName,
        ValidFrom = ValidFrom,
        ValidUntil = ValidUntil,
        Anchor = Anchor.Path.Count == 0 ? Anchor : Anchor with { Path = [] },
        StatusEntry = StatusEntry,
        Proof = Proof.Signature.Length == 0 ? Proof : Proof.Outline(),
    };

    /// <summary>How it was made: the version of its <see cref="CredentialTemplate"/>.</summary>
    internal int TemplateVersion => Members["@context"]!.Value.Span.SequenceEqual(CredentialVocabulary.Contexts)
        ? CredentialTemplate.InlineVersion
        : CredentialTemplate.Version;

    /// <summary>Computes the Merkle leaf.</summary>
    public byte[] LeafHash() =>
        Sealed is null ? CredentialLeaf.Hash(Members, Subject) : CredentialLeaf.OfSealed(Sealed);

    /// <summary>Tells whether the proof is this key's, over all of the document.</summary>
    /// <param name="key">The key that the proof's verification method names.</param>
    public bool IsSignedBy(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Proof.Suite == SuiteOf(key.Algorithm) && key.Verify(SignedBytes(), Proof.Signature);
    }

    /// <summary>Likewise, by a verifier that remembers what was good.</summary>
    internal bool IsSignedBy(PublicKey key, SignatureMemory memory) =>
        Proof.Suite == SuiteOf(key.Algorithm) && memory.Verify(key, SignedBytes(), Proof.Signature);

    private string SuiteOf(KeyAlgorithm algorithm) => Form == CredentialForm.DataIntegrity
        ? DataIntegrity.SuiteOf(algorithm)
        : CompactJws.AlgorithmOf(algorithm);

    private ReadOnlySpan<byte> SignedBytes()
    {
        if (Form != CredentialForm.DataIntegrity) return Proof.SignedBytes.Span;

        // The suites verify the document under the contexts of its proof, which the reader found to be the first of its
        // own, or all.
        byte[] secured = Members.With("@context", Proof.Options["@context"]!.Value).ToArray();
        return DataIntegrity.BytesToSign(DataIntegrity.HashOptions(Proof.Options), secured);
    }
}

/// <summary>A Data Integrity proof, or a token's signature, as it was read.</summary>
public sealed class ReadProof
{
    internal static readonly ReadProof Nothing = new() { Suite = "", Did = "", KeyId = "", Created = default };

    /// <summary>The cryptosuite, or the token's algorithm.</summary>
    public required string Suite { get; init; }

    /// <summary>The DID that the verification method lies below.</summary>
    public required string Did { get; init; }

    /// <summary>The verification method's fragment.</summary>
    public required string KeyId { get; init; }

    /// <summary>When it was made, as its maker says; tokens do not say.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>How many proofs stand beside it, which were not looked at.</summary>
    public int Others { get; private init; }

    internal CanonicalObject Options { get; init; } = CanonicalObject.Empty;

    // The token as far as it is signed.
    internal ReadOnlyMemory<byte> SignedBytes { get; init; }

    internal byte[] Signature { get; init; } = [];

    internal ReadProof Beside(int others) => new()
    {
        Suite = Suite,
        Did = Did,
        KeyId = KeyId,
        Created = Created,
        Others = others,
        Options = Options,
        SignedBytes = SignedBytes,
        Signature = Signature,
    };

    internal ReadProof Outline() => new() { Suite = Suite, Did = Did, KeyId = KeyId, Created = Created };
}
