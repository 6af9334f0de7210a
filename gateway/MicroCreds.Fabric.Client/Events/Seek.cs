using MicroCreds.Fabric.Protocol.Orderer;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>Positions on the chain, as requests name them.</summary>
internal static class Seek
{
    /// <summary>There is no last block: streams go on until they are cancelled.</summary>
    public static SeekPosition Never { get; } =
        new() { Specified = new SeekSpecified { Number = ulong.MaxValue } };

    public static SeekPosition Newest { get; } = new() { Newest = new SeekNewest() };

    public static SeekPosition At(ulong? block) => block is { } number
        ? new SeekPosition { Specified = new SeekSpecified { Number = number } }
        : new SeekPosition { NextCommit = new SeekNextCommit() };
}
