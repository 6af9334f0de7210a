using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace MicroCreds.Ledger.Gateway.Badges;

/// <summary>
/// A PNG with nothing in it but the picture (W3C PNG, third edition): each chunk's checksum is right, the pixels unfold
/// to exactly what the header says, and what tells of cameras, places or people is not carried over.
/// </summary>
internal static class PlainPng
{
    /// <summary>The longest edge in pixels.</summary>
    private const int MaxEdge = 2048;

    /// <summary>Length, type and checksum of a chunk.</summary>
    private const int ChunkFrame = 12;

    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>What the picture is drawn from; the rest is left out.</summary>
    private static readonly string[] Kept = ["IHDR", "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "pHYs", "IDAT", "IEND"];

    /// <summary>Where each of the seven passes of an interlaced picture begins, and its steps: x, y, dx, dy.</summary>
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Whether a file begins as a PNG does.</summary>
    public static bool IsOne(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Takes a picture apart and puts together what it is drawn from.</summary>
    /// <exception cref="ImageException">It is broken, or larger than is taken.</exception>
    public static byte[] Rebuild(byte[] file)
    {
        using var plain = new MemoryStream(file.Length);
        using var pixels = new MemoryStream();
        plain.Write(Signature);
        Header? header = null;
        string before = "";
        for (int at = Signature.Length; before != "IEND";)
        {
            var (type, data) = ChunkAt(file, at);
            if (header is null != (type == "IHDR")) throw Broken("it does not begin with one header.");
            header ??= Header.Of(data);
            if (type == "IDAT") pixels.Write(data);
            if (char.IsAsciiLetterUpper(type[0]) && !Kept.Contains(type))
                throw Broken($"it needs {type}, which is not known here.");
            if (Kept.Contains(type)) plain.Write(file, at, data.Length + ChunkFrame);
            at += data.Length + ChunkFrame;
            before = type;
        }

        RequirePixels(header!, pixels);
        return plain.ToArray();
    }

    private static (string Type, byte[] Data) ChunkAt(byte[] file, int at)
    {
        if (at + ChunkFrame > file.Length) throw Broken("it ends too early.");
        uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
        if (length > file.Length - at - ChunkFrame) throw Broken("it ends too early.");
        int end = at + 8 + (int)length;
        if (ChecksumOf(file.AsSpan((at + 4)..end)) != BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(end)))
            throw Broken("a checksum in it is wrong.");
        return (Encoding.Latin1.GetString(file, at + 4, 4), file[(at + 8)..end]);
    }

    private static void RequirePixels(Header header, MemoryStream packed)
    {
        packed.Position = 0;
        long wanted = header.RawBytes;
        long found = 0;
        try
        {
            using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
            byte[] buffer = new byte[64 * 1024];
            for (int read; found <= wanted && (read = unpacked.Read(buffer)) > 0;) found += read;
        }
        catch (InvalidDataException)
        {
            throw Broken("its pixels cannot be unpacked.");
        }

        if (found != wanted) throw Broken("it has other pixels than its header says.");
    }

    /// <summary>The checksum of PNG's annex D, bit by bit: a picture is small, and read once.</summary>
    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte one in bytes)
        {
            sum ^= one;
            for (int bit = 0; bit < 8; bit++) sum = (sum >> 1) ^ (0xEDB88320u & (uint)-(int)(sum & 1));
        }

        return ~sum;
    }

    private static ImageException Broken(string why) =>
        new("broken", $"The PNG cannot be taken: {why} Save it once more with a drawing program.");

    private sealed record Header(int Width, int Height, int BitsPerPixel, bool IsInterlaced)
    {
        /// <summary>The bytes of all pixels when unpacked, with the byte of each line that names its filter.</summary>
        public long RawBytes => IsInterlaced
            ? Passes.Sum(pass => Lines(
                (Width - pass.X + pass.StepX - 1) / pass.StepX, (Height - pass.Y + pass.StepY - 1) / pass.StepY))
            : Lines(Width, Height);

        public static Header Of(byte[] data)
        {
            if (data.Length != 13) throw Broken("its header has a wrong length.");
            uint width = BinaryPrimitives.ReadUInt32BigEndian(data);
            uint height = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(4));
            if (width is 0 or > MaxEdge || height is 0 or > MaxEdge)
                throw new ImageException("tooWide", $"The PNG may have up to {MaxEdge} pixels at each edge.");
            int samples = (data[9], data[8]) switch
            {
                (0, 1 or 2 or 4 or 8 or 16) => 1,
                (2, 8 or 16) => 3,
                (3, 1 or 2 or 4 or 8) => 1,
                (4, 8 or 16) => 2,
                (6, 8 or 16) => 4,
                _ => throw Broken("its header names no kind of pixels."),
            };
            return data[10] == 0 && data[11] == 0 && data[12] <= 1
                ? new Header((int)width, (int)height, samples * data[8], data[12] == 1)
                : throw Broken("its header names a way of packing that there is not.");
        }

        private long Lines(int width, int height) =>
            width <= 0 || height <= 0 ? 0 : height * (1 + (((long)width * BitsPerPixel + 7) / 8));
    }
}
