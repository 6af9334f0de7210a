using System.Security.Cryptography;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// The two JCS cryptosuites of W3C Data Integrity: the signature covers SHA-256 of the canonical proof options, then
/// SHA-256 of the canonical document without its proof.
/// </summary>
internal static class DataIntegrity
{
    public const string ProofType = "DataIntegrityProof";
    public const string AssertionMethod = "assertionMethod";
    public const string EcdsaSuite = "ecdsa-jcs-2019";
    public const string EddsaSuite = "eddsa-jcs-2022";

    /// <summary>The suite that goes with a kind of key.</summary>
    public static string SuiteOf(KeyAlgorithm algorithm) =>
        algorithm == KeyAlgorithm.P256 ? EcdsaSuite : EddsaSuite;

    /// <summary>
    /// Signs a document that is not anchored, and gives it as canonical JSON. Its proof covers all of its contexts.
    /// </summary>
    /// <param name="document">The document, without a proof.</param>
    /// <param name="key">The key.</param>
    /// <param name="method">The key's verification method, a DID URL.</param>
    /// <param name="created">When it is signed, kept to whole seconds.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public static async ValueTask<byte[]> SignAsync(
        CanonicalObject document, IIssuerSigner key, string method, DateTimeOffset created,
        CancellationToken cancellationToken)
    {
        var options = CanonicalObject.From(new JsonObject
        {
            ["type"] = ProofType,
            ["cryptosuite"] = SuiteOf(key.Algorithm),
            ["created"] = CredentialTime.Write(created),
            ["verificationMethod"] = method,
            ["proofPurpose"] = AssertionMethod,
        });
        if (document["@context"] is { } contexts) options = options.With("@context", contexts);
        byte[] signed = BytesToSign(HashOptions(options), document.ToArray());
        byte[] signature = await key.SignAsync(signed, cancellationToken).ConfigureAwait(false);
        byte[] proof = options.With("proofValue", SignatureText.WriteJson(signature)).ToArray();
        return document.With(CredentialVocabulary.ProofMember, (byte[])[(byte)'[', .. proof, (byte)']']).ToArray();
    }

    /// <summary>
    /// Gives the contexts that the proof of a credential of ours covers: all that it names, but not the one that is
    /// inline in documents of the first version.
    /// </summary>
    /// <param name="contexts">The credential's contexts, as canonical JSON.</param>
    public static ReadOnlyMemory<byte> ContextsToSign(ReadOnlyMemory<byte> contexts) =>
        contexts.Span.SequenceEqual(CredentialVocabulary.Contexts) ? CredentialVocabulary.SignedContexts : contexts;

    /// <summary>Hashes proof options: the proof without its value, with the document's contexts.</summary>
    public static byte[] HashOptions(CanonicalObject options) => SHA256.HashData(options.ToArray());

    /// <summary>Gives the bytes that are signed.</summary>
    /// <param name="optionsHash">What <see cref="HashOptions"/> gave.</param>
    /// <param name="document">The canonical document without its proof.</param>
    public static byte[] BytesToSign(ReadOnlySpan<byte> optionsHash, ReadOnlySpan<byte> document)
    {
        byte[] bytes = new byte[2 * SHA256.HashSizeInBytes];
        optionsHash.CopyTo(bytes);
        SHA256.HashData(document, bytes.AsSpan(SHA256.HashSizeInBytes));
        return bytes;
    }
}
