using System.Buffers.Binary;
using System.Text;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Fonts;

/// <summary>
/// One of the fonts that this library carries (Noto, SIL Open Font License; Latin, Greek and Cyrillic): its glyphs by
/// character, their widths and outlines. Read once; safe for use by several threads.
/// </summary>
internal sealed class Typeface
{
    /// <summary>What is drawn for a character that the font lacks; the font has it.</summary>
    public static readonly Rune Replacement = new(0xfffd);

    private readonly Dictionary<int, ushort> _glyphs = [];
    private readonly Lazy<SKTypeface> _outlines;
    private readonly int _widthCount;

    private Typeface(string name)
    {
        Name = name;
        using var stream = typeof(Typeface).Assembly.GetManifestResourceStream(
            $"{typeof(Typeface).Namespace}.{name}.ttf")
            ?? throw new InvalidOperationException($"The library lacks its font {name}.");
        byte[] data = new byte[stream.Length];
        stream.ReadExactly(data);
        Data = data;
        Tables = ReadTables(data);
        UnitsPerEm = BinaryPrimitives.ReadUInt16BigEndian(Table("head")[18..]);
        LongOffsets = ReadInt16("head", 50) != 0;
        Box = [.. Enumerable.Range(0, 4).Select(i => (int)ReadInt16("head", 36 + (2 * i)))];
        Ascent = ReadInt16("hhea", 4);
        Descent = ReadInt16("hhea", 6);
        _widthCount = BinaryPrimitives.ReadUInt16BigEndian(Table("hhea")[34..]);
        CapHeight = ReadInt16("OS/2", 88);
        ReadCharacters();
        _outlines = new(() => SKTypeface.FromData(SKData.CreateCopy(Data)));
    }

    public static Typeface Sans { get; } = new("NotoSans-Regular");

    public static Typeface SansBold { get; } = new("NotoSans-Bold");

    public static Typeface SerifBold { get; } = new("NotoSerif-Bold");

    /// <summary>Its PostScript name.</summary>
    public string Name { get; }

    /// <summary>The whole file.</summary>
    public byte[] Data { get; }

    /// <summary>Where each table of the file lies.</summary>
    public IReadOnlyDictionary<string, (int Offset, int Length)> Tables { get; }

    public int UnitsPerEm { get; }

    public int Ascent { get; }

    public int Descent { get; }

    public int CapHeight { get; }

    /// <summary>The box around all glyphs: left, bottom, right, top.</summary>
    public IReadOnlyList<int> Box { get; }

    /// <summary>Whether the glyphs' offsets have four bytes each.</summary>
    public bool LongOffsets { get; }

    /// <summary>The same font for drawing on pictures.</summary>
    public SKTypeface Outlines => _outlines.Value;

    public ReadOnlySpan<byte> Table(string tag) => Data.AsSpan(Tables[tag].Offset, Tables[tag].Length);

    /// <summary>Whether the font has a character.</summary>
    public bool Has(Rune character) => _glyphs.ContainsKey(character.Value);

    /// <summary>The glyph of a character, or of the replacement where the font lacks it.</summary>
    public ushort Glyph(Rune character) =>
        _glyphs.TryGetValue(character.Value, out ushort glyph) ? glyph : _glyphs[Replacement.Value];

    /// <summary>A glyph's width, in units of which <see cref="UnitsPerEm"/> are an em.</summary>
    public int Width(ushort glyph) =>
        BinaryPrimitives.ReadUInt16BigEndian(Table("hmtx")[(4 * Math.Min(glyph, _widthCount - 1))..]);

    /// <summary>A text's width at a size, in the size's unit.</summary>
    public double Width(string text, double size)
    {
        long units = 0;
        foreach (var character in text.EnumerateRunes()) units += Width(Glyph(character));
        return units * size / UnitsPerEm;
    }

    private static Dictionary<string, (int Offset, int Length)> ReadTables(ReadOnlySpan<byte> data)
    {
        var tables = new Dictionary<string, (int, int)>(StringComparer.Ordinal);
        int count = BinaryPrimitives.ReadUInt16BigEndian(data[4..]);
        for (int i = 0; i < count; i++)
        {
            var entry = data.Slice(12 + (16 * i), 16);
            tables[Encoding.ASCII.GetString(entry[..4])] = (
                BinaryPrimitives.ReadInt32BigEndian(entry[8..]), BinaryPrimitives.ReadInt32BigEndian(entry[12..]));
        }

        return tables;
    }

    private short ReadInt16(string table, int at) => BinaryPrimitives.ReadInt16BigEndian(Table(table)[at..]);

    /// <summary>Reads the characters of the basic plane: a subtable of format 4.</summary>
    private void ReadCharacters()
    {
        var cmap = Table("cmap");
        int count = BinaryPrimitives.ReadUInt16BigEndian(cmap[2..]);
        for (int i = 0; i < count; i++)
        {
            var table = cmap[BinaryPrimitives.ReadInt32BigEndian(cmap[(8 + (8 * i))..])..];
            if (BinaryPrimitives.ReadUInt16BigEndian(table) != 4) continue;
            int segments = BinaryPrimitives.ReadUInt16BigEndian(table[6..]) / 2;
            for (int segment = 0; segment < segments; segment++) ReadSegment(table, segments, segment);
            return;
        }
    }

    private void ReadSegment(ReadOnlySpan<byte> table, int segments, int segment)
    {
        int end = Read(table, 14 + (2 * segment));
        int start = Read(table, 16 + (2 * (segments + segment)));
        int delta = Read(table, 16 + (2 * ((2 * segments) + segment)));
        int rangeAt = 16 + (2 * ((3 * segments) + segment));
        int range = Read(table, rangeAt);
        for (int character = start; character <= end && character != 0xffff; character++)
        {
            int glyph = range == 0 ? character : Read(table, rangeAt + range + (2 * (character - start)));
            if (range == 0 || glyph != 0) glyph = (glyph + delta) & 0xffff;
            if (glyph != 0) _glyphs[character] = (ushort)glyph;
        }

        static int Read(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt16BigEndian(from[at..]);
    }
}
