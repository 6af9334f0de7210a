using System.Text;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Base64, of either alphabet, with or without padding and line breaks.</summary>
internal static class Base64Text
{
    private const int MinLength = 40;

    /// <summary>Decodes a text; nothing of what is none, or too short to be more than a word.</summary>
    public static byte[]? Decode(string text, int minLength = MinLength)
    {
        var letters = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c)) continue;
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '-' or '_' or '=')) return null;
            letters.Append(c switch { '-' => '+', '_' => '/', _ => c });
        }

        string plain = letters.ToString().TrimEnd('=');
        if (plain.Length < minLength || plain.Length % 4 == 1 || plain.Contains('=', StringComparison.Ordinal))
            return null;

        byte[] bytes = new byte[(plain.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(plain.PadRight((plain.Length + 3) / 4 * 4, '='), bytes, out int written)
            ? bytes[..written]
            : null;
    }
}

/// <summary>data: addresses (RFC 2397).</summary>
internal static partial class DataAddress
{
    private const int MaxLength = 2 * 1024 * 1024;

    /// <summary>Decodes an address; nothing of what is none.</summary>
    public static byte[]? Decode(string text)
    {
        if (text.Length > MaxLength || Form().Match(text) is not { Success: true } match) return null;
        string data = text[match.Length..];
        return match.Groups["base64"].Success
            ? Base64Text.Decode(Uri.UnescapeDataString(data), minLength: 1)
            : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(data));
    }

    [GeneratedRegex(
        @"\Adata:(?:[A-Za-z0-9.+-]{1,60}/[A-Za-z0-9.+-]{1,60})?"
        + @"(?:;[A-Za-z0-9-]{1,30}=[^;,]{0,60}){0,4}(?<base64>;base64)?,",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
