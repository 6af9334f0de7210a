using System.Text;
using QRCoder;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>QR codes as a learner shows them: on a picture, or held before a camera.</summary>
internal static class QrPicture
{
    private const int FrameWidth = 640;
    private const int FrameHeight = 480;
    private const byte White = 235;
    private const byte Black = 16;
    private const byte NoColour = 128;

    /// <summary>A PNG file of a code.</summary>
    public static byte[] Png(string text)
    {
        using var code = Encode(text);
        using var picture = new PngByteQRCode(code);
        return picture.GetGraphic(pixelsPerModule: 6);
    }

    /// <summary>What a camera sees of a code, as a YUV4MPEG2 file of two frames.</summary>
    public static byte[] Video(string text)
    {
        using var code = Encode(text);
        var modules = code.ModuleMatrix;
        int scale = FrameHeight / modules.Count;
        int left = (FrameWidth - (scale * modules.Count)) / 2;
        int top = (FrameHeight - (scale * modules.Count)) / 2;
        byte[] frame = new byte[FrameWidth * FrameHeight * 3 / 2];
        frame.AsSpan(0, FrameWidth * FrameHeight).Fill(White);
        frame.AsSpan(FrameWidth * FrameHeight).Fill(NoColour);
        for (int y = 0; y < modules.Count * scale; y++)
        {
            for (int x = 0; x < modules.Count * scale; x++)
            {
                if (modules[y / scale][x / scale]) frame[((top + y) * FrameWidth) + left + x] = Black;
            }
        }

        byte[] start = Encoding.ASCII.GetBytes($"YUV4MPEG2 W{FrameWidth} H{FrameHeight} F10:1 Ip A1:1 C420jpeg\n");
        byte[] next = "FRAME\n"u8.ToArray();
        return [.. start, .. next, .. frame, .. next, .. frame];
    }

    private static QRCodeData Encode(string text) =>
        QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.L);
}
