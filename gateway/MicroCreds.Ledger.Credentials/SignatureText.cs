using System.Buffers;
using System.Buffers.Binary;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Signatures as proofs carry them: <c>z</c> and the 64 bytes in base58 (Bitcoin's alphabet). The library that serves
/// keys goes digit by digit, which took 7 of the 134 µs of issuing a credential and 4 of the 150 of verifying one.
/// </summary>
internal static class SignatureText
{
    /// <summary>The length of every signature, in bytes.</summary>
    public const int SignatureBytes = 64;

    private const byte Prefix = (byte)'z';
    private const int MaxDigits = 88;
    private const int DigitsAtOnce = 5;
    private const uint Base = 58;
    private const uint BaseAtOnce = Base * Base * Base * Base * Base;
    private const int Words = SignatureBytes / sizeof(uint);

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    private static readonly SearchValues<char> Digits = SearchValues.Create(Alphabet);

    /// <summary>Writes a signature.</summary>
    public static byte[] Write(ReadOnlySpan<byte> signature)
    {
        Span<uint> number = stackalloc uint[Words];
        for (int i = 0; i < Words; i++)
            number[i] = BinaryPrimitives.ReadUInt32BigEndian(signature[(i * sizeof(uint))..]);

        Span<byte> digits = stackalloc byte[MaxDigits + DigitsAtOnce];
        int first = digits.Length;
        while (!number.IsEmpty)
        {
            ulong rest = 0;
            for (int i = 0; i < number.Length; i++)
            {
                ulong value = (rest << 32) | number[i];
                number[i] = (uint)(value / BaseAtOnce);
                rest = value % BaseAtOnce;
            }

            for (int i = 0; i < DigitsAtOnce; i++, rest /= Base) digits[--first] = (byte)Alphabet[(int)(rest % Base)];
            number = number.TrimStart(0u);
        }

        // A zero byte in front is a digit of its own; what stands there now fills up the last five.
        var written = digits[first..].TrimStart((byte)Alphabet[0]);
        int zeros = signature.IndexOfAnyExcept((byte)0) is var index and >= 0 ? index : signature.Length;
        byte[] text = new byte[1 + zeros + written.Length];
        text[0] = Prefix;
        text.AsSpan(1, zeros).Fill((byte)Alphabet[0]);
        written.CopyTo(text.AsSpan(1 + zeros));
        return text;
    }

    /// <summary>Writes a signature as a JSON string; none of its letters needs an escape.</summary>
    public static byte[] WriteJson(ReadOnlySpan<byte> signature) =>
        [(byte)'"', .. Write(signature), (byte)'"'];

    /// <summary>Reads a signature; nothing of another length, or with a letter that is no digit.</summary>
    public static byte[]? Read(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > 1 + MaxDigits || text[0] != (char)Prefix) return null;
        text = text[1..];
        if (text.ContainsAnyExcept(Digits)) return null;

        int zeros = text.IndexOfAnyExcept(Alphabet[0]) is var index and >= 0 ? index : text.Length;
        Span<uint> number = stackalloc uint[Words + 1];
        number.Clear();
        for (int start = 0; start < text.Length; start += DigitsAtOnce)
        {
            (ulong carry, ulong factor) = (0, 1);
            foreach (char digit in text[start..Math.Min(start + DigitsAtOnce, text.Length)])
            {
                carry = (carry * Base) + (uint)ValueOf(digit);
                factor *= Base;
            }

            for (int i = number.Length - 1; i >= 0; i--)
            {
                carry += number[i] * factor;
                number[i] = (uint)carry;
                carry >>= 32;
            }
        }

        Span<byte> bytes = stackalloc byte[(Words + 1) * sizeof(uint)];
        for (int i = 0; i < number.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(i * sizeof(uint))..], number[i]);
        var significant = bytes.TrimStart((byte)0);
        if (zeros + significant.Length != SignatureBytes) return null;

        byte[] signature = new byte[SignatureBytes];
        significant.CopyTo(signature.AsSpan(zeros));
        return signature;
    }

    // By ranges of the alphabet, which leaves out 0, I, O and l.
    private static int ValueOf(char digit) => digit switch
    {
        <= '9' => digit - '1',
        <= 'H' => digit - 'A' + 9,
        <= 'N' => digit - 'J' + 17,
        <= 'Z' => digit - 'P' + 22,
        <= 'k' => digit - 'a' + 33,
        _ => digit - 'm' + 44,
    };
}
