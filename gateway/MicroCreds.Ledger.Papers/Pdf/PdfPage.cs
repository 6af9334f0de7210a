using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Papers.Pdf;

/// <summary>
/// What is drawn on a page: each piece either belongs to an element of the structure, or is decoration.
/// </summary>
/// <param name="index">Its place among the pages, from 0.</param>
/// <param name="number">Its object's number.</param>
internal sealed class PdfPage(int index, int number)
{
    private readonly StringBuilder _content = new();
    private readonly List<StructureElement> _marks = [];

    public int Index => index;

    public int Number => number;

    /// <summary>The element of each marked piece, in the order of their marks.</summary>
    public IReadOnlyList<StructureElement> Marks => _marks;

    /// <summary>The page's program.</summary>
    public byte[] Content => Encoding.Latin1.GetBytes(_content.ToString());

    /// <summary>Draws what belongs to an element.</summary>
    public void Draw(StructureElement element, string tag, Action draw)
    {
        element.Add(this, _marks.Count);
        Line($"/{tag} <</MCID {_marks.Count}>> BDC");
        _marks.Add(element);
        draw();
        Line("EMC");
    }

    /// <summary>Draws what only decorates.</summary>
    public void Decorate(Action draw)
    {
        Line("/Artifact BMC");
        draw();
        Line("EMC");
    }

    /// <summary>
    /// Sets a line of text. Where the font lacks characters, a replacement is seen, and the characters themselves are
    /// what is copied or read aloud.
    /// </summary>
    /// <param name="font">The font.</param>
    /// <param name="size">Its size in points.</param>
    /// <param name="colour">As <c>0xrrggbb</c>.</param>
    /// <param name="x">Where it begins, in points from the left.</param>
    /// <param name="y">Its base line, in points from the bottom.</param>
    /// <param name="text">The text, composed and without control characters.</param>
    /// <param name="spacing">What is added between characters. Default is nothing.</param>
    public void Text(PdfFont font, double size, int colour, double x, double y, string text, double spacing = 0)
    {
        Fill(colour);
        Line($"BT /{font.Resource} {PdfText.Number(size)} Tf {PdfText.Number(spacing)} Tc "
            + $"{PdfText.Number(x)} {PdfText.Number(y)} Td");
        var (glyphs, lacking) = (new StringBuilder(), new StringBuilder());
        foreach (var character in text.EnumerateRunes())
        {
            bool isThere = font.Typeface.Has(character);
            if (isThere != (lacking.Length == 0)) Flush(glyphs, lacking);
            glyphs.Append(CultureInfo.InvariantCulture, $"{font.Use(character):X4}");
            if (!isThere) lacking.Append(character);
        }

        Flush(glyphs, lacking);
        Line("ET");
    }

    /// <summary>Fills a rectangle.</summary>
    public void Rectangle(int colour, double x, double y, double width, double height)
    {
        Fill(colour);
        Line($"{PdfText.Number(x)} {PdfText.Number(y)} {PdfText.Number(width)} {PdfText.Number(height)} re f");
    }

    /// <summary>Fills many rectangles of one row or more as one shape.</summary>
    public void Rectangles(int colour, IEnumerable<(double X, double Y, double Width, double Height)> all)
    {
        Fill(colour);
        foreach (var (x, y, width, height) in all)
        {
            Line($"{PdfText.Number(x)} {PdfText.Number(y)} {PdfText.Number(width)} "
                + $"{PdfText.Number(height)} re");
        }

        Line("f");
    }

    /// <summary>Draws a picture of the resources into a rectangle.</summary>
    public void Image(string resource, double x, double y, double width, double height) =>
        Line($"q {PdfText.Number(width)} 0 0 {PdfText.Number(height)} {PdfText.Number(x)} {PdfText.Number(y)} cm "
            + $"/{resource} Do Q");

    private void Flush(StringBuilder glyphs, StringBuilder lacking)
    {
        if (glyphs.Length == 0) return;
        if (lacking.Length > 0) Line($"/Span <</ActualText {PdfText.String(lacking.ToString())}>> BDC");
        Line($"<{glyphs}> Tj");
        if (lacking.Length > 0) Line("EMC");
        glyphs.Clear();
        lacking.Clear();
    }

    private void Fill(int colour) => Line(
        $"{Channel(colour >> 16)} {Channel(colour >> 8)} {Channel(colour)} rg");

    private static string Channel(int colour) => PdfText.Number((colour & 0xff) / 255.0);

    private void Line(string line) => _content.Append(line).Append('\n');
}
