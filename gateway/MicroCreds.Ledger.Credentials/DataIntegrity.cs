using System.Security.Cryptography;
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
}
