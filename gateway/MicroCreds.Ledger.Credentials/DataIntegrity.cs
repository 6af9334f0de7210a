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

    /// <summary>Signs a document whose contexts the proof covers all, and gives it with its proof, canonical.</summary>
    /// <param name="document">The document without a proof, canonical.</param>
    /// <param name="did">Whose key it is.</param>
    /// <param name="keyId">The key's fragment below the DID.</param>
    /// <param name="key">The key.</param>
    /// <param name="created">When it is signed.</param>
    /// <param name="cancellationToken">Cancels the signing.</param>
    public static async ValueTask<byte[]> CompleteAsync(
        CanonicalObject document, string did, string keyId, IIssuerSigner key, DateTimeOffset created,
        CancellationToken cancellationToken)
    {
        var options = CanonicalObject.From(new JsonObject
        {
            ["type"] = ProofType,
            ["cryptosuite"] = SuiteOf(key.Algorithm),
            ["created"] = CredentialTime.Write(created),
            ["verificationMethod"] = $"{did}#{keyId}",
            ["proofPurpose"] = AssertionMethod,
        }).With("@context", document["@context"]!.Value);
        byte[] signed = BytesToSign(HashOptions(options), document.ToArray());
        byte[] signature = await key.SignAsync(signed, cancellationToken).ConfigureAwait(false);
        byte[] proof = options.With("proofValue", SignatureText.WriteJson(signature)).ToArray();
        return document.With(CredentialVocabulary.ProofMember, (byte[])[(byte)'[', .. proof, (byte)']']).ToArray();
    }
}
