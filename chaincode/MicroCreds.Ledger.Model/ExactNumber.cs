using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Tells whether a JSON number means the same after it was a double: its decimal value must not change.
/// </summary>
internal static class ExactNumber
{
    // Longer exponents than any double's, without overflow; written zeros move the exponent by less.
    private const int MaxExponentDigits = 9;

    public static bool IsExact(ReadOnlySpan<byte> json)
    {
        double value = CanonicalNumber.Parse(json);
        if (!double.IsFinite(value)) return false;

        Span<char> text = stackalloc char[40];
        int length = CanonicalNumber.Format(value, text);
        Span<byte> canonical = stackalloc byte[40];
        length = Encoding.ASCII.GetBytes(text[..length], canonical);
        return Normalize(json) is { } given && given == Normalize(canonical[..length]);
    }

    /// <summary>
    /// The digits without zeros at either end, and the decimal point's position before the first of them.
    /// </summary>
    private static (string Digits, long Point)? Normalize(ReadOnlySpan<byte> number)
    {
        int mark = number.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = mark < 0 ? number : number[..mark];
        var digits = new StringBuilder(mantissa.Length);
        long point = 0;
        bool fraction = false;
        foreach (byte b in mantissa)
        {
            if (b == '.') fraction = true;
            if (b is < (byte)'0' or > (byte)'9') continue;

            if (b != '0' || digits.Length > 0) digits.Append((char)b);

            if (!fraction && digits.Length > 0) point++;
            else if (fraction && digits.Length == 0) point--;
        }

        string significant = digits.ToString().TrimEnd('0');
        if (significant.Length == 0) return ("", 0);

        if (mark < 0) return (significant, point);

        var exponent = number[(mark + 1)..];
        if (exponent.Length > MaxExponentDigits) return null;

        return (significant, point + long.Parse(exponent, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }
}
