using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Completes credentials with their anchor and a Data Integrity proof: <c>ecdsa-jcs-2019</c> for P-256 keys,
/// <c>eddsa-jcs-2022</c> for Ed25519. Thread-safe: one signer serves all cores.
/// </summary>
public sealed class CredentialSigner
{
    private readonly IssuerPrivateKey _key;
    private readonly string _keyId;

    // All proofs of one issuance differ in their value alone.
    private readonly CanonicalObject _options;
    private readonly byte[] _optionsHash;

    // What the anchors of one issuance share; only its own place and path are written for each credential. Writing
    // all of it by the serializer was more than half of what completing one cost beside the signature.
    private SharedAnchor? _sharedAnchor;

    /// <summary>Prepares what the proofs of one issuance share.</summary>
    /// <param name="key">The issuer's key.</param>
    /// <param name="did">The issuer's DID.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    /// <param name="created">The proofs' time, kept to whole seconds: the credentials' validFrom.</param>
    public CredentialSigner(IssuerPrivateKey key, string did, string keyId, DateTimeOffset created)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(did);
        ArgumentException.ThrowIfNullOrEmpty(keyId);
        _key = key;
        _keyId = keyId;
        _options = CanonicalObject.From(new JsonObject
        {
            ["type"] = DataIntegrity.ProofType,
            ["cryptosuite"] = DataIntegrity.SuiteOf(key.Algorithm),
            ["created"] = CredentialTime.Write(created),
            ["verificationMethod"] = $"{did}#{keyId}",
            ["proofPurpose"] = DataIntegrity.AssertionMethod,
        }).With("@context", CredentialVocabulary.SignedContexts);
        _optionsHash = DataIntegrity.HashOptions(_options);
    }

    /// <summary>Adds anchor and proof, and gives the finished document as canonical JSON.</summary>
    /// <exception cref="ArgumentException">The anchor names another key than this signer's.</exception>
    public byte[] Complete(UnsignedCredential credential, LedgerAnchorDocument anchor)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(anchor);
        if (anchor.KeyId != _keyId)
        {
            throw new ArgumentException(
                $"The anchor names the key {anchor.KeyId}, this signer has {_keyId}; one key signs both.",
                nameof(anchor));
        }

        var document = credential.Members.With(CredentialVocabulary.AnchorMember, Write(anchor));
        byte[] secured = document.With("@context", CredentialVocabulary.SignedContexts).ToArray();
        byte[] signature = _key.Sign(DataIntegrity.BytesToSign(_optionsHash, secured));
        byte[] proof = _options.With("proofValue", SignatureText.WriteJson(signature)).ToArray();
        return document.With(CredentialVocabulary.ProofMember, (byte[])[(byte)'[', .. proof, (byte)']']).ToArray();
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

    /// <summary>
    /// Completes one credential; takes DID and time from the credential (<c>issuer.id</c>, <c>validFrom</c>) and the
    /// key's name from the anchor.
    /// </summary>
    /// <exception cref="FormatException">The credential lacks these.</exception>
    public static JsonObject Complete(JsonObject credential, LedgerAnchorDocument anchor, IssuerPrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(credential);
        ArgumentNullException.ThrowIfNull(anchor);
        if ((credential["issuer"] as JsonObject)?["id"]?.GetValueKind() != JsonValueKind.String
            || credential["validFrom"]?.GetValueKind() != JsonValueKind.String
            || !CredentialTime.TryRead(credential["validFrom"]!.GetValue<string>(), out var validFrom))
        {
            throw new FormatException("A credential to be completed needs issuer.id and validFrom.");
        }

        var signer = new CredentialSigner(
            key, credential["issuer"]!["id"]!.GetValue<string>(), anchor.KeyId, validFrom);
        var unsigned = UnsignedCredential.FromCanonical(CanonicalJson.Canonicalize(credential));
        return JsonNode.Parse(signer.Complete(unsigned, anchor))!.AsObject();
    }
}
