using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using MicroCreds.Ledger.Papers.Pictures;

namespace MicroCreds.Ledger.Papers;

/// <summary>
/// A PNG with a credential inside, as Open Badges 3.0 says: an <c>iTXt</c> chunk <c>openbadgecredential</c>, not
/// compressed, before the pixels. All members can be called from several threads.
/// </summary>
public static class BakedPng
{
    /// <summary>The most bytes of a PNG.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    /// <summary>The most bytes of what is inside.</summary>
    public const int MaxCredentialBytes = 1024 * 1024;

    /// <summary>The most things of a file that are given.</summary>
    internal const int MaxCredentials = 50;

    private const string Keyword = "openbadgecredential";
    private const string OlderKeyword = "openbadges";
    private const int SignatureLength = 8;
    private const int MaxChunks = 20_000;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Puts a credential into a PNG, in the place of an earlier one of whichever version.</summary>
    /// <param name="png">The picture.</param>
    /// <param name="credential">The credential's JSON, or a compact JWS.</param>
    /// <exception cref="PaperException">It is no whole PNG, or one is too large.</exception>
    public static byte[] Bake(byte[] png, string credential)
    {
        ArgumentNullException.ThrowIfNull(png);
        ArgumentNullException.ThrowIfNull(credential);
        byte[] text = Encoding.UTF8.GetBytes(credential);
        if (text.Length > MaxCredentialBytes)
            throw new PaperException($"What is baked has at most {MaxCredentialBytes} bytes.");
        using var baked = new MemoryStream(png.Length + text.Length + 64);
        baked.Write(png, 0, SignatureLength);
        bool isFirst = true;
        foreach (var chunk in Chunks(png))
        {
            if (IsText(chunk) && Word(chunk.Content, 0) is Keyword or OlderKeyword) continue;
            Write(baked, chunk.Type, chunk.Content.Span);
            // Keyword, its end, not compressed by method 0, no language, no translated keyword.
            if (isFirst) Write(baked, "iTXt", [.. Encoding.ASCII.GetBytes(Keyword), 0, 0, 0, 0, 0, .. text]);
            isFirst = false;
        }

        return baked.ToArray();
    }

    /// <summary>The credential inside of a PNG: its JSON, or a compact JWS; null where there is none.</summary>
    /// <exception cref="PaperException">It is no whole PNG, or one with too much in it.</exception>
    public static string? Unbake(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        return Texts(png, Keyword).FirstOrDefault();
    }

    /// <summary>
    /// All that is inside of a PNG in that way: a badge has one credential, but a file may have several, of which no
    /// reader may choose one in silence.
    /// </summary>
    /// <exception cref="PaperException">It is no whole PNG, or one with too much in it.</exception>
    public static IReadOnlyList<string> UnbakeAll(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        return [.. Texts(png, Keyword).Take(MaxCredentials)];
    }

    /// <summary>
    /// What a badge of an older version of Open Badges has inside: an assertion's JSON, a JWS or an address; null where
    /// there is none.
    /// </summary>
    /// <exception cref="PaperException">It is no whole PNG, or one with too much in it.</exception>
    public static string? UnbakeOlder(byte[] png)
    {
        ArgumentNullException.ThrowIfNull(png);
        return Texts(png, OlderKeyword).FirstOrDefault();
    }

    private static IEnumerable<string> Texts(byte[] png, string keyword) =>
        Chunks(png).Where(chunk => IsText(chunk) && Word(chunk.Content, 0) == keyword).Select(TextOf);

    private static bool IsText((string Type, ReadOnlyMemory<byte>) chunk) => chunk.Type is "iTXt" or "tEXt" or "zTXt";

    private static string TextOf((string Type, ReadOnlyMemory<byte> Content) chunk)
    {
        var rest = chunk.Content[(Word(chunk.Content, 0)!.Length + 1)..];
        if (chunk.Type == "tEXt") return Text(rest);
        if (rest.Length < 2) throw Damaged();
        if (chunk.Type == "zTXt") return Text(Inflate(rest[1..]));
        bool isCompressed = rest.Span[0] == 1;
        rest = rest[2..];
        for (int i = 0; i < 2; i++)
        {
            int end = rest.Span.IndexOf((byte)0);
            rest = end < 0 ? throw Damaged() : rest[(end + 1)..];
        }

        return Text(isCompressed ? Inflate(rest) : rest);
    }

    private static string Text(ReadOnlyMemory<byte> content)
    {
        if (content.Length > MaxCredentialBytes) throw TooMuch();
        try
        {
            return StrictUtf8.GetString(content.Span);
        }
        catch (DecoderFallbackException exception)
        {
            throw new PaperException("What is baked into a PNG is no text.", exception);
        }
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> packed)
    {
        byte[] content = new byte[MaxCredentialBytes + 1];
        try
        {
            using var unpacker = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            return content.AsMemory(0, unpacker.ReadAtLeast(content, content.Length, throwOnEndOfStream: false));
        }
        catch (InvalidDataException exception)
        {
            throw new PaperException("What is baked into a PNG cannot be unpacked.", exception);
        }
    }

    /// <summary>A chunk's word up to a zero byte, of at most 79 bytes; null where there is none.</summary>
    private static string? Word(ReadOnlyMemory<byte> content, int at)
    {
        int end = content.Span[at..Math.Min(content.Length, at + 80)].IndexOf((byte)0);
        return end < 0 ? null : Encoding.Latin1.GetString(content.Span.Slice(at, end));
    }

    /// <summary>All chunks up to the last, each with the right checksum.</summary>
    private static List<(string Type, ReadOnlyMemory<byte> Content)> Chunks(byte[] png)
    {
        if (png.Length > MaxBytes) throw TooMuch();
        if (!PictureFile.IsPng(png)) throw new PaperException("The file is no PNG.");
        var chunks = new List<(string, ReadOnlyMemory<byte>)>();
        for (int at = SignatureLength; ;)
        {
            if (png.Length - at < 12) throw Damaged();
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at));
            if (length > png.Length - at - 12) throw Damaged();
            string type = Encoding.Latin1.GetString(png, at + 4, 4);
            uint checksum = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + (int)length));
            if (Crc32.HashToUInt32(png.AsSpan(at + 4, (int)length + 4)) != checksum) throw Damaged();
            if (chunks.Count == 0 && type != "IHDR") throw Damaged();
            chunks.Add((type, png.AsMemory(at + 8, (int)length)));
            if (type == "IEND") return chunks;
            if (chunks.Count > MaxChunks) throw TooMuch();
            at += 12 + (int)length;
        }
    }

    private static void Write(MemoryStream file, string type, ReadOnlySpan<byte> content)
    {
        byte[] chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        Encoding.Latin1.GetBytes(type, chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(
            chunk.AsSpan(8 + content.Length), Crc32.HashToUInt32(chunk.AsSpan(4, content.Length + 4)));
        file.Write(chunk);
    }

    private static PaperException Damaged() => new("The PNG is damaged or not whole.");

    private static PaperException TooMuch() => new("The PNG has more in it than is read.");
}
