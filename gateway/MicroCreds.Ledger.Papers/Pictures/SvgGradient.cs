using System.Xml.Linq;
using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>Gradients of an SVG.</summary>
internal static class SvgGradient
{
    /// <summary>What paints with a gradient; null where it is none.</summary>
    /// <param name="gradient">The gradient's element.</param>
    /// <param name="stops">Its stops.</param>
    /// <param name="box">Of what is painted.</param>
    public static SKShader? Shader(
        XElement gradient, IReadOnlyList<(float Offset, SKColor Colour)> stops, SKRect box)
    {
        if (stops.Count == 0) return null;
        SKColor[] colours = [.. stops.Select(stop => stop.Colour)];
        float[] offsets = [.. stops.Select(stop => Math.Clamp(stop.Offset, 0, 1))];
        var place = gradient.Attribute("gradientTransform")?.Value is { } transform
            ? SvgShape.Transform(transform)
            : SKMatrix.Identity;
        if (gradient.Attribute("gradientUnits")?.Value != "userSpaceOnUse")
        {
            place = new SKMatrix(box.Width, 0, box.Left, 0, box.Height, box.Top, 0, 0, 1).PreConcat(place);
        }

        float Of(string name, float otherwise) => SvgStyle.Number(gradient.Attribute(name)?.Value, otherwise);
        return gradient.Name.LocalName switch
        {
            "linearGradient" => SKShader.CreateLinearGradient(
                new SKPoint(Of("x1", 0), Of("y1", 0)), new SKPoint(Of("x2", 1), Of("y2", 0)), colours, offsets,
                SKShaderTileMode.Clamp, place),
            "radialGradient" => SKShader.CreateRadialGradient(
                new SKPoint(Of("cx", 0.5f), Of("cy", 0.5f)), Math.Max(0.0001f, Of("r", 0.5f)), colours, offsets,
                SKShaderTileMode.Clamp, place),
            _ => null,
        };
    }
}
