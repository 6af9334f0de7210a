using System.Globalization;
using System.Security;
using System.Text;
using MicroCreds.Ledger.Papers.Fonts;
using MicroCreds.Ledger.Papers.Pdf;
using MicroCreds.Ledger.Papers.Pictures;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers;

/// <summary>
/// Pictures of badges: one that is drawn for an achievement without an image of its own, and the PNG of any. All
/// members can be called from several threads; the same input is the same bytes.
/// </summary>
public static class BadgePicture
{
    /// <summary>The longer side of a badge's PNG, in pixels.</summary>
    public const int DefaultSide = 600;

    private const int MaxSide = 2048;
    private const int Size = 600;
    private const float Middle = Size / 2f;
    private const float OuterRadius = 292;
    private const float RingRadius = 262;
    private const float CornerRadius = 44;
    private const float TitleWidth = 404;
    private const float TitleHeight = 204;
    private const float TitleMiddle = 276;
    private const float IssuerWidth = 296;
    private const float IssuerHeight = 64;
    private const float IssuerMiddle = 440;

    /// <summary>Draws a badge as an SVG of 600 by 600 that needs no font.</summary>
    /// <param name="title">The achievement's title.</param>
    /// <param name="institution">Who awards it.</param>
    /// <param name="colour">As <c>#rrggbb</c>, dark enough for white letters.</param>
    /// <exception cref="PaperException">The colour is none.</exception>
    public static byte[] Draw(string title, string institution, string colour)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(institution);
        int rgb = PaperColour.Parse(colour);
        title = PdfText.Plain(title).Trim();
        institution = PdfText.Plain(institution).Trim();
        var svg = new StringBuilder();
        svg.Append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" ");
        svg.Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {Size} {Size}\" width=\"{Size}\" height=\"{Size}\">");
        svg.Append("<title>").Append(SecurityElement.Escape($"{title} – {institution}")).Append("</title>");
        Fill(svg, PaperColour.Text(PaperColour.Mix(rgb, 0x000000, 0.28)), Hexagon(OuterRadius));
        Fill(svg, PaperColour.Text(rgb), Hexagon(OuterRadius - 12));
        string light = PaperColour.Text(PaperColour.Mix(rgb, 0xffffff, 0.62));
        svg.Append("<path fill=\"none\" stroke-width=\"3\" stroke=\"").Append(light);
        svg.Append("\" d=\"").Append(Hexagon(RingRadius)).Append("\"/>");
        Fill(svg, light, Star(Middle, 126, 34));
        Fill(svg, light, Star(Middle - 66, 140, 17));
        Fill(svg, light, Star(Middle + 66, 140, 17));
        Words(svg, Typeface.SerifBold, title, TitleWidth, TitleHeight, 58, TitleMiddle, "#ffffff");
        Fill(svg, light, "M240 394h120v3h-120z");
        Words(svg, Typeface.Sans, institution, IssuerWidth, IssuerHeight, 26, IssuerMiddle, "#ffffff");
        return Encoding.UTF8.GetBytes(svg.Append("</svg>").ToString());
    }

    /// <summary>The PNG of a PNG or SVG; transparent where the picture is.</summary>
    /// <param name="picture">The picture's file, at most 2 MiB.</param>
    /// <param name="side">The longer side in pixels, at most 2048; a PNG is never made larger. Default is 600.</param>
    /// <exception cref="PaperException">It is neither, damaged, or has too much in it.</exception>
    public static byte[] Png(byte[] picture, int side = DefaultSide)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, MaxSide);
        using var drawn = PictureFile.Draw(picture, side);
        return PictureFile.Png(drawn);
    }

    /// <summary>Sets words in the largest size at which they fit into a box, as paths.</summary>
    private static void Words(
        StringBuilder svg, Typeface typeface, string text, float width, float height, float largest, float middle,
        string colour)
    {
        const float smallest = 15;
        float size = largest;
        IReadOnlyList<string> lines;
        while (true)
        {
            lines = TextLines.Break(typeface, text, size, width);
            bool isWhole = TextLines.AreWholeWords(lines, text);
            if (size <= smallest || (isWhole && lines.Count * size * 1.2f <= height)) break;
            size -= 1;
        }

        int most = Math.Max(1, (int)(height / (size * 1.2f)));
        if (lines.Count > most) lines = [.. lines.Take(most - 1), lines[most - 1].TrimEnd() + "…"];
        using var font = new SKFont(typeface.Outlines, size);
        float y = middle - (lines.Count * size * 1.2f / 2) + (size * 0.95f);
        foreach (string line in lines)
        {
            string shown = TextLines.Shown(typeface, line.Trim());
            using var path = font.GetTextPath(shown, new SKPoint(Middle - (font.MeasureText(shown) / 2), y));
            Fill(svg, colour, Rounded(path.ToSvgPathData()));
            y += size * 1.2f;
        }
    }

    private static void Fill(StringBuilder svg, string colour, string data) =>
        svg.Append("<path fill=\"").Append(colour).Append("\" d=\"").Append(data).Append("\"/>");

    /// <summary>A hexagon that stands on a corner, its corners rounded.</summary>
    private static string Hexagon(float radius)
    {
        var data = new StringBuilder();
        for (int i = 0; i < 6; i++)
        {
            var (corner, before, after) = (Corner(i), Corner(i - 1), Corner(i + 1));
            var (from, to) = (Toward(corner, before), Toward(corner, after));
            data.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? 'M' : 'L')}{from.X:0.#} {from.Y:0.#}");
            data.Append(CultureInfo.InvariantCulture, $"Q{corner.X:0.#} {corner.Y:0.#} {to.X:0.#} {to.Y:0.#}");
        }

        return data.Append('Z').ToString();

        SKPoint Corner(int i) => new(
            Middle + (radius * (float)Math.Sin(i * Math.PI / 3)), Middle - (radius * (float)Math.Cos(i * Math.PI / 3)));
        static SKPoint Toward(SKPoint from, SKPoint to)
        {
            float part = CornerRadius / SKPoint.Distance(from, to);
            return new(from.X + ((to.X - from.X) * part), from.Y + ((to.Y - from.Y) * part));
        }
    }

    private static string Star(float x, float y, float radius)
    {
        var data = new StringBuilder();
        for (int i = 0; i < 10; i++)
        {
            double length = i % 2 == 0 ? radius : radius * 0.42;
            double angle = i * Math.PI / 5;
            data.Append(
                CultureInfo.InvariantCulture,
                $"{(i == 0 ? 'M' : 'L')}{x + (length * Math.Sin(angle)):0.#} {y - (length * Math.Cos(angle)):0.#}");
        }

        return data.Append('Z').ToString();
    }

    /// <summary>The path's numbers with one place: a tenth of a pixel is enough.</summary>
    private static string Rounded(string data) => System.Text.RegularExpressions.Regex.Replace(
        data, @"-?\d*\.\d+",
        number => double.Parse(number.ValueSpan, CultureInfo.InvariantCulture)
            .ToString("0.#", CultureInfo.InvariantCulture));
}
