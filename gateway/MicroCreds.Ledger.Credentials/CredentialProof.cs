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
    // All proofs of one issuance differ in their value alone, and in the contexts where its documents do.
    private readonly CanonicalObject _options;
    private SharedOptions? _sharedOptions;

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
        });
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

    private byte[] BytesToSign(CanonicalObject document)
    {
        var options = OptionsOf(document);
        return DataIntegrity.BytesToSign(options.Hash, document.With("@context", options.Contexts).ToArray());
    }

    private byte[] Attach(CanonicalObject document, ReadOnlySpan<byte> signature)
    {
        byte[] proof = OptionsOf(document).Members
            .With("proofValue", SignatureText.WriteJson(signature)).ToArray();
        return document.With(CredentialVocabulary.ProofMember, (byte[])[(byte)'[', .. proof, (byte)']']).ToArray();
    }

    private CanonicalObject Anchored(UnsignedCredential credential, LedgerAnchorDocument anchor)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(anchor);
        return credential.Members.With(CredentialVocabulary.AnchorMember, Write(anchor));
    }

    private SharedOptions OptionsOf(CanonicalObject document)
    {
        var contexts = DataIntegrity.ContextsToSign(
            document["@context"] ?? throw new FormatException("A credential to be signed has no contexts."));
        var shared = _sharedOptions;
        if (shared is not null && shared.Contexts.Span.SequenceEqual(contexts.Span)) return shared;
        var members = _options.With("@context", contexts);
        return _sharedOptions = new SharedOptions(contexts, members, DataIntegrity.HashOptions(members));
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

    private sealed record SharedOptions(ReadOnlyMemory<byte> Contexts, CanonicalObject Members, byte[] Hash);

    private sealed record SharedAnchor(LedgerAnchorDocument Plain, CanonicalObject Members);
}
