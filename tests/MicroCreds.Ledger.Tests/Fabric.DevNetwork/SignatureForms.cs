using System.Formats.Asn1;
using System.Globalization;
using System.Numerics;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Turns a good signature into a form that peers must refuse.</summary>
internal static class SignatureForms
{
    private static readonly BigInteger P256Order = BigInteger.Parse(
        "00FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture);

    /// <summary>Returns the other valid signature of the same message: r, and the order minus s.</summary>
    public static byte[] ToHighS(ReadOnlySpan<byte> signature)
    {
        var sequence = new AsnReader(signature.ToArray(), AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(sequence.ReadInteger());
            writer.WriteInteger(P256Order - sequence.ReadInteger());
        }

        return writer.Encode();
    }
}
