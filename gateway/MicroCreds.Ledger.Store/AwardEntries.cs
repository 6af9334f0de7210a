using System.Buffers;
using System.Buffers.Binary;

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
        for (int i = 0; i < rows.Count; i++)
        {
            entries.Add(rows[i].Name, i + 1, rows[i].Kinds);
            foreach (ulong identity in rows[i].Identities) entries.Add(identity, i + 1, rows[i].Kinds);
        }

        return entries.ToArray();
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

    public void Add(ulong key, int row, int kinds)
    {
        var entry = _bytes.GetSpan(EntryBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, key);
        BinaryPrimitives.WriteInt32LittleEndian(entry[RowOffset..], row);
        entry[KindsOffset] = (byte)kinds;
        _bytes.Advance(EntryBytes);
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
