using System.Buffers.Text;
using System.IO.Compression;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>
/// The bits of a status list: the leftmost bit of the first byte is index 0. Packed with GZIP and written in base64url
/// behind the letter u, as Bitstring Status List 1.0 has it. Immutable.
/// </summary>
public sealed class Bitstring
{
    /// <summary>
    /// The fewest entries that the standard allows: fewer would tell a list's owner who is asked about.
    /// </summary>
    public const int MinLength = 131_072;

    /// <summary>The most entries that are read, 16 times a list of ours: 2 MiB unpacked.</summary>
    public const int MaxLength = 1 << 24;

    private const char Prefix = 'u';
    private const int ChunkBytes = 64 * 1024;

    private readonly byte[] _bytes;

    private Bitstring(byte[] bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The number of entries.</summary>
    public int Length => _bytes.Length * 8;

    /// <summary>Whether an entry is set.</summary>
    /// <exception cref="StatusListException">The list has no such entry, which is no good news.</exception>
    public bool this[int index] => index >= 0 && index < Length
        ? (_bytes[index >> 3] & (0x80 >> (index & 7))) != 0
        : throw new StatusListException(
            StatusListFault.TooShort, $"The list has {Length} entries, and none of the index {index}.");

    /// <summary>Makes a list.</summary>
    /// <param name="length">The number of entries, a multiple of 8.</param>
    /// <param name="indexes">Those that are set.</param>
    public static Bitstring Of(int length, IEnumerable<int> indexes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, MinLength);
        ArgumentNullException.ThrowIfNull(indexes);
        byte[] bytes = new byte[length / 8];
        foreach (int index in indexes) bytes[index >> 3] |= (byte)(0x80 >> (index & 7));
        return new Bitstring(bytes);
    }

    /// <summary>Makes a list of one whose bits are known, and of further ones.</summary>
    /// <param name="bits">A bit for each entry, the first in the highest; the list keeps it.</param>
    /// <param name="indexes">What is set beside.</param>
    public static Bitstring Of(byte[] bits, IEnumerable<int> indexes)
    {
        ArgumentNullException.ThrowIfNull(bits);
        ArgumentNullException.ThrowIfNull(indexes);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits.Length * 8, MinLength);
        foreach (int index in indexes) bits[index >> 3] |= (byte)(0x80 >> (index & 7));
        return new Bitstring(bits);
    }

    /// <summary>Packs the list.</summary>
    public string Encode()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(_bytes);
        return Prefix + Base64Url.EncodeToString(packed.GetBuffer().AsSpan(0, (int)packed.Length));
    }

    /// <summary>
    /// Unpacks a list. The size is watched while unpacking: 10 KB can unpack to 10 GB, and never get that far here.
    /// </summary>
    /// <exception cref="StatusListException">It is none, or too short, or too long.</exception>
    public static Bitstring Decode(string encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        if (encoded.Length == 0 || encoded[0] != Prefix)
            throw Malformed("The encoded list must begin with u, for base64url.");

        // Nothing compresses random bits: packed, a list is hardly ever longer than unpacked.
        if (encoded.Length > MaxLength / 8 * 2)
            throw TooLong();
        byte[] packed;
        try
        {
            if (encoded.Contains('=', StringComparison.Ordinal)) throw Malformed("The base64url must not be padded.");
            packed = Base64Url.DecodeFromChars(encoded.AsSpan(1));
        }
        catch (FormatException e)
        {
            throw new StatusListException(StatusListFault.Malformed, "The encoded list is not base64url.", e);
        }

        byte[] bytes = Unpack(packed);
        return bytes.Length * 8 >= MinLength
            ? new Bitstring(bytes)
            : throw new StatusListException(
                StatusListFault.TooShort,
                $"The list has {bytes.Length * 8} entries; the standard asks for {MinLength} at least.");
    }

    private static byte[] Unpack(byte[] packed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            byte[] chunk = new byte[ChunkBytes];
            for (int count; (count = gzip.Read(chunk)) > 0;)
            {
                if (bytes.Length + count > MaxLength / 8) throw TooLong();
                bytes.Write(chunk, 0, count);
            }

            return bytes.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new StatusListException(StatusListFault.Malformed, "The encoded list is not GZIP.", e);
        }
    }

    private static StatusListException Malformed(string message) => new(StatusListFault.Malformed, message);

    private static StatusListException TooLong() => new(
        StatusListFault.TooLong, $"The list has more than {MaxLength} entries: it is not unpacked any further.");
}
