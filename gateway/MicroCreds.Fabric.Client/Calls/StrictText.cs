using System.Text;
using Google.Protobuf;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>
/// Text that goes over the wire as UTF-8: half a surrogate pair has no such form, and would arrive as another text.
/// </summary>
internal static class StrictText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <param name="text">The text.</param>
    /// <param name="what">What errors call it, at the beginning of a sentence.</param>
    /// <exception cref="ArgumentException">The text holds a lone surrogate.</exception>
    public static ByteString ToBytes(string text, string what)
    {
        try
        {
            return ByteString.CopyFrom(text, StrictUtf8);
        }
        catch (EncoderFallbackException e)
        {
            throw Refused(what, e);
        }
    }

    /// <inheritdoc cref="ToBytes"/>
    public static void Check(string text, string what)
    {
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException e)
        {
            throw Refused(what, e);
        }
    }

    private static ArgumentException Refused(string what, EncoderFallbackException cause) =>
        new($"{what} holds a lone surrogate at position {cause.Index}: it has no UTF-8 form.", cause);
}
