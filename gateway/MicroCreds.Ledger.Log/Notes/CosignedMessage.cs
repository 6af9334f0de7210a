using System.Buffers.Binary;
using System.Text;

namespace MicroCreds.Ledger.Log.Notes;

/// <summary>What a cosignature of ML-DSA-44 signs of a checkpoint (C2SP tlog-cosignature, <c>cosigned_message</c>).
/// </summary>
internal static class CosignedMessage
{
    /// <summary>The longest name of a cosigner, and the longest origin, in bytes of UTF-8.</summary>
    private const int MaxTextBytes = byte.MaxValue;

    private static ReadOnlySpan<byte> Label => "subtree/v1\n\0"u8;

    /// <exception cref="FormatException">Name or origin is too long.</exception>
    public static byte[] Write(string cosigner, long seconds, string origin, LogHead head)
    {
        var bytes = new List<byte>([.. Label]);
        WriteText(bytes, cosigner);
        WriteNumber(bytes, seconds);
        WriteText(bytes, origin);
        WriteNumber(bytes, 0);
        WriteNumber(bytes, head.Size);
        bytes.AddRange(head.Root.Span);
        return [.. bytes];
    }

    private static void WriteText(List<byte> bytes, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        if (utf8.Length is 0 or > MaxTextBytes)
        {
            throw new FormatException(
                $"{text} has {utf8.Length} bytes; a cosignature of ML-DSA-44 takes names and origins of 1 to "
                + $"{MaxTextBytes}.");
        }

        bytes.Add((byte)utf8.Length);
        bytes.AddRange(utf8);
    }

    private static void WriteNumber(List<byte> bytes, long number)
    {
        Span<byte> eight = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(eight, (ulong)number);
        bytes.AddRange(eight);
    }
}
