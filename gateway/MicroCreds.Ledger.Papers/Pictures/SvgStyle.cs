using System.Globalization;
using System.Xml.Linq;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>How something in an SVG is painted: what it says itself, and what it has from what it is in.</summary>
internal sealed record SvgStyle
{
    private static readonly string[] Names =
    [
        "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
        "stroke-linejoin", "color", "font-size", "font-weight", "text-anchor", "visibility",
    ];

    public string Fill { get; init; } = "black";

    public float FillOpacity { get; init; } = 1;

    public bool IsEvenOdd { get; init; }

    public string Stroke { get; init; } = "none";

    public float StrokeWidth { get; init; } = 1;

    public float StrokeOpacity { get; init; } = 1;

    public SKStrokeCap Cap { get; init; } = SKStrokeCap.Butt;

    public SKStrokeJoin Join { get; init; } = SKStrokeJoin.Miter;

    public string Colour { get; init; } = "black";

    public float FontSize { get; init; } = 16;

    public bool IsBold { get; init; }

    public string Anchor { get; init; } = "start";

    public bool IsVisible { get; init; } = true;

    /// <summary>The style of an element inside of one with this style.</summary>
    public SvgStyle Of(XElement element, IReadOnlyDictionary<string, string> classes)
    {
        var style = this;
        foreach (string name in Names)
        {
            if (Value(element, name, classes) is { } value && value != "inherit") style = style.With(name, value);
        }

        return style;
    }

    /// <summary>What an element says of a property: in its style, by its class, or as an attribute.</summary>
    public static string? Value(XElement element, string name, IReadOnlyDictionary<string, string> classes) =>
        Declared(element.Attribute("style")?.Value, name)
            ?? element.Attribute("class")?.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(one => Declared(classes.GetValueOrDefault(one), name)).LastOrDefault(one => one is not null)
            ?? element.Attribute(name)?.Value.Trim();

    /// <summary>A number, with or without its unit; percentages are of the given whole.</summary>
    public static float Number(string? text, float otherwise, float whole = 1)
    {
        if (text is null) return otherwise;
        var digits = text.AsSpan().Trim();
        bool isShare = digits.EndsWith("%");
        if (isShare) digits = digits[..^1];
        while (digits.Length > 0 && char.IsAsciiLetter(digits[^1])) digits = digits[..^1];
        return float.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out float number)
            && float.IsFinite(number) ? isShare ? number * whole / 100 : number : otherwise;
    }

    /// <summary>A colour by its name, its digits or its parts; null where it is none.</summary>
    public static SKColor? ParseColour(string text)
    {
        if (text.StartsWith('#')) return SKColor.TryParse(text, out var parsed) ? parsed : null;
        if (text.StartsWith("rgb", StringComparison.Ordinal) && text.IndexOf('(') is > 0 and var open)
        {
            float[] parts = [.. text[(open + 1)..].TrimEnd(')', ' ')
                .Split([',', ' ', '/'], StringSplitOptions.RemoveEmptyEntries).Select(part => Number(part, 0, 255))];
            return parts.Length < 3 ? null : new SKColor(Byte(parts[0]), Byte(parts[1]), Byte(parts[2]));
        }

        var known = System.Drawing.Color.FromName(text);
        return known.IsKnownColor && !known.IsSystemColor ? new SKColor(known.R, known.G, known.B, known.A) : null;

        static byte Byte(float value) => (byte)Math.Clamp(value, 0, 255);
    }

    private static string? Declared(string? declarations, string name)
    {
        if (declarations is null) return null;
        foreach (string one in declarations.Split(';'))
        {
            int colon = one.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && one.AsSpan(0, colon).Trim().SequenceEqual(name)) return one[(colon + 1)..].Trim();
        }

        return null;
    }

    private SvgStyle With(string name, string value) => name switch
    {
        "fill" => this with { Fill = value },
        "fill-opacity" => this with { FillOpacity = Number(value, 1) },
        "fill-rule" => this with { IsEvenOdd = value == "evenodd" },
        "stroke" => this with { Stroke = value },
        "stroke-width" => this with { StrokeWidth = Number(value, 1) },
        "stroke-opacity" => this with { StrokeOpacity = Number(value, 1) },
        "stroke-linecap" => this with
        {
            Cap = value switch { "round" => SKStrokeCap.Round, "square" => SKStrokeCap.Square, _ => SKStrokeCap.Butt },
        },
        "stroke-linejoin" => this with
        {
            Join = value switch
            {
                "round" => SKStrokeJoin.Round,
                "bevel" => SKStrokeJoin.Bevel,
                _ => SKStrokeJoin.Miter,
            },
        },
        "color" => this with { Colour = value },
        "font-size" => this with { FontSize = Number(value, FontSize, FontSize) },
        "font-weight" => this with { IsBold = value is "bold" or "bolder" || Number(value, 400) >= 600 },
        "text-anchor" => this with { Anchor = value },
        "visibility" => this with { IsVisible = value == "visible" },
        _ => this,
    };
}
