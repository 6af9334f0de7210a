using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace MicroCreds.Fabric.Protocol;

/// <summary>
/// Parses what Fabric's Go parses. In a message, fields that nobody knows may follow: in Go they may be groups nested
/// 10,000 deep (and no deeper), while this platform's library refuses a message beyond 100. Without this, whoever adds
/// some to what Fabric takes makes it unreadable here.
/// </summary>
public static class GoParsing
{
    /// <summary>As deep as the library goes by itself: what is nested deeper by its schema it refuses.</summary>
    private const int MaxDepth = 100;

    /// <summary>How many unknown groups may be open at once in Go: the first, and 10,000 within it.</summary>
    private const int MaxOpenGroups = 10_001;

    /// <summary>The largest number of a field in a message; within an unknown group Go takes larger ones.</summary>
    private const ulong MaxFieldNumber = (1 << 29) - 1;

    /// <summary>Parses a message, and leaves out unknown groups if it cannot be parsed with them.</summary>
    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public static T ParseAsGo<T>(this MessageParser<T> parser, ByteString bytes)
        where T : IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(parser);
        ArgumentNullException.ThrowIfNull(bytes);
        byte[]? kept = null;
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException) when (TryLeaveOutGroups<T>(bytes.Span, out kept))
        {
            return parser.ParseFrom(kept);
        }
    }

    /// <inheritdoc cref="ParseAsGo{T}(MessageParser{T}, ByteString)"/>
    public static T ParseAsGo<T>(this MessageParser<T> parser, ReadOnlySequence<byte> bytes)
        where T : IMessage<T>, new()
    {
        ArgumentNullException.ThrowIfNull(parser);
        byte[]? kept = null;
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException) when (TryLeaveOutGroups<T>(bytes.ToArray(), out kept))
        {
            return parser.ParseFrom(kept);
        }
    }

    private static bool TryLeaveOutGroups<T>(ReadOnlySpan<byte> message, [NotNullWhen(true)] out byte[]? kept)
        where T : IMessage<T>, new()
    {
        var into = new ArrayBufferWriter<byte>(Math.Max(1, message.Length));
        bool isWhole = TryLeaveOutGroups(message, new T().Descriptor, 0, into);
        kept = isWhole ? into.WrittenSpan.ToArray() : null;
        return isWhole;
    }

    private static bool TryLeaveOutGroups(
        ReadOnlySpan<byte> message, MessageDescriptor type, int depth, ArrayBufferWriter<byte> kept)
    {
        while (!message.IsEmpty)
        {
            var field = message;
            if (!TryReadVarint(ref message, out ulong tag)) return false;

            if (WireFormat.GetTagWireType((uint)tag) == WireFormat.WireType.StartGroup)
            {
                if (tag >> 3 is 0 or > MaxFieldNumber || !TrySkipGroup(ref message, tag >> 3)) return false;
            }
            else if (depth < MaxDepth && FindMessage(type, (uint)tag) is { } inner)
            {
                if (!TryReadVarint(ref message, out ulong length) || length > (ulong)message.Length) return false;

                var content = new ArrayBufferWriter<byte>(Math.Max(1, (int)length));
                if (!TryLeaveOutGroups(message[..(int)length], inner, depth + 1, content)) return false;

                WriteVarint(kept, tag);
                WriteVarint(kept, (ulong)content.WrittenCount);
                kept.Write(content.WrittenSpan);
                message = message[(int)length..];
            }
            else
            {
                if (!TrySkipValue(ref message, (uint)tag)) return false;

                kept.Write(field[..^message.Length]);
            }
        }

        return true;
    }

    private static MessageDescriptor? FindMessage(MessageDescriptor type, uint tag) =>
        WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited
        && type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag)) is { FieldType: FieldType.Message } field
            ? field.MessageType
            : null;

    /// <summary>
    /// Keeps the numbers of the open groups, each of which ends by its own, instead of descending: no depth can exhaust
    /// the stack.
    /// </summary>
    private static bool TrySkipGroup(ref ReadOnlySpan<byte> message, ulong first)
    {
        var open = new Stack<ulong>([first]);
        while (open.Count > 0)
        {
            if (!TryReadVarint(ref message, out ulong tag) || tag >> 3 is 0 or > int.MaxValue) return false;

            switch (WireFormat.GetTagWireType((uint)tag))
            {
                case WireFormat.WireType.StartGroup when open.Count < MaxOpenGroups:
                    open.Push(tag >> 3);
                    break;
                case WireFormat.WireType.StartGroup:
                    return false;
                case WireFormat.WireType.EndGroup:
                    if (open.Pop() != tag >> 3) return false;
                    break;
                default:
                    if (!TrySkipValue(ref message, (uint)tag)) return false;
                    break;
            }
        }

        return true;
    }

    private static bool TrySkipValue(ref ReadOnlySpan<byte> message, uint tag)
    {
        ulong length;
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                return TryReadVarint(ref message, out _);
            case WireFormat.WireType.Fixed64:
                length = sizeof(ulong);
                break;
            case WireFormat.WireType.Fixed32:
                length = sizeof(uint);
                break;
            case WireFormat.WireType.LengthDelimited when TryReadVarint(ref message, out length):
                break;
            default:
                return false;
        }

        if (length > (ulong)message.Length) return false;

        message = message[(int)length..];
        return true;
    }

    private static bool TryReadVarint(ref ReadOnlySpan<byte> message, out ulong value)
    {
        value = 0;
        for (int i = 0; i < message.Length && i < 10; i++)
        {
            value |= (ulong)(message[i] & 0x7f) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private static void WriteVarint(ArrayBufferWriter<byte> into, ulong value)
    {
        for (; value >= 0x80; value >>= 7) into.Write([(byte)(value | 0x80)]);
        into.Write([(byte)value]);
    }
}
