using System.IO.Compression;

namespace MicroCreds.Ledger.Papers.Reading;

/// <summary>Unpacks streams of a PDF, of all together no more than a named number of bytes.</summary>
internal sealed class PdfStreams
{
    private const int MaxUnpackedBytes = 64 * 1024 * 1024;
    private const int MaxFilters = 4;
    private const int MaxSide = 12_000;

    private int _left = MaxUnpackedBytes;

    /// <summary>Whether there was more in the file than is unpacked.</summary>
    public bool IsExhausted { get; private set; }

    /// <summary>A stream's content; null where it is damaged, packed in a way that is not known, or too much.</summary>
    public byte[]? Unpack(PdfObject stream, Func<object?, object?> resolve)
    {
        ReadOnlyMemory<byte> content = stream.Bytes;
        var filters = Names(resolve(stream["Filter"]), resolve);
        if (filters.Count > MaxFilters) return null;
        for (int i = 0; i < filters.Count; i++)
        {
            object? parameters = resolve(stream["DecodeParms"]);
            if (parameters is List<object?> list) parameters = i < list.Count ? resolve(list[i]) : null;
            byte[]? unpacked = filters[i] switch
            {
                "FlateDecode" or "Fl" => Inflate(content),
                "ASCIIHexDecode" or "AHx" => FromHexadecimal(content.Span),
                "ASCII85Decode" or "A85" => FromAscii85(content.Span),
                _ => null,
            };
            if (unpacked is null) return null;
            content = parameters is Dictionary<string, object?> predicted
                ? PdfPredictor.Undo(unpacked, predicted, resolve) ?? unpacked
                : unpacked;
        }

        return content.ToArray();
    }

    /// <summary>A picture of a page: a JPEG, or grey or coloured pixels; null where it is another.</summary>
    public PdfPicture? Picture(PdfObject image, Func<object?, object?> resolve)
    {
        var filters = Names(resolve(image["Filter"]), resolve);
        if (filters is ["DCTDecode"]) return new(image.Bytes.ToArray(), null);
        if (resolve(image["Width"]) is not double width || resolve(image["Height"]) is not double height
            || resolve(image["BitsPerComponent"]) is not double bits
            || width is < 16 or > MaxSide || height is < 16 or > MaxSide || width * height > MaxUnpackedBytes)
        {
            return null;
        }

        return Unpack(image, resolve) is { } content
            ? Grey(content, (int)width, (int)height, (int)bits) is { } grey ? new(null, grey) : null
            : null;
    }

    /// <summary>
    /// Grey pixels of one bit or one byte, or the mean of three bytes; which of them, the length tells.
    /// </summary>
    private static GreyPicture? Grey(byte[] content, int width, int height, int bits)
    {
        byte[] grey = new byte[width * height];
        int row = (width + 7) / 8;
        if (bits == 1 && content.Length >= row * height)
        {
            for (int i = 0; i < grey.Length; i++)
            {
                int bit = content[(i / width * row) + (i % width / 8)] >> (7 - (i % width % 8));
                grey[i] = (byte)((bit & 1) * 255);
            }

            return new(width, height, grey);
        }

        if (bits != 8) return null;
        if (content.Length >= 3L * grey.Length)
        {
            for (int i = 0; i < grey.Length; i++)
                grey[i] = (byte)((content[3 * i] + content[(3 * i) + 1] + content[(3 * i) + 2]) / 3);
            return new(width, height, grey);
        }

        if (content.Length < grey.Length) return null;
        content.AsSpan(0, grey.Length).CopyTo(grey);
        return new(width, height, grey);
    }

    private static List<string> Names(object? value, Func<object?, object?> resolve) => value switch
    {
        PdfName name => [name.Text],
        List<object?> list => [.. list.Select(resolve).OfType<PdfName>().Select(name => name.Text)],
        _ => [],
    };

    private byte[]? Inflate(ReadOnlyMemory<byte> packed)
    {
        using var content = new MemoryStream();
        try
        {
            using var unpacker = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            byte[] some = new byte[16 * 1024];
            while (unpacker.Read(some) is > 0 and var count)
            {
                if ((_left -= count) < 0)
                {
                    IsExhausted = true;
                    return null;
                }

                content.Write(some, 0, count);
            }
        }
        catch (InvalidDataException)
        {
            // What came until then may be all: some programs leave the checksum away.
        }

        return content.Length > 0 ? content.ToArray() : null;
    }

    private static byte[]? FromHexadecimal(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'>');
        try
        {
            byte[] digits = [.. (end < 0 ? text : text[..end]).ToArray().Where(one => !PdfLexer.IsSpace(one))];
            return Convert.FromHexString(System.Text.Encoding.Latin1.GetString(digits));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static byte[]? FromAscii85(ReadOnlySpan<byte> text)
    {
        using var content = new MemoryStream();
        uint group = 0;
        int count = 0;
        foreach (byte one in text)
        {
            if (one == '~') break;
            if (PdfLexer.IsSpace(one)) continue;
            if (one == 'z' && count == 0)
            {
                content.Write([0, 0, 0, 0]);
                continue;
            }

            if (one is < (byte)'!' or > (byte)'u') return null;
            group = unchecked((group * 85) + (uint)(one - '!'));
            if (++count < 5) continue;
            content.Write([(byte)(group >> 24), (byte)(group >> 16), (byte)(group >> 8), (byte)group]);
            (group, count) = (0, 0);
        }

        if (count > 1)
        {
            for (int i = count; i < 5; i++) group = unchecked((group * 85) + 84);
            for (int i = 0; i < count - 1; i++) content.WriteByte((byte)(group >> (24 - (8 * i))));
        }

        return content.ToArray();
    }
}
