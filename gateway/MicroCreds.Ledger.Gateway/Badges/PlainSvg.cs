using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace MicroCreds.Ledger.Gateway.Badges;

/// <summary>
/// An SVG with nothing in it but a drawing: it is read as XML without a document type, and only elements and attributes
/// of a list are written anew. No script, style sheet, link, embedded page, animation or address of another file is on
/// it; references lead to the same picture alone.
/// </summary>
internal static partial class PlainSvg
{
    private const int MaxElements = 5000;
    private const int MaxDepth = 64;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";
    private static readonly XNamespace Link = "http://www.w3.org/1999/xlink";

    private static readonly FrozenSet<string> Elements = new[]
    {
        "svg", "g", "defs", "symbol", "use", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline",
        "polygon", "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Attributes = new[]
    {
        "id", "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy",
        "fr", "dx", "dy", "d", "points", "transform", "preserveAspectRatio", "version", "offset", "rotate",
        "textLength", "lengthAdjust", "pathLength", "gradientUnits", "gradientTransform", "spreadMethod",
        "clipPathUnits", "maskUnits", "maskContentUnits", "patternUnits", "patternContentUnits", "patternTransform",
        "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
        "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "color",
        "stop-color", "stop-opacity", "clip-path", "clip-rule", "mask", "display", "visibility", "font-family",
        "font-size", "font-style", "font-weight", "letter-spacing", "word-spacing", "text-anchor", "text-decoration",
        "dominant-baseline", "baseline-shift", "paint-order", "vector-effect", "shape-rendering", "text-rendering",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Takes a drawing apart and writes anew what may be in it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="leftOut">What was in it and is not in the picture.</param>
    /// <exception cref="ImageException">It is no SVG, or one with too much in it.</exception>
    public static byte[] Rebuild(byte[] file, out IReadOnlyList<string> leftOut)
    {
        var root = Read(file);
        if (root.Name != Svg + "svg") throw NoSvg("its first element is not svg.");
        var missing = new SortedSet<string>(StringComparer.Ordinal);
        int count = 0;
        var plain = Copy(root, missing, ref count, depth: 0)!;
        if (plain.Attribute("viewBox") is null && (plain.Attribute("width") ?? plain.Attribute("height")) is null)
            throw NoSvg("it has neither a viewBox nor a width.");
        leftOut = [.. missing];
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), OmitXmlDeclaration = true };
        using var memory = new MemoryStream();
        using (var writer = XmlWriter.Create(memory, settings)) plain.Save(writer);
        return memory.ToArray();
    }

    private static XElement Read(byte[] file)
    {
        try
        {
            var settings = new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = CheckedImage.MaxBytes,
            };
            using var reader = XmlReader.Create(new MemoryStream(file), settings);
            return XElement.Load(reader);
        }
        catch (XmlException exception)
        {
            string line = exception.LineNumber.ToString(CultureInfo.InvariantCulture);
            throw NoSvg($"it cannot be read as XML without a document type (line {line}).");
        }
    }

    private static XElement? Copy(XElement from, SortedSet<string> missing, ref int count, int depth)
    {
        if (from.Name.Namespace != Svg || !Elements.Contains(from.Name.LocalName))
        {
            missing.Add(from.Name.LocalName);
            return null;
        }

        if (++count > MaxElements || depth > MaxDepth) throw NoSvg("it has more in it than is taken: simplify it.");
        var copy = new XElement(from.Name);
        foreach (var (name, value) in from.Attributes().SelectMany(AttributesOf))
        {
            if (name == "xmlns") continue;
            if (Attributes.Contains(name) && IsPlain(value)) copy.SetAttributeValue(name, value);
            else if (name == "href" && IsOwn().IsMatch(value)) copy.SetAttributeValue(name, value);
            else missing.Add(name);
        }

        foreach (var node in from.Nodes())
        {
            if (node is XText text) copy.Add(new XText(text.Value));
            else if (node is XElement element && Copy(element, missing, ref count, depth + 1) is { } child)
                copy.Add(child);
        }

        return copy;
    }

    /// <summary>An attribute by its name; what a style says is taken for the attributes that mean the same.</summary>
    private static IEnumerable<(string Name, string Value)> AttributesOf(XAttribute attribute)
    {
        if (attribute.IsNamespaceDeclaration) return [];
        if (attribute.Name == "style")
        {
            return attribute.Value.Split(';').Select(one => one.Split(':', 2))
                .Where(parts => parts.Length == 2).Select(parts => (parts[0].Trim(), parts[1].Trim()));
        }

        string name = attribute.Name.LocalName;
        return attribute.Name == Link + "href" || attribute.Name.Namespace == XNamespace.None
            ? [(name, attribute.Value)]
            : [($"{attribute.Name.NamespaceName} {name}", attribute.Value)];
    }

    /// <summary>Whether a value names nothing outside of the picture.</summary>
    private static bool IsPlain(string value)
    {
        if (value.AsSpan().ContainsAny('\\', '@', '<')) return false;
        string rest = Reference().Replace(value, "");
        return !rest.Contains("url", StringComparison.OrdinalIgnoreCase)
            && !rest.Contains("script", StringComparison.OrdinalIgnoreCase)
            && !rest.Contains("image", StringComparison.OrdinalIgnoreCase)
            && !rest.Contains("expression", StringComparison.OrdinalIgnoreCase);
    }

    private static ImageException NoSvg(string why) =>
        new("noSvg", $"The file is no PNG, and no SVG that can be taken: {why}");

    [GeneratedRegex(@"\burl\(\s*['""]?#[A-Za-z0-9_.\-]+['""]?\s*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^#[A-Za-z0-9_.\-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex IsOwn();
}
