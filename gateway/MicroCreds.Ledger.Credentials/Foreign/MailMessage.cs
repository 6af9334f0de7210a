using System.Text;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Takes the parts out of a mail (RFC 5322, RFC 2045): as much of it as files and bodies with credentials need, which
/// no library of this project reads.
/// </summary>
internal static partial class MailMessage
{
    private const int MaxDepth = 4;
    private const int MaxParts = 32;
    private const int HeadLength = 4_000;

    /// <summary>Gives the decoded parts that could be a credential; nothing of what is no mail.</summary>
    public static IReadOnlyList<byte[]> Open(string text)
    {
        string head = text[..Math.Min(text.Length, HeadLength)];
        if (!FirstHeader().IsMatch(head) || Known().Count(head) < 2) return [];
        var parts = new List<byte[]>();
        Read(text, parts, MaxDepth);
        return parts;
    }

    private static void Read(string part, List<byte[]> parts, int left)
    {
        if (left == 0 || parts.Count >= MaxParts || Blank().Match(part) is not { Success: true } blank) return;
        string head = Folded().Replace(part[..blank.Index], " ");
        string body = part[(blank.Index + blank.Length)..];
        if (Boundary().Match(head) is { Success: true } boundary)
        {
            string mark = boundary.Groups["quoted"].Success
                ? boundary.Groups["quoted"].Value : boundary.Groups["plain"].Value;
            foreach (string one in body.Split("--" + mark).Skip(1).Take(MaxParts))
            {
                if (one.StartsWith("--", StringComparison.Ordinal)) break;
                Read(one.TrimStart('\r', '\n'), parts, left - 1);
            }

            return;
        }

        byte[]? content = Encoded().Match(head).Groups["how"].Value.ToLowerInvariant() switch
        {
            "base64" => Base64Text.Decode(body, minLength: 1),
            "quoted-printable" => QuotedPrintable.DecodeAll(body),
            _ => Encoding.UTF8.GetBytes(body),
        };
        if (content is { Length: > 0 }) parts.Add(content);
    }

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{1,60}:[ \t\r\n]", RegexOptions.CultureInvariant)]
    private static partial Regex FirstHeader();

    [GeneratedRegex(
        @"^(?:From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path|Content-Type|Delivered-To):",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Known();

    [GeneratedRegex(@"\r?\n\r?\n", RegexOptions.CultureInvariant)]
    private static partial Regex Blank();

    [GeneratedRegex(@"\r?\n[ \t]+", RegexOptions.CultureInvariant)]
    private static partial Regex Folded();

    [GeneratedRegex(
        "^Content-Type:[ \\t]*multipart/[^\\r\\n]{0,400}?boundary="
        + "(?:\"(?<quoted>[^\"\\r\\n]{1,100})\"|(?<plain>[^\\s;\"]{1,100}))",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Boundary();

    [GeneratedRegex(
        @"^Content-Transfer-Encoding:[ \t]*(?<how>[A-Za-z0-9-]{1,20})",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Encoded();
}
