using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>Quoted-printable (RFC 2045, 6.7), as it stands in texts that were copied out of a mail's source.</summary>
internal static partial class QuotedPrintable
{
    /// <summary>Decodes a text; nothing of one that bears no trace of it.</summary>
    public static byte[]? Decode(string text) => Trace().IsMatch(text) ? DecodeAll(text) : null;

    /// <summary>Decodes a part of a mail.</summary>
    public static byte[] DecodeAll(string text)
    {
        byte[] source = Encoding.UTF8.GetBytes(text);
        var result = new List<byte>(source.Length);
        for (int i = 0; i < source.Length; i++)
        {
            if (source[i] != '=')
            {
                result.Add(source[i]);
            }
            else if (SoftBreak(source.AsSpan(i + 1)) is { } length)
            {
                i += length;
            }
            else if (i + 2 < source.Length && char.IsAsciiHexDigit((char)source[i + 1])
                && char.IsAsciiHexDigit((char)source[i + 2]))
            {
                result.Add(Convert.FromHexString(Encoding.ASCII.GetString(source, i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                result.Add(source[i]);
            }
        }

        return [.. result];
    }

    private static int? SoftBreak(ReadOnlySpan<byte> rest) =>
        rest.StartsWith("\r\n"u8) ? 2 : rest.StartsWith("\n"u8) ? 1 : null;

    [GeneratedRegex(@"=\r?\n|=3D|=22|=C3=[0-9A-F]{2}", RegexOptions.CultureInvariant)]
    private static partial Regex Trace();
}

/// <summary>JSON whose lines a mail program broke, also within its texts.</summary>
internal static class BrokenLines
{
    private static readonly string[] Breaks = ["\r\n", "\n", "\r"];

    /// <summary>
    /// Puts the lines together again, by nothing or by the blank that a break took the place of; nothing if no JSON
    /// comes out. Of two ways, the one whose leaf lies in the tree of its own anchor is the right one.
    /// </summary>
    public static byte[]? Mend(string text)
    {
        byte[][] mended = [.. ((string[])["", " "]).Select(joint => Join(text, joint)).Where(one => IsJson(one))];
        return Array.Find(mended, IsOfItsTree) ?? (mended.Length > 0 ? mended[0] : null);
    }

    private static byte[] Join(string text, string joint)
    {
        foreach (string line in Breaks) text = text.Replace(line, joint, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>Tells whether a text is JSON, be it strict or not.</summary>
    public static bool IsJson(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsOfItsTree(byte[] document)
    {
        try
        {
            var credential = CredentialReader.Read(document);
            var anchor = credential.Anchor;
            return MerkleProof.Verify(
                Convert.FromHexString(anchor.Root), credential.LeafHash(), anchor.Index, anchor.Size,
                [.. anchor.Path.Select(Convert.FromHexString)]);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
