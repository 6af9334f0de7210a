using System.Security.Cryptography;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Badges;

/// <summary>A picture that somebody sent, as it may be shown to anybody.</summary>
/// <param name="Image">The picture.</param>
/// <param name="LeftOut">What was in the file and is not in the picture: names of elements and attributes.</param>
public sealed record CheckedImage(BadgeImage Image, IReadOnlyList<string> LeftOut)
{
    /// <summary>The most bytes of a picture.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>The most characters of what a picture shows.</summary>
    public const int MaxAlternativeLength = 300;

    /// <summary>Checks a file, and makes of it what is kept.</summary>
    /// <exception cref="ImageException">It is no picture that is taken.</exception>
    public static CheckedImage Of(byte[] file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Length == 0) throw new ImageException("empty", "The file is empty: choose a PNG or SVG.");
        if (file.Length > MaxBytes)
            throw new ImageException("tooLarge", $"The file has more than {MaxBytes / 1024} KiB: make it smaller.");

        if (PlainPng.IsOne(file)) return Of(PlainPng.Rebuild(file), "image/png", []);
        byte[] svg = PlainSvg.Rebuild(file, out var leftOut);
        return svg.Length > MaxBytes
            ? throw new ImageException("tooLarge", $"The picture has more than {MaxBytes / 1024} KiB: simplify it.")
            : Of(svg, "image/svg+xml", leftOut);
    }

    private static CheckedImage Of(byte[] content, string mediaType, IReadOnlyList<string> leftOut) =>
        new(new BadgeImage(Convert.ToHexStringLower(SHA256.HashData(content)), mediaType, content), leftOut);
}

/// <summary>A file is no picture that is taken.</summary>
/// <param name="code">Why, as a code that pages say in the reader's language.</param>
/// <param name="message">Why, and what would be right.</param>
public sealed class ImageException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
