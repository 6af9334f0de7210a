using System.Formats.Asn1;

namespace MicroCreds.Ledger.Keys.AwsKms;

/// <summary>An ECDSA signature as ASN.1 DER.</summary>
internal static class DerSignature
{
    private const int NumberBytes = 32;

    /// <summary>Writes it as r followed by s, 32 bytes each.</summary>
    /// <exception cref="KeyUnavailableException">It is no such signature.</exception>
    public static byte[] ToFixedLength(byte[] der)
    {
        try
        {
            var sequence = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            byte[] result = new byte[2 * NumberBytes];
            Write(sequence.ReadIntegerBytes().Span, result.AsSpan(0, NumberBytes));
            Write(sequence.ReadIntegerBytes().Span, result.AsSpan(NumberBytes));
            return result;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException)
        {
            throw new KeyUnavailableException("The key service gave a signature that is none for P-256.", exception);
        }
    }

    private static void Write(ReadOnlySpan<byte> number, Span<byte> place)
    {
        number = number.TrimStart((byte)0);
        number.CopyTo(place[(place.Length - number.Length)..]);
    }
}
