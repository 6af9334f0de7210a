using System.Buffers;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// Base45 (RFC 9285): two bytes become three of the 45 letters that a QR code packs most densely. Every text has one
/// spelling, since neither a value that is too high nor a letter of lower case is read.
/// </summary>
internal static class Base45
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    private const int Base = 45;

    private static readonly SearchValues<byte> Letters = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"u8);

    private static readonly byte[] Values = MakeValues();

    /// <summary>How many letters a number of bytes takes.</summary>
    public static int LengthOf(int bytes) => (bytes / 2 * 3) + (bytes % 2 * 2);

    /// <summary>Writes bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        Span<char> text = new char[LengthOf(bytes.Length)];
        int at = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            bool isPair = i + 1 < bytes.Length;
            int value = isPair ? (bytes[i] << 8) | bytes[i + 1] : bytes[i];
            text[at++] = Alphabet[value % Base];
            text[at++] = Alphabet[value / Base % Base];
            if (isPair) text[at++] = Alphabet[value / (Base * Base)];
        }

        return new string(text);
    }

    /// <summary>Reads a text; nothing of what is none.</summary>
    public static byte[]? TryDecode(ReadOnlySpan<byte> text)
    {
        if (text.Length % 3 == 1 || text.ContainsAnyExcept(Letters)) return null;

        byte[] bytes = new byte[(text.Length / 3 * 2) + (text.Length % 3 / 2)];
        int at = 0;
        for (int i = 0; i < text.Length; i += 3)
        {
            int value = Values[text[i]] + (Values[text[i + 1]] * Base);
            if (i + 2 == text.Length)
            {
                if (value > byte.MaxValue) return null;
                bytes[at++] = (byte)value;
                break;
            }

            value += Values[text[i + 2]] * Base * Base;
            if (value > ushort.MaxValue) return null;
            bytes[at++] = (byte)(value >> 8);
            bytes[at++] = (byte)value;
        }

        return bytes;
    }

    private static byte[] MakeValues()
    {
        byte[] values = new byte[128];
        for (int i = 0; i < Alphabet.Length; i++) values[Alphabet[i]] = (byte)i;
        return values;
    }
}
