using System.Buffers;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// What a ledger is called: the channel's name, a colon, and the header hash of the channel's first block. Anybody can
/// give a channel the same name, nobody the same first block, so that a statement made for one consortium is none for
/// another.
/// </summary>
public static class LedgerName
{
    private const char Separator = ':';
    private const int HashBytes = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>Returns the name.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="firstBlockHash">The SHA-256 of the header of its block 0.</param>
    public static string Of(string channel, ReadOnlySpan<byte> firstBlockHash)
    {
        ArgumentNullException.ThrowIfNull(channel);
        if (firstBlockHash.Length != HashBytes)
            throw new ArgumentException($"A header hash has {HashBytes} bytes.", nameof(firstBlockHash));

        return channel + Separator + Convert.ToHexStringLower(firstBlockHash);
    }

    /// <summary>Returns the channel of a name; the text itself if it is no such name.</summary>
    public static string ChannelOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int end = name.LastIndexOf(Separator);
        return end < 0 ? name : name[..end];
    }

    /// <summary>Tells whether a text can be the name of a ledger on a channel.</summary>
    public static bool IsOf(string? name, string channel)
    {
        ArgumentNullException.ThrowIfNull(channel);
        return name is not null && name.Length == channel.Length + 1 + (2 * HashBytes)
            && name.StartsWith(channel, StringComparison.Ordinal) && name[channel.Length] == Separator
            && name.AsSpan(channel.Length + 1).IndexOfAnyExcept(Digits) < 0;
    }
}
