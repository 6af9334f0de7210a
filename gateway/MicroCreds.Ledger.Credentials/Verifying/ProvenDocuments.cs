using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Remembers documents that were found to be included in their tree and signed: a credential that was shown is often
/// shown again, and strict reading, sealing, hashing and the signature, which are nine tenths of verifying it, tell the
/// same of the same bytes for ever. Whatever can change (its status, how its key stands, its period, its issuer's
/// accreditation) is no part of this, and is asked anew each time. Thread-safe.
/// </summary>
/// <remarks>
/// Nothing personal is kept in the clear: the learner's name is encrypted by a key that only the document itself gives.
/// </remarks>
internal sealed class ProvenDocuments
{
    /// <summary>The most documents that are remembered, at about 1 KB each; beyond it all are forgotten.</summary>
    public const int MaxRemembered = 8_192;

    private readonly BoundedMemory<DocumentFingerprint, ProvenDocument> _documents = new(MaxRemembered);

    /// <summary>How many are remembered.</summary>
    public int Count => _documents.Count;

    /// <summary>Finds what is remembered of a document; nothing of one that differs in a single bit.</summary>
    public ProvenDocument? Find(DocumentDigest digest) =>
        _documents.TryGet(digest.Fingerprint, out var proven) ? proven : null;

    /// <summary>
    /// Tells whether a document may be remembered: who presents one that is bound to a learner's key is another
    /// question each time, and the parts that one was awarded for, or further proofs, are not kept, but read anew.
    /// </summary>
    public static bool MayRemember(ReadCredential credential) => credential.HolderKey is null
        && credential.HolderProof is null && credential.Parts.Count == 0 && credential.Proof.Others == 0;

    /// <summary>Remembers a document that may be remembered.</summary>
    /// <param name="digest">The digest of its bytes.</param>
    /// <param name="credential">What was read there.</param>
    /// <param name="publicKeyMultibase">The key that was found to have signed it.</param>
    /// <param name="description">What it was found to say of its achievement.</param>
    public void Remember(
        DocumentDigest digest, ReadCredential credential, string publicKeyMultibase, LedgerDescription description)
    {
        byte[]? name = credential.RecipientName is { } text ? Encoding.UTF8.GetBytes(text) : null;
        if (name?.Length > DocumentDigest.MaxEncryptedBytes) return;

        _documents.Set(digest.Fingerprint, new ProvenDocument(
            credential.Outline(recipientName: null), name is null ? null : digest.Encrypt(name), publicKeyMultibase,
            description, credential.Members["issuer"]!.Value.ToArray()));
    }

    /// <summary>Forgets a document whose proof does not hold by the ledger any more.</summary>
    public void Forget(DocumentDigest digest) => _documents.Forget(digest.Fingerprint);
}

/// <summary>What is remembered of a document.</summary>
/// <param name="Outline">The credential without its text and without anything personal.</param>
/// <param name="EncryptedName">The learner's name; absent if it was withheld.</param>
/// <param name="PublicKeyMultibase">The key that was found to have signed the document.</param>
/// <param name="Description">What the document was found to say of its achievement.</param>
/// <param name="Issuer">What it says of its issuer.</param>
internal sealed record ProvenDocument(
    ReadCredential Outline, byte[]? EncryptedName, string PublicKeyMultibase, LedgerDescription Description,
    byte[] Issuer)
{
    /// <summary>Gives the credential as the document shows it, without its text.</summary>
    public ReadCredential Open(DocumentDigest digest) => EncryptedName is null
        ? Outline
        : Outline.Outline(Encoding.UTF8.GetString(digest.Encrypt(EncryptedName)));

    /// <summary>Tells whether the key that the proof names still is the one that was found to fit.</summary>
    public bool IsSignedByKeyOf(AnchorView? view) =>
        view?.Anchor?.Institution is not { } institution
        || institution.FindIssuerKey(Outline.Proof.KeyId) is not { } key
        || key.PublicKeyMultibase == PublicKeyMultibase;

    /// <summary>Tells whether what the ledger says of achievement and issuer still is what the document says.</summary>
    public bool SaysWhatIsPublished(AnchorView? view)
    {
        if (view?.Achievement is { } achievement
            && !Description.IsSame(LedgerDescription.Of(achievement, Outline.IssuerDid)))
            return false;
        return view?.Anchor?.Institution is not { } institution
            || LedgerDescription.ProfilesOf(institution, Outline.IssuerDid)
                .Any(profile => profile.AsSpan().SequenceEqual(Issuer));
    }
}

/// <summary>The SHA-256 of a document; never kept, since it opens what is encrypted by it.</summary>
internal sealed class DocumentDigest
{
    /// <summary>The most that one key gives by HKDF with SHA-256.</summary>
    public const int MaxEncryptedBytes = 255 * SHA256.HashSizeInBytes;

    private readonly byte[] _digest;

    private DocumentDigest(byte[] digest)
    {
        _digest = digest;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(digest, hash);
        Fingerprint = new DocumentFingerprint(
            BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }

    /// <summary>What the document is remembered under; does not tell the digest.</summary>
    public DocumentFingerprint Fingerprint { get; }

    public static DocumentDigest Of(ReadOnlySpan<byte> document) => new(SHA256.HashData(document));

    /// <summary>
    /// Encrypts a text of the document, or decrypts it again: a key stream of its own for each document, which
    /// encrypts nothing else.
    /// </summary>
    public byte[] Encrypt(ReadOnlySpan<byte> text)
    {
        byte[] bytes = new byte[text.Length];
        if (bytes.Length == 0) return bytes;

        HKDF.Expand(HashAlgorithmName.SHA256, _digest, bytes, "the learner's name"u8);
        for (int i = 0; i < bytes.Length; i++) bytes[i] ^= text[i];
        return bytes;
    }
}

/// <summary>The SHA-256 of a document's SHA-256.</summary>
internal readonly record struct DocumentFingerprint(UInt128 High, UInt128 Low);
