using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;

namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Makes and checks ECDSA signatures as Fabric wants them: ASN.1 DER, with the smaller of the two possible values of s.
/// </summary>
/// <remarks>
/// A high s is a second valid signature of the same message, so peers refuse it. Source: Fabric's bccsp/utils,
/// <c>ToLowS</c>. Curves: P-256 and P-384. Thread-safe.
/// </remarks>
public static class EcdsaSignature
{
    private static readonly BigInteger P256Order = BigInteger.Parse(
        "00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    private static readonly BigInteger P384Order = BigInteger.Parse(
        "00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
        System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Signs a digest: DER with low s.</summary>
    /// <param name="key">The private key. An <see cref="ECDsa"/> instance is not thread-safe: guard it.</param>
    /// <param name="digest">The hash of the message.</param>
    public static byte[] SignDigest(ECDsa key, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] fixedLength = new byte[key.GetMaxSignatureSize(DSASignatureFormat.IeeeP1363FixedFieldConcatenation)];
        if (!key.TrySignHash(
                digest, fixedLength, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out int written))
        {
            throw new CryptographicException("The key produced a signature longer than its own curve allows.");
        }

        return ToLowSDer(fixedLength.AsSpan(0, written), Order(key.KeySize));
    }

    /// <summary>Tells whether the signature is DER, low-s and fits the digest. Never throws on bad bytes.</summary>
    public static bool VerifyDigest(ECDsa key, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsLowS(signature, key.KeySize)
            && key.VerifyHash(digest, signature, DSASignatureFormat.Rfc3279DerSequence);
    }

    /// <summary>Tells whether bytes are a DER signature whose s is at most half the curve's order.</summary>
    /// <param name="signature">The signature in DER.</param>
    /// <param name="keySizeBits">256 or 384.</param>
    public static bool IsLowS(ReadOnlySpan<byte> signature, int keySizeBits) =>
        TryReadDer(signature, out _, out var s) && s <= Order(keySizeBits) >> 1;

    /// <summary>Returns the same signature in DER with the low s, whichever of the two forms it comes in.</summary>
    /// <param name="signature">
    /// The signature in DER, or as r followed by s, each as long as the curve's order (64 bytes in all for P-256, 96
    /// for P-384): what hardware and cloud services give.
    /// </param>
    /// <param name="keySizeBits">256 or 384.</param>
    /// <exception cref="CryptographicException">The bytes are a signature in neither form.</exception>
    public static byte[] ToLowS(ReadOnlySpan<byte> signature, int keySizeBits)
    {
        if (signature.Length == FixedLength(keySizeBits))
        {
            return ToLowSDer(signature, keySizeBits);
        }

        if (!TryReadDer(signature, out var r, out var s))
        {
            throw new CryptographicException(
                $"These {signature.Length} bytes are no ECDSA signature on P-{keySizeBits}: expected DER, or r and s "
                + $"in {FixedLength(keySizeBits)} bytes.");
        }

        return WriteDer(r, LowerOf(s, Order(keySizeBits)));
    }

    /// <summary>Writes a signature that is r followed by s as DER, with the low s.</summary>
    /// <param name="fixedLength">The two numbers, each as long as the curve's order.</param>
    /// <param name="keySizeBits">256 or 384.</param>
    /// <exception cref="CryptographicException">The bytes are not two numbers of that length.</exception>
    public static byte[] ToLowSDer(ReadOnlySpan<byte> fixedLength, int keySizeBits) =>
        fixedLength.Length == FixedLength(keySizeBits)
            ? ToLowSDer(fixedLength, Order(keySizeBits))
            : throw new CryptographicException(
                $"r and s on P-{keySizeBits} have {FixedLength(keySizeBits)} bytes, and these {fixedLength.Length}.");

    private static int FixedLength(int keySizeBits) => keySizeBits / 4;

    private static byte[] ToLowSDer(ReadOnlySpan<byte> fixedLength, BigInteger order)
    {
        int half = fixedLength.Length / 2;
        var r = new BigInteger(fixedLength[..half], isUnsigned: true, isBigEndian: true);
        var s = new BigInteger(fixedLength[half..], isUnsigned: true, isBigEndian: true);
        return WriteDer(r, LowerOf(s, order));
    }

    private static BigInteger LowerOf(BigInteger s, BigInteger order) => s > order >> 1 ? order - s : s;

    private static BigInteger Order(int keySizeBits) => keySizeBits switch
    {
        256 => P256Order,
        384 => P384Order,
        _ => throw new CryptographicException($"No ECDSA curve of {keySizeBits} bits is used here: P-256 or P-384."),
    };

    private static bool TryReadDer(ReadOnlySpan<byte> signature, out BigInteger r, out BigInteger s)
    {
        r = s = default;
        try
        {
            var reader = new AsnReader(signature.ToArray(), AsnEncodingRules.DER);
            var sequence = reader.ReadSequence();
            reader.ThrowIfNotEmpty();
            r = sequence.ReadInteger();
            s = sequence.ReadInteger();
            sequence.ThrowIfNotEmpty();
            return r.Sign > 0 && s.Sign > 0;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }

    private static byte[] WriteDer(BigInteger r, BigInteger s)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(r);
            writer.WriteInteger(s);
        }

        return writer.Encode();
    }
}
