using System.Buffers;
using System.Globalization;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// The text that stands on paper: a mark, the version, and a <see cref="CompactCredential"/> in base45, all of it in
/// the letters that a QR code takes densely.
/// </summary>
public static class CompactText
{
    /// <summary>The newest version of the form; all up to it are read, and written of what was issued by them.
    /// </summary>
    public const int Version = CredentialTemplate.Version;

    /// <summary>What every text of the newest version begins with.</summary>
    public static readonly string Prefix = PrefixOf(Version);

    /// <summary>The media type.</summary>
    public const string MediaType = "application/vnd.microcreds.compact";

    /// <summary>
    /// The longest text that is written and read, in characters: what a QR code of 117 modules holds with the
    /// correction that paper needs (version 25, level M). The largest issuance keeps an ordinary credential below it.
    /// </summary>
    public const int MaxCharacters = 1_450;

    private const int MaxVersionDigits = 3;

    private static ReadOnlySpan<byte> Mark => "MC"u8;

    /// <summary>What mail programs and fields put between the letters.</summary>
    private static readonly SearchValues<byte> Breaks = SearchValues.Create("\r\n\t"u8);

    /// <summary>Tells whether a text claims to be a credential in this form, of whatever version.</summary>
    /// <param name="utf8">The text as it was received.</param>
    public static bool Is(ReadOnlySpan<byte> utf8) => VersionOf(utf8.TrimStart(" \t\r\n"u8), out _) is not null;

    /// <summary>Writes a credential.</summary>
    public static string Write(CompactCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return PrefixOf(credential.Version) + Base45.Encode(credential.ToCbor());
    }

    /// <summary>Reads a credential.</summary>
    /// <param name="utf8">
    /// The text as it was received: line breaks in it, and blanks around it, are not its own. The blank is a letter of
    /// base45, but never a text's last one: that stands for the highest digit, which stays below it.
    /// </param>
    /// <exception cref="CompactVersionException">It is of another version.</exception>
    /// <exception cref="FormatException">It is none, or damaged.</exception>
    public static CompactCredential Read(ReadOnlyMemory<byte> utf8)
    {
        var text = utf8.Span.Trim(" \t\r\n"u8);
        if (text.Length > 2 * MaxCharacters)
            throw new FormatException($"It is longer than {MaxCharacters} characters.");

        byte[] letters = WithoutBreaks(text);
        if (VersionOf(letters, out int start) is not { } version)
            throw new FormatException($"It does not begin with MC, a version and a colon.");
        if (version is < CredentialTemplate.InlineVersion or > Version) throw new CompactVersionException(version);
        if (letters.Length > MaxCharacters)
            throw new FormatException($"It is longer than {MaxCharacters} characters.");

        return Base45.TryDecode(letters.AsSpan(start)) is { } cbor
            ? CompactCredential.FromCbor(cbor, version)
            : throw new FormatException("It is damaged: a letter is missing, or is none of base45's.");
    }

    private static string PrefixOf(int version) => string.Create(CultureInfo.InvariantCulture, $"MC{version}:");

    private static byte[] WithoutBreaks(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAny(Breaks) < 0) return text.ToArray();
        byte[] letters = new byte[text.Length];
        int count = 0;
        foreach (byte letter in text)
        {
            if (!Breaks.Contains(letter)) letters[count++] = letter;
        }

        return letters[..count];
    }

    private static int? VersionOf(ReadOnlySpan<byte> text, out int start)
    {
        start = 0;
        if (!text.StartsWith(Mark)) return null;
        var rest = text[Mark.Length..];
        int colon = rest[..Math.Min(rest.Length, MaxVersionDigits + 1)].IndexOf((byte)':');
        if (colon < 1
            || !int.TryParse(rest[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out int version))
            return null;
        start = Mark.Length + colon + 1;
        return version;
    }
}

/// <summary>A credential in a version of the compact form that this program does not know.</summary>
/// <param name="version">The version.</param>
public sealed class CompactVersionException(int version) : FormatException(
    $"It is of version {version} of the compact form; this program knows those up to {CompactText.Version}.")
{
    /// <summary>The version.</summary>
    public int Version { get; } = version;
}
