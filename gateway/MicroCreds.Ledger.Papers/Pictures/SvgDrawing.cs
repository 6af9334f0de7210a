using System.Diagnostics;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>
/// A drawing in SVG: shapes, paths, groups, references, gradients, clipping paths, opacity, classes and plain text.
/// What else SVG has (filters, masks, patterns, dashes, pictures in pictures, scripts, other files) is left out of the
/// picture, and nothing is ever fetched. An instance draws for one thread at a time.
/// </summary>
internal sealed partial class SvgDrawing
{
    private const int MaxElements = 20_000;
    private const int MaxDepth = 48;
    private const int MaxStops = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XNamespace Link = "http://www.w3.org/1999/xlink";

    private readonly XElement _root;
    private readonly SKRect _box;
    private readonly Dictionary<string, XElement> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal);

    // What may still be drawn, and since when it is drawn.
    private int _left;
    private long _begin;

    private SvgDrawing(XElement root)
    {
        _root = root;
        foreach (var element in root.Descendants())
        {
            if (element.Attribute("id")?.Value is { } id) _byId.TryAdd(id, element);
            if (element.Name == Svg + "style") ReadClasses(element.Value);
        }

        float[] box = SvgShape.Numbers(root.Attribute("viewBox")?.Value);
        float width = SvgStyle.Number(root.Attribute("width")?.Value, 0, 0);
        float height = SvgStyle.Number(root.Attribute("height")?.Value, 0, 0);
        if (box.Length != 4) box = [0, 0, width, height];
        if (!(box[2] > 0 && box[3] > 0 && box.All(float.IsFinite)))
            throw new PaperException("An SVG has neither a viewBox nor a width and a height.");
        if (box[2] / box[3] is > 50 or < 0.02f)
            throw new PaperException("An SVG is more than fifty times as long as it is wide.");
        _box = SKRect.Create(box[0], box[1], box[2], box[3]);
    }

    /// <summary>Reads a drawing.</summary>
    /// <exception cref="PaperException">It is no SVG, or one with too much in it.</exception>
    public static SvgDrawing Read(byte[] file)
    {
        try
        {
            // A document type may stand there, as drawing programs write it; what it declares is not read.
            var settings = new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Ignore,
                XmlResolver = null,
                MaxCharactersInDocument = PictureFile.MaxBytes,
            };
            int count = 0;
            using (var counter = XmlReader.Create(new MemoryStream(file), settings))
            {
                while (counter.Read())
                {
                    if (counter.NodeType == XmlNodeType.Element && (++count > MaxElements || counter.Depth > MaxDepth))
                        throw new PaperException("An SVG has more in it than is drawn: simplify it.");
                }
            }

            using var reader = XmlReader.Create(new MemoryStream(file), settings);
            var root = XElement.Load(reader);
            return root.Name == Svg + "svg" ? new SvgDrawing(root)
                : throw new PaperException("A picture is neither a PNG nor an SVG.");
        }
        catch (XmlException exception)
        {
            throw new PaperException("A picture is neither a PNG nor an SVG that can be read.", exception);
        }
    }

    /// <summary>Draws it, the longer side with so many pixels.</summary>
    public SKBitmap Draw(int side)
    {
        float scale = side / Math.Max(_box.Width, _box.Height);
        var bitmap = new SKBitmap(
            new SKImageInfo(
                Math.Max(1, (int)Math.Round(_box.Width * scale)), Math.Max(1, (int)Math.Round(_box.Height * scale)),
                SKColorType.Rgba8888, SKAlphaType.Premul));
        bitmap.Erase(SKColors.Transparent);
        using var canvas = new SKCanvas(bitmap);
        canvas.Scale(scale);
        canvas.Translate(-_box.Left, -_box.Top);
        (_left, _begin) = (MaxElements, Stopwatch.GetTimestamp());
        DrawChildren(canvas, _root, new SvgStyle().Of(_root, _classes), 0);
        return bitmap;
    }

    private void DrawChildren(SKCanvas canvas, XElement parent, SvgStyle style, int depth)
    {
        foreach (var child in parent.Elements()) DrawElement(canvas, child, style, depth + 1);
    }

    private void DrawElement(SKCanvas canvas, XElement element, SvgStyle inherited, int depth)
    {
        if (element.Name.Namespace != Svg) return;
        if (--_left < 0 || depth > MaxDepth || Stopwatch.GetElapsedTime(_begin) > Patience)
            throw new PaperException("An SVG has more in it than is drawn: simplify it.");
        if (SvgStyle.Value(element, "display", _classes) == "none") return;
        var style = inherited.Of(element, _classes);
        int saved = canvas.Save();
        try
        {
            if (element.Attribute("transform")?.Value is { } transform)
                canvas.Concat(SvgShape.Transform(transform));
            Clip(canvas, element);
            float opacity = SvgStyle.Number(SvgStyle.Value(element, "opacity", _classes), 1);
            if (opacity < 1)
            {
                using var layer = new SKPaint { Color = SKColors.Black.WithAlpha((byte)(255 * Math.Max(0, opacity))) };
                canvas.SaveLayer(layer);
            }

            DrawContent(canvas, element, style, depth);
        }
        finally
        {
            canvas.RestoreToCount(saved);
        }
    }

    private void DrawContent(SKCanvas canvas, XElement element, SvgStyle style, int depth)
    {
        switch (element.Name.LocalName)
        {
            case "g" or "a" or "switch" or "svg":
                DrawChildren(canvas, element, style, depth);
                break;
            case "use" when Referenced(element) is { } target:
                canvas.Translate(Number(element, "x"), Number(element, "y"));
                if (target.Name == Svg + "symbol") DrawChildren(canvas, target, style, depth);
                else DrawElement(canvas, target, style, depth + 1);
                break;
            case "text":
                SvgShape.DrawText(canvas, element, style, _classes, path => Paint(canvas, path, style));
                break;
            default:
                using (var path = SvgShape.Path(element))
                {
                    if (path is not null) Paint(canvas, path, style);
                }

                break;
        }
    }

    private void Paint(SKCanvas canvas, SKPath path, SvgStyle style)
    {
        if (!style.IsVisible) return;
        path.FillType = style.IsEvenOdd ? SKPathFillType.EvenOdd : SKPathFillType.Winding;
        using (var fill = Painting(style.Fill, style.FillOpacity, style, path))
        {
            if (fill is not null) canvas.DrawPath(path, fill);
        }

        using var stroke = Painting(style.Stroke, style.StrokeOpacity, style, path);
        if (stroke is null || style.StrokeWidth <= 0) return;
        stroke.Style = SKPaintStyle.Stroke;
        stroke.StrokeWidth = style.StrokeWidth;
        stroke.StrokeCap = style.Cap;
        stroke.StrokeJoin = style.Join;
        canvas.DrawPath(path, stroke);
    }

    private SKPaint? Painting(string what, float opacity, SvgStyle style, SKPath path)
    {
        byte alpha = (byte)(255 * Math.Clamp(opacity, 0, 1));
        if (what == "none" || alpha == 0) return null;
        if (Reference().Match(what) is { Success: true } match)
        {
            return _byId.GetValueOrDefault(match.Groups[1].Value) is { } gradient
                && SvgGradient.Shader(gradient, Stops(gradient), path.Bounds) is { } shader
                ? new SKPaint { IsAntialias = true, Shader = shader, Color = SKColors.Black.WithAlpha(alpha) }
                : null;
        }

        var colour = SvgStyle.ParseColour(what == "currentColor" ? style.Colour : what);
        return colour is { } known
            ? new SKPaint { IsAntialias = true, Color = known.WithAlpha((byte)(known.Alpha * alpha / 255)) }
            : null;
    }

    /// <summary>The stops of a gradient, its own or those of what it refers to.</summary>
    private List<(float Offset, SKColor Colour)> Stops(XElement gradient)
    {
        for (int hops = 0; hops < 4; hops++)
        {
            var stops = gradient.Elements(Svg + "stop").Take(MaxStops).Select(stop => (
                SvgStyle.Number(stop.Attribute("offset")?.Value, 0),
                (SvgStyle.ParseColour(SvgStyle.Value(stop, "stop-color", _classes) ?? "black") ?? SKColors.Black)
                    .WithAlpha((byte)(255 * Math.Clamp(
                        SvgStyle.Number(SvgStyle.Value(stop, "stop-opacity", _classes), 1), 0, 1))))).ToList();
            if (stops.Count > 0 || Referenced(gradient) is not { } next) return stops;
            gradient = next;
        }

        return [];
    }

    private void Clip(SKCanvas canvas, XElement element)
    {
        if (SvgStyle.Value(element, "clip-path", _classes) is not { } clip
            || Reference().Match(clip) is not { Success: true } match
            || _byId.GetValueOrDefault(match.Groups[1].Value) is not { } clipPath
            || clipPath.Name != Svg + "clipPath")
        {
            return;
        }

        using var all = new SKPathBuilder();
        foreach (var child in clipPath.Elements())
        {
            _left--;
            var shape = child.Name == Svg + "use" ? Referenced(child) : child;
            using var path = shape is null ? null : SvgShape.Path(shape);
            if (path is null) continue;
            if (child.Attribute("transform")?.Value is { } transform) path.Transform(SvgShape.Transform(transform));
            all.AddPath(path);
        }

        using var region = all.Detach();
        canvas.ClipPath(region, SKClipOperation.Intersect, antialias: true);
    }

    private XElement? Referenced(XElement element) =>
        (element.Attribute("href") ?? element.Attribute(Link + "href"))?.Value is ['#', .. var id]
            ? _byId.GetValueOrDefault(id)
            : null;

    private void ReadClasses(string sheet)
    {
        foreach (Match rule in ClassRule().Matches(sheet))
        {
            foreach (string selector in rule.Groups[1].Value.Split(','))
            {
                string name = selector.Trim().TrimStart('.');
                _classes[name] = _classes.GetValueOrDefault(name) + ";" + rule.Groups[2].Value;
            }
        }
    }

    private static float Number(XElement element, string name) =>
        SvgStyle.Number(element.Attribute(name)?.Value, 0);

    [GeneratedRegex(@"^url\(\s*['""]?#([^'"")\s]+)['""]?\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"((?:\s*\.[A-Za-z_][\w\-]*\s*,?)+)\s*\{([^}]*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex ClassRule();
}
