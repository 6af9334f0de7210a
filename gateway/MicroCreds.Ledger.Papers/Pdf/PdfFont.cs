using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Papers.Fonts;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>
/// A font in one document: what is used of it is embedded, with the way back from glyphs to characters.
/// </summary>
/// <param name="typeface">The font.</param>
/// <param name="resource">Its name among the pages' resources.</param>
internal sealed class PdfFont(Typeface typeface, string resource)
{
    private readonly SortedDictionary<ushort, int> _used = [];

    public Typeface Typeface => typeface;

    public string Resource => resource;

    /// <summary>Whether anything is set in it.</summary>
    public bool IsUsed => _used.Count > 0;

    /// <summary>The glyph of a character, which is embedded from now on.</summary>
    public ushort Use(Rune character)
    {
        ushort glyph = typeface.Glyph(character);
        _used.TryAdd(glyph, typeface.Has(character) ? character.Value : Typeface.Replacement.Value);
        return glyph;
    }

    /// <summary>Writes it into the file; returns its number.</summary>
    public int Write(PdfFile file)
    {
        byte[] program = FontSubset.Make(typeface, new HashSet<ushort>(_used.Keys));
        int programNumber = file.AddStream(
            string.Create(CultureInfo.InvariantCulture, $"/Length1 {program.Length}"), program);
        string name = $"{Tag(program)}+{typeface.Name}";
        string box = string.Join(' ', typeface.Box.Select(Thousandths));
        int descriptor = file.Add(
            $"<</Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
            + $"/Ascent {Thousandths(typeface.Ascent)} /Descent {Thousandths(typeface.Descent)} "
            + $"/CapHeight {Thousandths(typeface.CapHeight)} /StemV 80 /FontFile2 {programNumber} 0 R>>");
        var widths = new StringBuilder();
        foreach (ushort glyph in _used.Keys)
            widths.Append(CultureInfo.InvariantCulture, $"{glyph} [{Thousandths(typeface.Width(glyph))}] ");
        int descendant = file.Add(
            $"<</Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /CIDToGIDMap /Identity /DW 0 "
            + "/CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>> "
            + $"/FontDescriptor {descriptor} 0 R /W [{widths}]>>");
        int characters = file.AddStream("", Encoding.ASCII.GetBytes(Characters()));
        return file.Add(
            $"<</Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
            + $"/DescendantFonts [{descendant} 0 R] /ToUnicode {characters} 0 R>>");
    }

    private static string Tag(byte[] program)
    {
        byte[] hash = SHA256.HashData(program);
        return string.Create(6, hash, (letters, from) =>
        {
            for (int i = 0; i < letters.Length; i++) letters[i] = (char)('A' + (from[i] % 26));
        });
    }

    private string Thousandths(int units) => PdfText.Number(units * 1000.0 / typeface.UnitsPerEm);

    /// <summary>The CMap that leads from glyphs to characters.</summary>
    private string Characters()
    {
        var map = new StringBuilder(
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            + "/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n"
            + "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            + "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
        foreach (var some in _used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, character) in some)
                map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}> <{character:X4}>\n");
            map.Append("endbfchar\n");
        }

        return map.Append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n").ToString();
    }
}
