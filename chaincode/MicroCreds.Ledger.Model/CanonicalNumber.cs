using System.Buffers;
using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Writes a number as ECMAScript's <c>Number::toString</c> does, which RFC 8785 (3.2.2.3) prescribes.
/// </summary>
internal static class CanonicalNumber
{
    // ECMAScript writes plain digits while the decimal point lies within (-7, 21] digits from the first one.
    private const int MinPointPosition = -5;
    private const int MaxPointPosition = 21;

    /// <summary>Every whole number of so many digits is a double.</summary>
    private const int MaxExactDigits = 15;

    /// <summary>
    /// Reads a JSON number as the double that is nearest to it. <c>JsonElement.GetDouble</c> and <c>Utf8Parser</c> miss
    /// that by one in the last place for some numbers with many digits and an exponent, such as
    /// <c>1000000000000000000000000e-1</c>.
    /// </summary>
    public static double Parse(ReadOnlySpan<byte> json) =>
        double.Parse(json, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Tells whether a JSON number is a whole one that is exact and canonical at first sight.</summary>
    public static bool IsPlainInteger(ReadOnlySpan<byte> json)
    {
        bool isNegative = json[0] == '-';
        var digits = isNegative ? json[1..] : json;
        return digits.Length <= MaxExactDigits && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && !(isNegative && digits[0] == '0');
    }

    /// <summary>Tells whether a JSON number stands as it would be written.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> json)
    {
        Span<char> text = stackalloc char[40];
        int length = Format(Parse(json), text);
        return Ascii.Equals(json, text[..length]);
    }

    public static void Write(IBufferWriter<byte> output, double number)
    {
        Span<char> text = stackalloc char[40];
        int length = Format(number, text);
        Span<byte> bytes = output.GetSpan(length);
        output.Advance(Encoding.ASCII.GetBytes(text[..length], bytes));
    }

    /// <summary>Writes into at least 40 characters, and returns how many were written.</summary>
    public static int Format(double number, Span<char> text)
    {
        if (!double.IsFinite(number))
        {
            throw new FormatException("A number is beyond the range of a double: JSON cannot carry it.");
        }

        // Negative zero is written as 0.
        if (number == 0)
        {
            text[0] = '0';
            return 1;
        }

        Span<char> digits = stackalloc char[24];
        int count = ShortestDigits(Math.Abs(number), digits, out int point);
        int position = 0;
        if (number < 0) text[position++] = '-';

        return position + Arrange(digits[..count], point, text[position..]);
    }

    /// <summary>
    /// Splits a number into the shortest digits that read back as it, without zeros at either end, and where the
    /// decimal point stands: the value is 0.d₁d₂… × 10^point.
    /// </summary>
    private static int ShortestDigits(double number, Span<char> digits, out int point)
    {
        Span<char> text = stackalloc char[32];
#pragma warning disable MCF0007 // Canonical JSON is defined by a double's shortest text, which is IEEE's everywhere.
        number.TryFormat(text, out int length, "R", CultureInfo.InvariantCulture);
#pragma warning restore MCF0007 // As above.
        int exponent = 0;
        int mark = text[..length].IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(text[(mark + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            length = mark;
        }

        int count = 0;
        int whole = text[..length].IndexOf('.') is var dot && dot >= 0 ? dot : length;
        int leadingZeros = 0;
        foreach (char c in text[..length])
        {
            if (c == '.') continue;

            if (c == '0' && count == 0) leadingZeros++;
            else digits[count++] = c;
        }

        point = whole - leadingZeros + exponent;
        return digits[..count].TrimEnd('0').Length;
    }

    private static int Arrange(ReadOnlySpan<char> digits, int point, Span<char> text)
    {
        if (point is < MinPointPosition or > MaxPointPosition) return ArrangeExponent(digits, point - 1, text);

        if (point <= 0)
        {
            "0.".CopyTo(text);
            text[2..(2 - point)].Fill('0');
            digits.CopyTo(text[(2 - point)..]);
            return 2 - point + digits.Length;
        }

        if (digits.Length <= point)
        {
            digits.CopyTo(text);
            text[digits.Length..point].Fill('0');
            return point;
        }

        digits[..point].CopyTo(text);
        text[point] = '.';
        digits[point..].CopyTo(text[(point + 1)..]);
        return digits.Length + 1;
    }

    private static int ArrangeExponent(ReadOnlySpan<char> digits, int exponent, Span<char> text)
    {
        int position = 0;
        text[position++] = digits[0];
        if (digits.Length > 1)
        {
            text[position++] = '.';
            digits[1..].CopyTo(text[position..]);
            position += digits.Length - 1;
        }

        text[position++] = 'e';
        text[position++] = exponent < 0 ? '-' : '+';
        Math.Abs(exponent).TryFormat(text[position..], out int written, default, CultureInfo.InvariantCulture);
        return position + written;
    }
}
