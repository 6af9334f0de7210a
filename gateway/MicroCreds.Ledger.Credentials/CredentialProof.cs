using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The Data Integrity proofs of one issuance but for their signatures: what is signed, and how a signature stands in
/// the finished document. Thread-safe: one serves all cores.
/// </summary>
public sealed class CredentialProof
{
    // All proofs of one issuance differ in their value alone.
    private readonly CanonicalObject _options;
    private readonly byte[] _optionsHash;

    // What the anchors of one issuance share; only its own place and path are written for each credential. Writing
    // all of it by the serializer was more than half of what completing one cost beside the signature.
    private SharedAnchor? _sharedAnchor;

    /// <summary>Prepares what the proofs of one issuance share.</summary>
    /// <param name="algorithm">The key's algorithm.</param>
    /// <param name="did">The issuer's DID, as the credentials have it.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    /// <param name="created">The proofs' time, kept to whole seconds: the credentials' validFrom.</param>
    public CredentialProof(KeyAlgorithm algorithm, string did, string keyId, DateTimeOffset created)
    {
        ArgumentException.ThrowIfNullOrEmpty(did);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        _options = CanonicalObject.From(new JsonObject
        {
            ["type"] = DataIntegrity.ProofType,
            ["cryptosuite"] = DataIntegrity.SuiteOf(algorithm),
            ["created"] = CredentialTime.Write(created),
            ["verificationMethod"] = $"{did}#{keyId}",
            ["proofPurpose"] = DataIntegrity.AssertionMethod,
        }).With("@context", CredentialVocabulary.SignedContexts);
        _optionsHash = DataIntegrity.HashOptions(_options);
    }

    /// <summary>Gives the bytes that are signed.</summary>
    public byte[] BytesToSign(UnsignedCredential credential, LedgerAnchorDocument anchor) =>
        BytesToSign(Anchored(credential, anchor));

    /// <summary>Gives the finished document as canonical JSON.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="anchor">Where it is anchored.</param>
    /// <param name="signature">The signature of those bytes, 64 bytes long.</param>
    public byte[] Attach(UnsignedCredential credential, LedgerAnchorDocument anchor, ReadOnlySpan<byte> signature) =>
        Attach(Anchored(credential, anchor), signature);

    /// <summary>Signs and attaches; the document is put together once.</summary>
    internal async ValueTask<byte[]> CompleteAsync(
        UnsignedCredential credential, LedgerAnchorDocument anchor, IIssuerSigner key,
        CancellationToken cancellationToken)
    {
        var document = Anchored(credential, anchor);
        return Attach(
            document, await key.SignAsync(BytesToSign(document), cancellationToken).ConfigureAwait(false));
    }

    private byte[] BytesToSign(CanonicalObject document) => DataIntegrity.BytesToSign(
        _optionsHash, document.With("@context", CredentialVocabulary.SignedContexts).ToArray());

    private byte[] Attach(CanonicalObject document, ReadOnlySpan<byte> signature)
    {
        byte[] proof = _options.With("proofValue", SignatureText.WriteJson(signature)).ToArray();
        return document.With(CredentialVocabulary.ProofMember, (byte[])[(byte)'[', .. proof, (byte)']']).ToArray();
    }

    private CanonicalObject Anchored(UnsignedCredential credential, LedgerAnchorDocument anchor)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(anchor);
        return credential.Members.With(CredentialVocabulary.AnchorMember, Write(anchor));
    }

    private byte[] Write(LedgerAnchorDocument anchor)
    {
        var plain = anchor with { Index = 0, Path = [] };
        var shared = _sharedAnchor;
        if (shared?.Plain != plain)
        {
            var members = CanonicalObject.Split(CanonicalJson.Serialize(plain));
            _sharedAnchor = shared = new SharedAnchor(plain, members);
        }

        // Hexadecimal digits need no escapes.
        string path = anchor.Path.Count == 0 ? "[]" : $"[\"{string.Join("\",\"", anchor.Path)}\"]";
        return shared.Members
            .With("index", Encoding.ASCII.GetBytes(anchor.Index.ToString(CultureInfo.InvariantCulture)))
            .With("path", Encoding.ASCII.GetBytes(path))
            .ToArray();
    }

    private sealed record SharedAnchor(LedgerAnchorDocument Plain, CanonicalObject Members);
}
