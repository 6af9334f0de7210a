using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log;

/// <summary>How far a log reaches and what its tree's root is: a checkpoint as C2SP's tlog-checkpoint has it.</summary>
/// <param name="Origin">The name of the log.</param>
/// <param name="Size">The number of its leaves.</param>
/// <param name="Root">The root of the tree over them, 32 bytes.</param>
public sealed record LogHead(string Origin, long Size, ReadOnlyMemory<byte> Root)
{
    /// <summary>
    /// Lines behind the root: of a ledger's log its <see cref="StandingRoots"/>. Default is none.
    /// </summary>
    public IReadOnlyList<string> Extensions { get; init; } = [];

    /// <summary>The longest text of a head that is read, in characters: heads are kept and handed on.</summary>
    public const int MaxLength = 4096;

    /// <summary>The root of a log without leaves: the hash of nothing.</summary>
    public static byte[] EmptyRoot => SHA256.HashData([]);

    /// <summary>Reads the text of a note.</summary>
    /// <exception cref="FormatException">It is no checkpoint; the message says why.</exception>
    public static LogHead Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
            throw new FormatException($"The checkpoint has {text.Length} characters; at most {MaxLength} are read.");
        if (text.Split('\n') is not [{ Length: > 0 } origin, var size, var root, .. var rest]
            || rest is not [.. var extensions, ""] || extensions.Contains(""))
        {
            throw new FormatException(
                "A checkpoint has a line each for origin, size and root, no empty lines, and ends in a newline.");
        }

        if (!TryParseSize(size, out long leaves))
        {
            throw new FormatException(
                $"The checkpoint's second line is \"{size}\"; it must be the number of leaves, in plain digits.");
        }

        if (!NoteBase64.TryDecodeHash(root, out byte[] hash))
            throw new FormatException("The checkpoint's third line is not base64 of the 32 bytes of a root.");
        return new LogHead(origin, leaves, hash) { Extensions = extensions };
    }

    /// <summary>Writes the text of the note.</summary>
    public string ToText()
    {
        string size = Size.ToString(CultureInfo.InvariantCulture);
        string[] lines = [Origin, size, Convert.ToBase64String(Root.Span), .. Extensions];
        return string.Concat(lines.Select(line => line + "\n"));
    }

    /// <summary>
    /// The origin of the same log as one in which these lines stand behind the root: the origin, a slash, and base64url
    /// of the SHA-256 of the lines, each with its newline. A cosignature of ML-DSA-44 covers origin, size and root
    /// alone, so that one which is to cover the lines, too, is made for this origin.
    /// </summary>
    public string BoundOrigin => string.Concat(
        Origin, "/",
        Base64Url.EncodeToString(SHA256.HashData(
            Encoding.UTF8.GetBytes(string.Concat(Extensions.Select(line => line + "\n"))))));

    /// <summary>
    /// Whether two heads of one root contradict each other by their other lines: what a ledger's log has there follows
    /// from its leaves, while those of other logs may say what changes without them, such as a time.
    /// </summary>
    public static bool SaysOtherwise(LogHead one, LogHead other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return LedgerName.IsOf(one.Origin, LedgerName.ChannelOf(one.Origin))
            && !one.Extensions.SequenceEqual(other.Extensions);
    }

    /// <summary>Reads the number of leaves: decimal digits, no sign, no zeros before it.</summary>
    internal static bool TryParseSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');
}
