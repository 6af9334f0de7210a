using System.Buffers.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// A public key of ML-DSA-44 (FIPS 204), which no quantum computer breaks: the half of a key that stands beside an
/// elliptic one. Thread-safe.
/// </summary>
/// <remarks>
/// Written as a Multikey: multibase <c>u</c> (base64url without padding) of the multicodec <c>mldsa-44-pub</c> (0x1210)
/// and the key, as W3C's quantum-resistant cryptosuites have it; base58 would take quadratic time for as many bytes.
/// </remarks>
public sealed class MlDsaKey
{
    /// <summary>The length of a public key, in bytes.</summary>
    public const int PublicKeyLength = 1312;

    /// <summary>The length of every signature, in bytes.</summary>
    public const int SignatureLength = 2420;

    private const char Base64UrlPrefix = 'u';

    // 0x1210 as a variable-length integer.
    private static readonly byte[] Prefix = [0x90, 0x24];

    private readonly byte[] _bytes;

    /// <param name="publicKey">The key's bytes.</param>
    /// <exception cref="FormatException">They are not as many as such a key has.</exception>
    public MlDsaKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != PublicKeyLength)
        {
            throw new FormatException(
                $"A public key of ML-DSA-44 has {PublicKeyLength} bytes; this one has {publicKey.Length}.");
        }

        _bytes = publicKey.ToArray();
        PublicKeyMultibase = Base64UrlPrefix + Base64Url.EncodeToString([.. Prefix, .. _bytes]);
    }

    /// <summary>The key as a Multikey: <c>ukC…</c>.</summary>
    public string PublicKeyMultibase { get; }

    /// <summary>The key's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Reads a Multikey such as <c>ukC…</c>, in its one spelling.</summary>
    /// <exception cref="FormatException">It is none of ML-DSA-44.</exception>
    public static MlDsaKey Parse(string publicKeyMultibase)
    {
        ArgumentNullException.ThrowIfNull(publicKeyMultibase);
        int length = Prefix.Length + PublicKeyLength;
        byte[] bytes = new byte[length];
        if (publicKeyMultibase.Length == 1 + Base64Url.GetEncodedLength(length)
            && publicKeyMultibase[0] == Base64UrlPrefix && Base64Url.IsValid(publicKeyMultibase.AsSpan(1))
            && Base64Url.TryDecodeFromChars(publicKeyMultibase.AsSpan(1), bytes, out int written) && written == length
            && bytes.AsSpan().StartsWith(Prefix))
        {
            var key = new MlDsaKey(bytes.AsSpan(Prefix.Length));
            if (key.PublicKeyMultibase == publicKeyMultibase) return key;
        }

        throw new FormatException(
            "It is no Multikey of ML-DSA-44: that is u (base64url without padding) of the bytes 90 24 and the key's "
            + $"{PublicKeyLength}.");
    }

    /// <summary>Tells whether the signature is this key's for the message; false for one of another length.</summary>
    /// <remarks>Pure ML-DSA, with an empty context.</remarks>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != SignatureLength) return false;

        var verifier = new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: true);
        verifier.Init(
            forSigning: false, MLDsaPublicKeyParameters.FromEncoding(MLDsaParameters.ml_dsa_44, _bytes));
        verifier.BlockUpdate(message);
        return verifier.VerifySignature(signature.ToArray());
    }
}
