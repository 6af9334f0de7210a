using System.Collections.Concurrent;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Rfc8032;
using SimpleBase;

namespace MicroCreds.Ledger.Model;

/// <summary>Reads and writes public keys as Multikeys: base58btc of a multicodec prefix and the key's bytes.</summary>
/// <remarks>Source: W3C Controlled Identifiers 1.0, section 2.2.2. Thread-safe.</remarks>
public static class Multikey
{
    private const char Base58Btc = 'z';

    /// <summary>
    /// Longer than any key we know; base58 takes quadratic time, so what is longer is not even decoded.
    /// </summary>
    private const int MaxLength = 64;

    /// <summary>Of all keys that a verifier meets; when it is full it starts over.</summary>
    private const int MaxCachedKeys = 4096;

    private const int CompressedP256Length = 33;

    // The multicodec numbers 0x1200 (p256-pub) and 0xed (ed25519-pub) as variable-length integers.
    private static readonly byte[] P256Prefix = [0x80, 0x24];
    private static readonly byte[] Ed25519Prefix = [0xed, 0x01];

    private static readonly ECCurve Curve =
        Org.BouncyCastle.Asn1.X9.ECNamedCurveTable.GetByName("P-256").Curve;

    // Importing a key takes three times as long as verifying with it.
#pragma warning disable MCF0010 // What a text means never changes: only how long it takes depends on what came before.
    private static readonly ConcurrentDictionary<string, PublicKey> Parsed = new(StringComparer.Ordinal);
#pragma warning restore MCF0010 // As above.

    /// <summary>Reads a Multikey such as <c>zDna…</c> (P-256) or <c>z6Mk…</c> (Ed25519).</summary>
    /// <exception cref="FormatException">It is not a Multikey of these algorithms, or its point is not a usable one.
    /// </exception>
    public static PublicKey Parse(string publicKeyMultibase)
    {
        ArgumentNullException.ThrowIfNull(publicKeyMultibase);
        if (Parsed.TryGetValue(publicKeyMultibase, out var known)) return known;

        var key = Decode(publicKeyMultibase);
        if (Parsed.Count >= MaxCachedKeys) Parsed.Clear();

        return Parsed.GetOrAdd(publicKeyMultibase, key);
    }

    /// <summary>Writes a key: a compressed or uncompressed P-256 point, or the 32 bytes of an Ed25519 key.</summary>
    /// <exception cref="FormatException">The bytes are not a usable public key of the algorithm.</exception>
    public static string Encode(KeyAlgorithm algorithm, ReadOnlySpan<byte> publicKey)
    {
        byte[] bytes = algorithm switch
        {
            KeyAlgorithm.P256 => [.. P256Prefix, .. DecodePoint(publicKey.ToArray()).GetEncoded(compressed: true)],
            KeyAlgorithm.Ed25519 => [.. Ed25519Prefix, .. CheckEd25519(publicKey.ToArray())],
            _ => throw new FormatException($"There is no Multikey for {algorithm}: use P-256 or Ed25519."),
        };
        return Base58Btc + Base58.Bitcoin.Encode(bytes);
    }

    private static PublicKey Decode(string text)
    {
        if (text.Length is 0 or > MaxLength || text[0] != Base58Btc)
        {
            throw new FormatException(
                $"A Multikey starts with z (base58btc) and has at most {MaxLength} characters: zDna… or z6Mk….");
        }

        byte[] bytes;
        try
        {
            bytes = Base58.Bitcoin.Decode(text.AsSpan(1));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException)
        {
            throw new FormatException("The Multikey is not base58btc: it holds a character of no such alphabet.", e);
        }

        if (bytes.AsSpan().StartsWith(P256Prefix) && bytes.Length == P256Prefix.Length + CompressedP256Length)
        {
            var point = DecodePoint(bytes[P256Prefix.Length..]);
            return new PublicKey(KeyAlgorithm.P256, text, point.GetEncoded(compressed: false));
        }

        if (bytes.AsSpan().StartsWith(Ed25519Prefix))
        {
            return new PublicKey(KeyAlgorithm.Ed25519, text, CheckEd25519(bytes[Ed25519Prefix.Length..]));
        }

        throw new FormatException(
            "The Multikey holds another kind of key: it must be P-256, compressed (zDna…), or Ed25519 (z6Mk…).");
    }

    private static ECPoint DecodePoint(byte[] point)
    {
        try
        {
            var decoded = Curve.DecodePoint(point);
            if (!decoded.IsInfinity && decoded.IsValid()) return decoded.Normalize();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or IndexOutOfRangeException)
        {
            throw new FormatException("The P-256 key is not a point of the curve.", e);
        }

        throw new FormatException("The P-256 key is not a point of the curve.");
    }

    private static byte[] CheckEd25519(byte[] key)
    {
        // A point of small order would make forged signatures verify for any message.
        if (key.Length != Ed25519.PublicKeySize || !Ed25519.ValidatePublicKeyFull(key, 0))
        {
            throw new FormatException("The Ed25519 key is not 32 bytes of a point of the prime-order group.");
        }

        return key;
    }
}
