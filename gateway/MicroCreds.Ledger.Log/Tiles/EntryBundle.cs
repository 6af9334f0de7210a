using System.Buffers.Binary;

namespace MicroCreds.Ledger.Log.Tiles;

/// <summary>The data of up to 256 leaves, each with its length before it, as tlog-tiles has them.</summary>
public static class EntryBundle
{
    /// <summary>The longest entry, in bytes: its length stands in two of them.</summary>
    public const int MaxEntryBytes = ushort.MaxValue;

    /// <summary>The largest bundle, in bytes.</summary>
    public const int MaxBytes = Tile.FullWidth * (sizeof(ushort) + MaxEntryBytes);

    /// <summary>Writes entries.</summary>
    /// <exception cref="ArgumentException">One is too long.</exception>
    public static byte[] Write(IReadOnlyList<byte[]> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        byte[] bundle = new byte[entries.Sum(entry => sizeof(ushort) + entry.Length)];
        int at = 0;
        foreach (byte[] entry in entries)
        {
            if (entry.Length > MaxEntryBytes)
            {
                throw new ArgumentException(
                    $"An entry has {entry.Length} bytes; at most {MaxEntryBytes} fit.", nameof(entries));
            }

            BinaryPrimitives.WriteUInt16BigEndian(bundle.AsSpan(at), (ushort)entry.Length);
            entry.CopyTo(bundle, at + sizeof(ushort));
            at += sizeof(ushort) + entry.Length;
        }

        return bundle;
    }

    /// <summary>Reads entries.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="width">How many there must be.</param>
    /// <exception cref="FormatException">There are fewer or more, or the last is cut off.</exception>
    public static IReadOnlyList<byte[]> Read(ReadOnlySpan<byte> bundle, int width)
    {
        var entries = new List<byte[]>();
        while (bundle.Length >= sizeof(ushort))
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bundle);
            if (bundle.Length < sizeof(ushort) + length) break;
            entries.Add(bundle.Slice(sizeof(ushort), length).ToArray());
            bundle = bundle[(sizeof(ushort) + length)..];
        }

        return bundle.IsEmpty && entries.Count == width
            ? entries
            : throw new FormatException(
                $"The bundle has {entries.Count} whole entries and {bundle.Length} bytes behind them; {width} entries "
                + "are due.");
    }
}
