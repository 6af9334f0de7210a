using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Pictures to send.</summary>
internal static class SamplePictures
{
    /// <summary>A drawing with all that must not be on a page of anybody's.</summary>
    public const string UglySvg =
        """
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10"
          onload="alert(1)">
          <script>alert(2)</script>
          <style>@import url(https://elsewhere.example/a.css);</style>
          <foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(3)" /></body>
          </foreignObject>
          <image href="https://elsewhere.example/pixel.png" />
          <a xlink:href="javascript:alert(4)"><text>left out</text></a>
          <animate attributeName="href" to="javascript:alert(5)" />
          <linearGradient id="g"><stop offset="0" stop-color="#17365d" /></linearGradient>
          <rect id="kept" width="8" height="8"
            style="fill: url(#g); stroke:red; background:url(https://elsewhere.example)" />
          <circle r="2" fill="url(https://elsewhere.example/#a)" />
          <use xlink:href="#kept" x="1" /><use href="https://elsewhere.example/a.svg#x" />
        </svg>
        """;

    public const string Svg =
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
          <path d="M50 4 90 27v46L50 96 10 73V27z" fill="#17365d" />
          <path d="M30 62h10v14H30zM45 46h10v30H45zM60 32h10v44H60z" fill="#fff" />
        </svg>
        """;

    /// <summary>A PNG of one colour, with a chunk of text in it.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height as the header says.</param>
    /// <param name="lines">How many lines of pixels are in it. Default is the height.</param>
    public static byte[] Png(int width = 8, int height = 8, int? lines = null)
    {
        using var packed = new MemoryStream();
        using (var pack = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            pack.Write(new byte[(lines ?? height) * (1 + (width * 3))]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 2);
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a]);
        Add(png, "IHDR", header);
        Add(png, "tEXt", Encoding.Latin1.GetBytes("Author\0Somebody Private"));
        Add(png, "IDAT", packed.ToArray());
        Add(png, "IEND", []);
        return png.ToArray();
    }

    private static void Add(MemoryStream png, string type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        png.Write(number);
        byte[] chunk = [.. Encoding.Latin1.GetBytes(type), .. data];
        png.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, ChecksumOf(chunk));
        png.Write(number);
    }

    private static uint ChecksumOf(byte[] bytes)
    {
        uint remainder = 0xFFFFFFFF;
        foreach (byte one in bytes)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                bool isOdd = ((remainder ^ (uint)(one >> bit)) & 1) == 1;
                remainder = isOdd ? (remainder >> 1) ^ 0xEDB88320 : remainder >> 1;
            }
        }

        return ~remainder;
    }
}
