using System.Diagnostics;
using SkiaSharp;
using ZXing;
using ZXing.Common;
using ZXing.Multi.QrCode;
using ZXing.QrCode;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>QR codes on pictures and photos, whoever took them.</summary>
internal static class CodesOnPicture
{
    private const long MaxPixels = 50_000_000;

    // What no decoder makes smaller while it reads is held whole.
    private const long MaxPixelsHeldWhole = 25_000_000;
    private const int LargestSide = 2400;
    private const int MaxCodes = 4;

    // The reader tries every three of the corners that it sees: 400 of them keep it for seconds, thousands for hours.
    private const int MaxCorners = 120;
    private static readonly int[] Sides = [1000, 1600, 600, 2400];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    // Two at a time, so that many large pictures at once need no more memory than two.
    private static readonly SemaphoreSlim AtOnce = new(2);

    /// <summary>The texts of the codes on a PNG, JPEG or WebP.</summary>
    public static IReadOnlyList<string> Read(byte[] file, out CarrierFault fault)
    {
        fault = CarrierFault.TooMuch;
        if (!AtOnce.Wait(LongestWait)) return [];
        try
        {
            return Decode(file, out fault) is { } picture ? Read(picture) : [];
        }
        finally
        {
            AtOnce.Release();
        }
    }

    /// <summary>The texts of the codes on a picture of a PDF.</summary>
    public static IReadOnlyList<string> Read(PdfPicture picture)
    {
        if (picture.File is { } file) return Read(file, out _);
        return picture.Grey is { } grey ? Read(grey) : [];
    }

    private static GreyPicture? Decode(byte[] file, out CarrierFault fault)
    {
        fault = CarrierFault.Damaged;
        using var codec = SKCodec.Create(new SKMemoryStream(file));
        if (codec is null) return null;
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        float scale = Math.Min(1, LargestSide / (float)Math.Max(width, height));
        var size = codec.GetScaledDimensions(scale);
        if ((long)width * height > MaxPixels || (long)size.Width * size.Height > MaxPixelsHeldWhole)
        {
            fault = CarrierFault.TooMuch;
            return null;
        }

        using var colours = new SKBitmap(
            new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        var result = codec.GetPixels(colours.Info, colours.GetPixels());
        if (result is not (SKCodecResult.Success or SKCodecResult.IncompleteInput or SKCodecResult.ErrorInInput))
            return null;
        fault = result == SKCodecResult.Success ? CarrierFault.None : CarrierFault.Damaged;
        return Grey(colours);
    }

    /// <summary>A picture's grey, on white where it is transparent.</summary>
    private static GreyPicture Grey(SKBitmap colours)
    {
        var pixels = colours.GetPixelSpan();
        byte[] grey = new byte[colours.Width * colours.Height];
        for (int i = 0; i < grey.Length; i++)
        {
            var pixel = pixels.Slice(4 * i, 4);
            int light = ((306 * pixel[0]) + (601 * pixel[1]) + (117 * pixel[2])) >> 10;
            grey[i] = (byte)Math.Min(255, light + 255 - pixel[3]);
        }

        return new(colours.Width, colours.Height, grey);
    }

    /// <summary>Tries sizes and thresholds until a code is found or patience ends.</summary>
    private static List<string> Read(GreyPicture picture)
    {
        long begin = Stopwatch.GetTimestamp();
        int longest = Math.Max(picture.Width, picture.Height);
        int whole = Math.Min(longest, LargestSide);
        List<string> texts = [];
        foreach (int side in Sides.Append(whole).Where(side => side <= whole).Distinct())
        {
            var light = Light(Resized(picture, side));
            foreach (Binarizer binarizer in (Binarizer[])
                [new HybridBinarizer(light), new GlobalHistogramBinarizer(light), new HybridBinarizer(light.invert())])
            {
                if (texts.Count == 0) texts = Read(new BinaryBitmap(binarizer));
                if (Stopwatch.GetElapsedTime(begin) > Patience) return texts;
            }

            if (texts.Count == 0) continue;

            // Beside a code that is found on a smaller picture there may be one that needs all of its pixels.
            return side == whole ? texts : [.. texts.Union(Read(new BinaryBitmap(new HybridBinarizer(
                Light(Resized(picture, whole)))))).Take(MaxCodes)];
        }

        return [];
    }

    private static RGBLuminanceSource Light(GreyPicture picture) =>
        new(picture.Pixels, picture.Width, picture.Height, RGBLuminanceSource.BitmapFormat.Gray8);

    private static List<string> Read(BinaryBitmap bitmap)
    {
        try
        {
            var found = new QRCodeMultiReader().decodeMultiple(bitmap, Hints());
            if (found is null or []) found = new QRCodeReader().decode(bitmap, Hints()) is { } one ? [one] : [];
            return [.. found.Select(code => code.Text).Where(text => text.Length > 0).Distinct().Take(MaxCodes)];
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The reader was written for pictures of codes; on others it may run beyond its own arrays.
            return [];
        }
    }

    private static Dictionary<DecodeHintType, object> Hints()
    {
        int corners = 0;
        ResultPointCallback count = _ =>
        {
            if (++corners > MaxCorners) throw new InvalidOperationException("The picture has too many corners.");
        };
        return new()
        {
            [DecodeHintType.TRY_HARDER] = true,
            [DecodeHintType.NEED_RESULT_POINT_CALLBACK] = count,
        };
    }

    private static GreyPicture Resized(GreyPicture picture, int side)
    {
        double scale = side / (double)Math.Max(picture.Width, picture.Height);
        if (scale >= 1) return picture;
        int width = Math.Max(1, (int)(picture.Width * scale));
        int height = Math.Max(1, (int)(picture.Height * scale));
        byte[] pixels = new byte[width * height];
        for (int y = 0; y < height; y++)
        {
            int top = (int)(y / scale);
            int bottom = Math.Clamp((int)((y + 1) / scale), top + 1, picture.Height);
            for (int x = 0; x < width; x++)
            {
                int left = (int)(x / scale);
                int right = Math.Clamp((int)((x + 1) / scale), left + 1, picture.Width);
                int sum = 0;
                for (int row = top; row < bottom; row++)
                {
                    for (int column = left; column < right; column++)
                        sum += picture.Pixels[(row * picture.Width) + column];
                }

                pixels[(y * width) + x] = (byte)(sum / ((bottom - top) * (right - left)));
            }
        }

        return new(width, height, pixels);
    }
}
