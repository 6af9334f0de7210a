using System.Buffers.Binary;
using System.Text;

namespace MicroCreds.Ledger.Papers.Fonts;

/// <summary>A font file with the outlines of a few glyphs alone, each under its old number.</summary>
internal static class FontSubset
{
    private const ushort ArgumentsAreWords = 0x0001;
    private const ushort HasScale = 0x0008;
    private const ushort MoreComponents = 0x0020;
    private const ushort HasTwoScales = 0x0040;
    private const ushort HasMatrix = 0x0080;

    /// <summary>Makes a TrueType file as PDF embeds it: the tables that a CIDFontType2 needs, and no others.</summary>
    public static byte[] Make(Typeface font, IReadOnlySet<ushort> used)
    {
        var glyphs = new SortedSet<ushort>(used) { 0 };
        var waiting = new Queue<ushort>(glyphs);
        while (waiting.TryDequeue(out ushort glyph))
        {
            foreach (ushort component in Components(Outline(font, glyph)))
            {
                if (glyphs.Add(component)) waiting.Enqueue(component);
            }
        }

        int count = glyphs.Max + 1;
        using var outlines = new MemoryStream();
        byte[] offsets = new byte[4 * (count + 1)];
        for (int glyph = 0; glyph < count; glyph++)
        {
            if (glyphs.Contains((ushort)glyph)) outlines.Write(Outline(font, glyph));
            while (outlines.Length % 4 != 0) outlines.WriteByte(0);
            BinaryPrimitives.WriteInt32BigEndian(offsets.AsSpan(4 * (glyph + 1)), (int)outlines.Length);
        }

        byte[] head = font.Table("head").ToArray();
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        byte[] metrics = new byte[4 * count];
        for (int glyph = 0; glyph < count; glyph++)
            BinaryPrimitives.WriteUInt16BigEndian(metrics.AsSpan(4 * glyph), (ushort)font.Width((ushort)glyph));
        SetBearings(font, metrics, count);
        byte[] hhea = font.Table("hhea").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)count);
        byte[] maxp = font.Table("maxp").ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)count);
        return Assemble(
        [
            ("glyf", outlines.ToArray()), ("head", head), ("hhea", hhea), ("hmtx", metrics), ("loca", offsets),
            ("maxp", maxp),
        ]);
    }

    private static ReadOnlySpan<byte> Outline(Typeface font, int glyph)
    {
        var loca = font.Table("loca");
        int size = font.LongOffsets ? 4 : 2;
        int begin = Offset(loca[(size * glyph)..], font.LongOffsets);
        return font.Table("glyf")[begin..Offset(loca[(size * (glyph + 1))..], font.LongOffsets)];

        static int Offset(ReadOnlySpan<byte> at, bool isLong) => isLong
            ? BinaryPrimitives.ReadInt32BigEndian(at)
            : 2 * BinaryPrimitives.ReadUInt16BigEndian(at);
    }

    private static List<ushort> Components(ReadOnlySpan<byte> outline)
    {
        var components = new List<ushort>();
        if (outline.Length == 0 || BinaryPrimitives.ReadInt16BigEndian(outline) >= 0) return components;
        int at = 10;
        ushort flags;
        do
        {
            flags = BinaryPrimitives.ReadUInt16BigEndian(outline[at..]);
            components.Add(BinaryPrimitives.ReadUInt16BigEndian(outline[(at + 2)..]));
            at += 4 + ((flags & ArgumentsAreWords) != 0 ? 4 : 2);
            if ((flags & HasScale) != 0) at += 2;
            else if ((flags & HasTwoScales) != 0) at += 4;
            else if ((flags & HasMatrix) != 0) at += 8;
        }
        while ((flags & MoreComponents) != 0);
        return components;
    }

    /// <summary>
    /// A glyph's left bearing: beside its width, or behind all widths where many glyphs share the last.
    /// </summary>
    private static void SetBearings(Typeface font, byte[] metrics, int count)
    {
        var hmtx = font.Table("hmtx");
        int widths = BinaryPrimitives.ReadUInt16BigEndian(font.Table("hhea")[34..]);
        for (int glyph = 0; glyph < count; glyph++)
        {
            int from = glyph < widths ? (4 * glyph) + 2 : (4 * widths) + (2 * (glyph - widths));
            hmtx.Slice(from, 2).CopyTo(metrics.AsSpan((4 * glyph) + 2));
        }
    }

    private static byte[] Assemble(IReadOnlyList<(string Tag, byte[] Content)> tables)
    {
        int length = 12 + (16 * tables.Count);
        int entrySelector = (int)Math.Log2(tables.Count);
        byte[] file = new byte[length + tables.Sum(table => (table.Content.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt32BigEndian(file, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(4), (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(6), (ushort)(16 << entrySelector));
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(8), (ushort)entrySelector);
        BinaryPrimitives.WriteUInt16BigEndian(
            file.AsSpan(10), (ushort)((16 * tables.Count) - (16 << entrySelector)));
        int at = length;
        for (int i = 0; i < tables.Count; i++)
        {
            var (tag, content) = tables[i];
            content.CopyTo(file, at);
            var entry = file.AsSpan(12 + (16 * i), 16);
            Encoding.ASCII.GetBytes(tag, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Checksum(file.AsSpan(at, (content.Length + 3) & ~3)));
            BinaryPrimitives.WriteInt32BigEndian(entry[8..], at);
            BinaryPrimitives.WriteInt32BigEndian(entry[12..], content.Length);
            at += (content.Length + 3) & ~3;
        }

        return file;
    }

    private static uint Checksum(ReadOnlySpan<byte> content)
    {
        uint sum = 0;
        for (int i = 0; i < content.Length; i += 4) sum += BinaryPrimitives.ReadUInt32BigEndian(content[i..]);
        return sum;
    }
}
