using SkiaSharp;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>Pictures that somebody brought: what kind they are, and the pixels of what is within the limits.</summary>
internal static class PictureFile
{
    /// <summary>The most bytes of a mark or badge.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private const long MaxPixels = 4096 * 4096;

    public static bool IsPng(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

    public static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xff, 0xd8, 0xff]);

    public static bool IsWebP(ReadOnlySpan<byte> file) =>
        file.Length > 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    /// <summary>Draws a PNG or SVG so that it fits into a square.</summary>
    /// <param name="file">The file.</param>
    /// <param name="side">The longer side of what comes out, in pixels.</param>
    /// <returns>The picture, with premultiplied transparency; the caller disposes of it.</returns>
    /// <exception cref="PaperException">It is neither, damaged, or has too much in it.</exception>
    public static SKBitmap Draw(byte[] file, int side)
    {
        if (file.Length > MaxBytes)
            throw new PaperException($"A picture has {file.Length} bytes: at most {MaxBytes} are taken.");
        return IsPng(file) ? DrawPng(file, side) : SvgDrawing.Read(file).Draw(side);
    }

    /// <summary>The file of a picture. The same pixels are the same bytes.</summary>
    public static byte[] Png(SKBitmap picture)
    {
        using var pixels = picture.PeekPixels();
        using var data = pixels?.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.Sub, zLibLevel: 3));
        return data?.ToArray() ?? throw new InvalidOperationException("A picture has no pixels to write.");
    }

    private static SKBitmap DrawPng(byte[] file, int side)
    {
        using var codec = SKCodec.Create(new SKMemoryStream(file))
            ?? throw new PaperException("A picture is no PNG that can be read.");
        var size = codec.Info.Size;
        if (size.Width < 1 || size.Height < 1 || (long)size.Width * size.Height > MaxPixels)
            throw new PaperException($"A picture has {size.Width} by {size.Height} pixels, more than are drawn.");
        var info = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        using var whole = new SKBitmap(info);
        if (codec.GetPixels(info, whole.GetPixels()) != SKCodecResult.Success)
            throw new PaperException("A picture is a PNG with damaged content.");
        double scale = Math.Min(1, side / (double)Math.Max(size.Width, size.Height));
        var fitting = info.WithSize(
            Math.Max(1, (int)Math.Round(size.Width * scale)), Math.Max(1, (int)Math.Round(size.Height * scale)));
        return whole.Resize(fitting, new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear));
    }
}
