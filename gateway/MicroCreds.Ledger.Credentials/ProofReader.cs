using System.Globalization;
using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Reads the proof of a credential.</summary>
internal static class ProofReader
{
    /// <summary>The path below which all faults of a proof lie.</summary>
    public const string Path = "/" + CredentialVocabulary.ProofMember;

    /// <summary>The most proofs that a document may have.</summary>
    private const int MaxProofs = 8;

    private const string First = Path + "/0";
    private static readonly string[] Names =
        ["@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];

    /// <summary>Reads the proof of a document that counts: its issuer's.</summary>
    /// <param name="root">The document.</param>
    /// <param name="faults">Where faults are noted.</param>
    /// <param name="contexts">The contexts that the proof must cover, as canonical JSON.</param>
    /// <param name="canonical">The document's text, if that is canonical as it stands.</param>
    public static ReadProof Read(
        JsonElement root, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical = default)
    {
        if (!root.TryGetProperty(CredentialVocabulary.ProofMember, out var proofs))
        {
            faults.Add(Path, "It is missing: the credential is not signed.");
            return ReadProof.Nothing;
        }

        return proofs.ValueKind switch
        {
            JsonValueKind.Object => ReadOne(proofs, Path, faults, contexts, canonical),
            JsonValueKind.Array when proofs.GetArrayLength() is > 0 and <= MaxProofs
                && proofs.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object) =>
                ReadOf(root, proofs, faults, contexts, canonical),
            _ => Refuse(faults, $"It must be a proof, or a list of 1 to {MaxProofs}."),
        };
    }

    /// <summary>
    /// Reads the one proof of a list, or of several the first by which the issuer itself could have signed: others may
    /// have added proofs of theirs, each of which covers the document without any proof.
    /// </summary>
    private static ReadProof ReadOf(
        JsonElement root, JsonElement proofs, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical)
    {
        int count = proofs.GetArrayLength();
        if (count == 1) return ReadOne(proofs[0], First, faults, contexts, canonical);

        string issuer = TextAt(root, "issuer") is { Length: > 0 } id ? id
            : root.TryGetProperty("issuer", out var profile) ? TextAt(profile, "id") : "";
        for (int i = 0; i < count; i++)
        {
            if (!IsOf(proofs[i], issuer)) continue;
            var read = ReadOne(
                proofs[i], string.Create(CultureInfo.InvariantCulture, $"{Path}/{i}"), faults, contexts, canonical);
            return read.Beside(count - 1);
        }

        const string Suites = $"{DataIntegrity.EcdsaSuite} or {DataIntegrity.EddsaSuite}";
        return Refuse(faults, $"None of its {count} proofs is its issuer's, by {Suites}.");
    }

    private static ReadProof Refuse(FaultCollector faults, string message)
    {
        faults.Add(Path, message);
        return ReadProof.Nothing;
    }

    private static bool IsOf(JsonElement proof, string issuer) =>
        issuer.Length > 0 && TextAt(proof, "verificationMethod").StartsWith(issuer + "#", StringComparison.Ordinal)
        && TextAt(proof, "cryptosuite") is DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite;

    private static string TextAt(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static ReadProof ReadOne(
        JsonElement proof, string path, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical)
    {
        // An option that is not known here, such as an expiry, could change what the proof is worth.
        faults.Only(proof, path, Names);
        if (faults.Text(proof, path, "type") is { Length: > 0 } type && type != DataIntegrity.ProofType)
            faults.Add(path + "/type", $"It must be {DataIntegrity.ProofType}.");
        if (faults.Text(proof, path, "proofPurpose") is { Length: > 0 } purpose
            && purpose != DataIntegrity.AssertionMethod)
            faults.Add(path + "/proofPurpose", $"It must be {DataIntegrity.AssertionMethod}.");

        string suite = faults.Text(proof, path, "cryptosuite");
        if (suite.Length > 0 && suite is not (DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite))
            faults.Add(path + "/cryptosuite", $"It must be {DataIntegrity.EcdsaSuite} or {DataIntegrity.EddsaSuite}.");

        string method = faults.Text(proof, path, "verificationMethod");
        int hash = method.IndexOf('#', StringComparison.Ordinal);
        if (method.Length > 0 && (hash <= 0 || hash == method.Length - 1))
            faults.Add(path + "/verificationMethod", "It must be a DID, # and the name of a key.");

        return new ReadProof
        {
            Suite = suite,
            Did = hash > 0 ? method[..hash] : "",
            KeyId = hash > 0 ? method[(hash + 1)..] : "",
            Created = faults.Time(proof, path, "created"),
            Options = Options(proof, path, faults, contexts, canonical),
            Signature = Signature(faults.Text(proof, path, "proofValue"), path, faults),
        };
    }

    // The suites take the contexts into the proof, so that they cannot be exchanged below it.
    private static CanonicalObject Options(
        JsonElement proof, string path, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical)
    {
        CanonicalObject options;
        try
        {
            options = canonical.IsEmpty
                ? CanonicalObject.From(proof, "proofValue")
                : CanonicalObject.From(proof, canonical, "proofValue");
        }
        catch (FormatException e)
        {
            faults.Add(path, e.Message);
            return CanonicalObject.Empty;
        }

        if (options["@context"] is not { } covered || !covered.Span.SequenceEqual(contexts))
        {
            faults.Add(
                path + "/@context", $"It must be {System.Text.Encoding.UTF8.GetString(contexts)}, in this order.");
        }

        return options;
    }

    private static byte[] Signature(string value, string path, FaultCollector faults)
    {
        if (value.Length == 0) return [];
        if (SignatureText.Read(value) is { } signature) return signature;

        faults.Add(path + "/proofValue", "It must be z and 64 bytes in base58 (Bitcoin's alphabet).");
        return [];
    }
}
