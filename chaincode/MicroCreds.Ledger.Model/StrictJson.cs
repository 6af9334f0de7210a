using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// Parses JSON that every reader understands alike (I-JSON, RFC 7493): what one parser could read otherwise than
/// another is refused, so that nothing is signed or hashed that could mean two things.
/// </summary>
public static class StrictJson
{
    /// <summary>
    /// Parses a document, which keeps referring to the bytes given: leave them as they are while it lives.
    /// </summary>
    /// <exception cref="StrictJsonException">
    /// Not JSON, invalid UTF-8, a duplicate name, a lone surrogate, a number that a double does not hold, nesting
    /// deeper than
    /// <paramref name="maxDepth"/>, or something behind the document.
    /// </exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth = Limits.MaxJsonDepth) =>
        Parse(utf8, maxDepth, out _);

    /// <summary>Likewise, and tells whether the text is in canonical form as it stands.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="isCanonical">
    /// Whether it is what <see cref="CanonicalJson"/> would write. False also for texts that are but are not seen to
    /// be, such as those with an escaped character.
    /// </param>
    /// <exception cref="StrictJsonException">As above.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, out bool isCanonical) =>
        Parse(utf8, Limits.MaxJsonDepth, out isCanonical);

    /// <summary>
    /// Takes the byte order mark off that some editors put before a text.
    /// <see cref="Parse(ReadOnlyMemory{byte}, int)"/> refuses one, so that what is hashed has one form.
    /// </summary>
    public static byte[] WithoutByteOrderMark(byte[] utf8)
    {
        ArgumentNullException.ThrowIfNull(utf8);
        return utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> utf8, int maxDepth, out bool isCanonical)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxDepth);
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new StrictJsonException("", "The document is not valid UTF-8: send it in UTF-8 and nothing else.");
        }

        var walk = new StrictJsonWalk(utf8.Span, maxDepth);
        walk.Check();
        isCanonical = walk.IsCanonical;
        return JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = maxDepth });
    }
}
