using Google.Protobuf;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

/// <summary>Groups within groups of a field that no message of Fabric has.</summary>
internal static class NestedGroups
{
    // Field 1000, begin and end of a group.
    private static readonly byte[] Begin = [0xc3, 0x3e];
    private static readonly byte[] End = [0xc4, 0x3e];

    /// <summary>Adds them behind a message.</summary>
    public static ByteString Behind(ByteString message, int depth) => ByteString.CopyFrom(
    [
        .. message.Span, .. Enumerable.Repeat(Begin, depth).SelectMany(bytes => bytes),
        .. Enumerable.Repeat(End, depth).SelectMany(bytes => bytes),
    ]);

    /// <summary>Adds them to a message, which then is written with them.</summary>
    public static T Within<T>(T message, int depth)
        where T : IMessage<T>, new()
    {
        var with = new T();
        using var bytes = new MemoryStream(Behind(message.ToByteString(), depth).ToByteArray());
        using var input = CodedInputStream.CreateWithLimits(bytes, int.MaxValue, depth + 100);
        with.MergeFrom(input);
        return with;
    }
}
