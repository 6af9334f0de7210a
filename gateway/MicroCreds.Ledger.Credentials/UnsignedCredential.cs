using System.Text.Json;
using MicroCreds.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>A credential with its salt, before it has an anchor and a proof. Immutable.</summary>
public sealed class UnsignedCredential
{
    private readonly CanonicalObject? _subject;
    private readonly CanonicalObject _outer;
    private CanonicalObject? _members;
    private ReadOnlyMemory<byte> _canonical;

    /// <summary>
    /// Takes up a credential that was built. Its leaf is hashed of the two parts as they are: of a cohort's documents
    /// nobody sees more until they are asked for.
    /// </summary>
    /// <param name="id">Its identifier.</param>
    /// <param name="outer">Its members but for the subject.</param>
    /// <param name="subject">The subject.</param>
    internal UnsignedCredential(string id, CanonicalObject outer, CanonicalObject subject) =>
        (Id, _outer, _subject) = (id, outer, subject);

    private UnsignedCredential(string id, CanonicalObject members, ReadOnlyMemory<byte> canonical) =>
        (Id, _outer, _members, _canonical) = (id, members, members, canonical);

    /// <summary>The credential's identifier, <c>urn:uuid:…</c>.</summary>
    public string Id { get; }

    /// <summary>
    /// The document as canonical JSON (RFC 8785): what to keep of one that is not kept as a seed.
    /// </summary>
    public ReadOnlyMemory<byte> Canonical => _canonical.IsEmpty ? _canonical = Members.ToArray() : _canonical;

    internal CanonicalObject Members =>
        _members ??= _outer.With(SealedCredential.SubjectMember, _subject!.ToArray());

    /// <summary>Takes up a document that was stored.</summary>
    /// <param name="canonical">What <see cref="Canonical"/> gave.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static UnsignedCredential FromCanonical(ReadOnlyMemory<byte> canonical)
    {
        var members = CanonicalObject.Split(canonical);
        if (members["id"] is not { } id || members[CredentialVocabulary.SaltMember] is null)
            throw new FormatException("A stored credential lost its id or its salt.");
        if (members[CredentialVocabulary.AnchorMember] is not null
            || members[CredentialVocabulary.ProofMember] is not null)
            throw new FormatException("A credential that has its anchor or proof already cannot be completed again.");

        return new UnsignedCredential(JsonSerializer.Deserialize<string>(id.Span)!, members, canonical);
    }

    /// <summary>Takes anchor and proof away from a finished document, to make another proof.</summary>
    /// <param name="document">The document as canonical JSON.</param>
    /// <exception cref="FormatException">It is not that.</exception>
    public static UnsignedCredential FromFinished(ReadOnlyMemory<byte> document) => FromCanonical(
        CanonicalObject.Split(document).Without(CredentialVocabulary.AnchorMember)
            .Without(CredentialVocabulary.ProofMember).ToArray());

    /// <summary>The DID of its issuer, as it stands there.</summary>
    /// <exception cref="FormatException">It names none.</exception>
    public string IssuerDid
    {
        get
        {
            if (Members["issuer"] is not { } issuer || CanonicalObject.Split(issuer)["id"] is not { } did)
                throw new FormatException("A credential names its issuer.");
            return JsonSerializer.Deserialize<string>(did.Span)!;
        }
    }

    /// <summary>Gives the document with its anchor and without a proof: what tokens are made of.</summary>
    public byte[] With(LedgerAnchorDocument anchor) =>
        Members.With(CredentialVocabulary.AnchorMember, CanonicalJson.Serialize(anchor)).ToArray();

    /// <summary>Computes the Merkle leaf of this credential.</summary>
    public byte[] LeafHash() => CredentialLeaf.Hash(_outer, _subject);
}
