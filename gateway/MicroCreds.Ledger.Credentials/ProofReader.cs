using System.Text.Json;

namespace MicroCreds.Ledger.Credentials;

/// <summary>Reads the proof of a credential.</summary>
internal static class ProofReader
{
    /// <summary>The path below which all faults of a proof lie.</summary>
    public const string Path = "/" + CredentialVocabulary.ProofMember;

    private const string First = Path + "/0";
    private static readonly string[] Names =
        ["@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"];

    /// <summary>Reads the one proof of a document.</summary>
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

        if (proofs.ValueKind != JsonValueKind.Array || proofs.GetArrayLength() != 1
            || proofs[0].ValueKind != JsonValueKind.Object)
        {
            faults.Add(Path, "It must be a list of exactly one proof.");
            return ReadProof.Nothing;
        }

        return ReadOne(proofs[0], faults, contexts, canonical);
    }

    private static ReadProof ReadOne(
        JsonElement proof, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical)
    {
        // An option that is not known here, such as an expiry, could change what the proof is worth.
        if (proof.EnumerateObject().Any(member => !Names.Contains(member.Name)))
            faults.Add(First, $"It may hold only {string.Join(", ", Names)}.");
        if (faults.Text(proof, First, "type") is { Length: > 0 } type && type != DataIntegrity.ProofType)
            faults.Add(First + "/type", $"It must be {DataIntegrity.ProofType}.");
        if (faults.Text(proof, First, "proofPurpose") is { Length: > 0 } purpose
            && purpose != DataIntegrity.AssertionMethod)
            faults.Add(First + "/proofPurpose", $"It must be {DataIntegrity.AssertionMethod}.");

        string suite = faults.Text(proof, First, "cryptosuite");
        if (suite.Length > 0 && suite is not (DataIntegrity.EcdsaSuite or DataIntegrity.EddsaSuite))
            faults.Add(First + "/cryptosuite", $"It must be {DataIntegrity.EcdsaSuite} or {DataIntegrity.EddsaSuite}.");

        string method = faults.Text(proof, First, "verificationMethod");
        int hash = method.IndexOf('#', StringComparison.Ordinal);
        if (method.Length > 0 && (hash <= 0 || hash == method.Length - 1))
            faults.Add(First + "/verificationMethod", "It must be a DID, # and the name of a key.");

        return new ReadProof
        {
            Suite = suite,
            Did = hash > 0 ? method[..hash] : "",
            KeyId = hash > 0 ? method[(hash + 1)..] : "",
            Created = faults.Time(proof, First, "created"),
            Options = Options(proof, faults, contexts, canonical),
            Signature = Signature(faults.Text(proof, First, "proofValue"), faults),
        };
    }

    // The suites take the contexts into the proof, so that they cannot be exchanged below it.
    private static CanonicalObject Options(
        JsonElement proof, FaultCollector faults, byte[] contexts, ReadOnlyMemory<byte> canonical)
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
            faults.Add(First, e.Message);
            return CanonicalObject.Empty;
        }

        if (options["@context"] is not { } covered || !covered.Span.SequenceEqual(contexts))
        {
            faults.Add(
                First + "/@context", $"It must be {System.Text.Encoding.UTF8.GetString(contexts)}, in this order.");
        }

        return options;
    }

    private static byte[] Signature(string value, FaultCollector faults)
    {
        if (value.Length == 0) return [];
        if (SignatureText.Read(value) is { } signature) return signature;

        faults.Add(First + "/proofValue", "It must be z and 64 bytes in base58 (Bitcoin's alphabet).");
        return [];
    }
}
