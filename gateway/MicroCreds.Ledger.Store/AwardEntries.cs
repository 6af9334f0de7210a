using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// The awards of an issuance in one piece: for each key eight bytes, the row in four and the kinds in one, least byte
/// first, in the order of the rows.
/// </summary>
internal sealed class AwardEntries
{
    public const int RowOffset = sizeof(ulong);
    public const int KindsOffset = RowOffset + sizeof(int);
    public const int EntryBytes = KindsOffset + 1;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Packs the awards of an issuance.</summary>
    public static byte[] Of(IReadOnlyList<AwardKeys> rows)
    {
        var entries = new AwardEntries();
        for (int i = 0; i < rows.Count; i++) entries.Add(i + 1, rows[i]);
        return entries.ToArray();
    }

    /// <summary>Reads what was packed, row by row.</summary>
    /// <exception cref="FormatException">A row has more or fewer keys than the kinds that it says.</exception>
    public static IEnumerable<(int Row, AwardKeys Keys)> ReadRows(byte[] entries)
    {
        foreach (var row in Read(entries).GroupBy(entry => entry.Row))
        {
            var keys = new AwardKeys(
                row.First().Key, [.. row.Skip(1).Select(entry => entry.Key)], row.First().Kinds);
            if (keys.Identities.Count != BitOperations.PopCount((uint)keys.Kinds))
                throw new FormatException($"what row {row.Key} of an issuance awarded has another number of keys");
            yield return (row.Key, keys);
        }
    }

    /// <summary>Reads what was packed.</summary>
    public static IEnumerable<(ulong Key, int Row, int Kinds)> Read(byte[] entries)
    {
        for (int at = 0; at + EntryBytes <= entries.Length; at += EntryBytes)
        {
            yield return (
                BinaryPrimitives.ReadUInt64LittleEndian(entries.AsSpan(at)),
                BinaryPrimitives.ReadInt32LittleEndian(entries.AsSpan(at + RowOffset)), entries[at + KindsOffset]);
        }
    }

    /// <summary>Adds what a row awards: first the key of the name.</summary>
    public void Add(int row, AwardKeys keys)
    {
        Add(keys.Name, row, keys.Kinds);
        foreach (ulong identity in keys.Identities) Add(identity, row, keys.Kinds);
    }

    private void Add(ulong key, int row, int kinds)
    {
        var entry = _bytes.GetSpan(EntryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
        BinaryPrimitives.WriteInt32LittleEndian(entry[RowOffset..], row);
        entry[KindsOffset] = (byte)kinds;
        _bytes.Advance(EntryBytes);
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
