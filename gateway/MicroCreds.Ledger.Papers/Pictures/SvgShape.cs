using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MicroCreds.Ledger.Papers.Fonts;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>Shapes, transformations and texts of an SVG as paths.</summary>
internal static partial class SvgShape
{
    private const int MaxNumbers = 100_000;

    /// <summary>The outline of a shape; null where the element is none.</summary>
    public static SKPath? Path(XElement element)
    {
        float Of(string name) => SvgStyle.Number(element.Attribute(name)?.Value, 0);
        if (element.Name.LocalName == "path")
            return SKPath.ParseSvgPathData(element.Attribute("d")?.Value ?? "");
        using var path = new SKPathBuilder();
        switch (element.Name.LocalName)
        {
            case "rect":
                float rx = SvgStyle.Number(element.Attribute("rx")?.Value ?? element.Attribute("ry")?.Value, 0);
                float ry = SvgStyle.Number(element.Attribute("ry")?.Value, rx);
                var rectangle = SKRect.Create(Of("x"), Of("y"), Of("width"), Of("height"));
                path.AddRoundRect(new SKRoundRect(rectangle, rx, ry));
                break;
            case "circle":
                path.AddOval(SKRect.Create(Of("cx") - Of("r"), Of("cy") - Of("r"), 2 * Of("r"), 2 * Of("r")));
                break;
            case "ellipse":
                path.AddOval(SKRect.Create(Of("cx") - Of("rx"), Of("cy") - Of("ry"), 2 * Of("rx"), 2 * Of("ry")));
                break;
            case "line":
                path.MoveTo(Of("x1"), Of("y1"));
                path.LineTo(Of("x2"), Of("y2"));
                break;
            case "polyline" or "polygon":
                float[] points = Numbers(element.Attribute("points")?.Value);
                for (int i = 0; i + 1 < points.Length; i += 2)
                {
                    if (i == 0) path.MoveTo(points[0], points[1]);
                    else path.LineTo(points[i], points[i + 1]);
                }

                if (element.Name.LocalName == "polygon") path.Close();
                break;
            default:
                return null;
        }

        return path.Detach();
    }

    /// <summary>All numbers of a list.</summary>
    public static float[] Numbers(string? text) => text is null ? [] :
    [
        .. NumberInList().Matches(text).Take(MaxNumbers)
            .Select(match => float.Parse(match.ValueSpan, NumberStyles.Float, CultureInfo.InvariantCulture)),
    ];

    /// <summary>A list of transformations as one.</summary>
    public static SKMatrix Transform(string text)
    {
        var whole = SKMatrix.Identity;
        foreach (Match match in OneTransform().Matches(text))
        {
            float[] n = Numbers(match.Groups[2].Value);
            float At(int i, float otherwise = 0) => i < n.Length ? n[i] : otherwise;
            var one = match.Groups[1].Value switch
            {
                "matrix" => new SKMatrix(At(0), At(2), At(4), At(1), At(3), At(5), 0, 0, 1),
                "translate" => SKMatrix.CreateTranslation(At(0), At(1)),
                "scale" => SKMatrix.CreateScale(At(0, 1), At(1, At(0, 1))),
                "rotate" => SKMatrix.CreateRotationDegrees(At(0), At(1), At(2)),
                "skewX" => SKMatrix.CreateSkew((float)Math.Tan(At(0) * Math.PI / 180), 0),
                "skewY" => SKMatrix.CreateSkew(0, (float)Math.Tan(At(0) * Math.PI / 180)),
                _ => SKMatrix.Identity,
            };
            whole = whole.PreConcat(one);
        }

        return whole;
    }

    /// <summary>Draws a text and the pieces of it in the library's own font, whatever font it names.</summary>
    public static void DrawText(
        SKCanvas canvas, XElement text, SvgStyle style, IReadOnlyDictionary<string, string> classes,
        Action<SKPath> paint)
    {
        float x = SvgStyle.Number(text.Attribute("x")?.Value, 0);
        float y = SvgStyle.Number(text.Attribute("y")?.Value, 0);
        foreach (var node in text.Nodes())
        {
            var piece = node as XElement;
            string words = WhiteSpace().Replace(piece?.Value ?? (node as XText)?.Value ?? "", " ");
            if (string.IsNullOrWhiteSpace(words)) continue;
            var own = piece is null ? style : style.Of(piece, classes);
            x = SvgStyle.Number(piece?.Attribute("x")?.Value, x) + SvgStyle.Number(piece?.Attribute("dx")?.Value, 0);
            y = SvgStyle.Number(piece?.Attribute("y")?.Value, y)
                + SvgStyle.Number(piece?.Attribute("dy")?.Value, 0, own.FontSize);
            using var font = new SKFont((own.IsBold ? Typeface.SansBold : Typeface.Sans).Outlines, own.FontSize);
            float width = font.MeasureText(words);
            float shift = own.Anchor switch { "middle" => width / 2, "end" => width, _ => 0 };
            using var path = font.GetTextPath(words, new SKPoint(x - shift, y));
            paint(path);
            x += width - shift;
        }
    }

    [GeneratedRegex(@"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?", RegexOptions.NonBacktracking)]
    private static partial Regex NumberInList();

    [GeneratedRegex(@"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)", RegexOptions.NonBacktracking)]
    private static partial Regex OneTransform();

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex WhiteSpace();
}
