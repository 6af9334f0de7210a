using System.IO.Compression;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>
/// The statuses of a token status list (IETF Token Status List): a number for each index, packed from the lowest bits
/// of each byte on and written with ZLIB. Immutable.
/// </summary>
public sealed class TokenStatuses
{
    /// <summary>Stands.</summary>
    public const int Valid = 0;

    /// <summary>Withdrawn for good.</summary>
    public const int Invalid = 1;

    /// <summary>Not to be relied on for now.</summary>
    public const int Suspended = 2;

    /// <summary>The bits that a status takes in our lists.</summary>
    public const int OwnBits = 2;

    /// <summary>The most bytes that are unpacked: 16 times a list of ours.</summary>
    public const int MaxBytes = Bitstring.MaxLength / 8 * OwnBits;

    private const int ChunkBytes = 64 * 1024;

    private readonly byte[] _bytes;

    private TokenStatuses(byte[] bytes, int bits) => (_bytes, Bits) = (bytes, bits);

    /// <summary>The bits that a status takes: 1, 2, 4 or 8.</summary>
    public int Bits { get; }

    /// <summary>The number of statuses.</summary>
    public int Length => _bytes.Length * (8 / Bits);

    /// <summary>The status at an index.</summary>
    /// <exception cref="StatusListException">The list has no such index, which is no good news.</exception>
    public int this[int index]
    {
        get
        {
            if (index < 0 || index >= Length)
            {
                throw new StatusListException(
                    StatusListFault.TooShort, $"The list has {Length} entries, and none of the index {index}.");
            }

            int perByte = 8 / Bits;
            return (_bytes[index / perByte] >> (index % perByte * Bits)) & ((1 << Bits) - 1);
        }
    }

    /// <summary>Joins the two lists of the W3C's form; who is in both is withdrawn.</summary>
    /// <param name="revoked">Those that are withdrawn.</param>
    /// <param name="suspended">Those that are suspended, as many.</param>
    public static TokenStatuses Of(Bitstring revoked, Bitstring suspended)
    {
        ArgumentNullException.ThrowIfNull(revoked);
        ArgumentNullException.ThrowIfNull(suspended);
        ArgumentOutOfRangeException.ThrowIfNotEqual(suspended.Length, revoked.Length);
        byte[] bytes = new byte[revoked.Length / 8 * OwnBits];
        for (int i = 0; i < revoked.Bytes.Length; i++)
        {
            int first = revoked.Bytes[i];
            int second = suspended.Bytes[i] & ~first;

            // Nearly all are nothing.
            if ((first | second) == 0) continue;
            int packed = 0;
            for (int place = 0; place < 8; place++)
            {
                int status = ((first >> (7 - place)) & 1) * Invalid + ((second >> (7 - place)) & 1) * Suspended;
                packed |= status << (place * OwnBits);
            }

            (bytes[i * OwnBits], bytes[(i * OwnBits) + 1]) = ((byte)packed, (byte)(packed >> 8));
        }

        return new TokenStatuses(bytes, OwnBits);
    }

    /// <summary>Packs the list.</summary>
    public byte[] Encode()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(_bytes);
        return packed.ToArray();
    }

    /// <summary>Unpacks a list. The size is watched while unpacking.</summary>
    /// <param name="packed">The list.</param>
    /// <param name="bits">The bits that a status takes.</param>
    /// <exception cref="StatusListException">It is none, or too long.</exception>
    public static TokenStatuses Decode(byte[] packed, int bits)
    {
        ArgumentNullException.ThrowIfNull(packed);
        if (bits is not (1 or 2 or 4 or 8))
            throw new StatusListException(StatusListFault.Malformed, "A status takes 1, 2, 4 or 8 bits.");
        try
        {
            using var zlib = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            byte[] chunk = new byte[ChunkBytes];
            for (int count; (count = zlib.Read(chunk)) > 0;)
            {
                if (bytes.Length + count > MaxBytes)
                {
                    throw new StatusListException(
                        StatusListFault.TooLong, $"The list has more than {MaxBytes} bytes: no more are unpacked.");
                }

                bytes.Write(chunk, 0, count);
            }

            return new TokenStatuses(bytes.ToArray(), bits);
        }
        catch (InvalidDataException e)
        {
            throw new StatusListException(StatusListFault.Malformed, "The list is not ZLIB.", e);
        }
    }
}
