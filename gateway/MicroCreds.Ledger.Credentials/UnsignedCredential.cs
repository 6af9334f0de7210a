using System.Text.Json;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>A credential with its salt, before it has an anchor and a proof. Immutable.</summary>
public sealed class UnsignedCredential
{
    private readonly CanonicalObject? _subject;
    private ReadOnlyMemory<byte> _canonical;

    /// <summary>Takes up a credential that was built, with its subject as it was put together.</summary>
    internal UnsignedCredential(string id, CanonicalObject members, CanonicalObject subject) =>
        (Id, Members, _subject) = (id, members, subject);

    private UnsignedCredential(string id, CanonicalObject members, ReadOnlyMemory<byte> canonical) =>
        (Id, Members, _canonical) = (id, members, canonical);

    /// <summary>The credential's identifier, <c>urn:uuid:…</c>.</summary>
    public string Id { get; }

    /// <summary>
    /// The document as canonical JSON (RFC 8785): what to keep of one that is not kept as a seed.
    /// </summary>
    public ReadOnlyMemory<byte> Canonical => _canonical.IsEmpty ? _canonical = Members.ToArray() : _canonical;

    internal CanonicalObject Members { get; }

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
    public byte[] LeafHash() => CredentialLeaf.Hash(Members, _subject);
}
