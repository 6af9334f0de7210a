using System.Buffers.Binary;
using System.IO.Compression;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Reads a gzip file to its end, as whoever unpacks a tar archive does not: that stops at the archive's own end, before
/// the checksum, and takes a file that was cut off for a whole one.
/// </summary>
internal static class WholeGzip
{
    /// <summary>RFC 1952: the last four bytes are how many bytes were packed, modulo 2^32.</summary>
    private const int SizeBytes = 4;

    private const int BufferBytes = 128 * 1024;

    /// <exception cref="InvalidDataException">It is cut off, or damaged, or something follows it.</exception>
    public static async Task RequireAsync(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        byte[] size = new byte[SizeBytes];
        if (stream.Length < SizeBytes)
        {
            throw new InvalidDataException("It is no gzip file.");
        }

        stream.Position = stream.Length - SizeBytes;
        await stream.ReadExactlyAsync(size, cancellation);
        stream.Position = 0;
        uint read = 0;
        byte[] buffer = new byte[BufferBytes];
        await using var gzip = new GZipStream(stream, CompressionMode.Decompress);
        try
        {
            while (await gzip.ReadAsync(buffer, cancellation) is > 0 and int count)
            {
                read = unchecked(read + (uint)count);
            }
        }
        catch (InvalidDataException exception)
        {
            // What the library says of a wrong checksum is about something else.
            throw new InvalidDataException("What is packed in it is damaged (checksum of gzip).", exception);
        }

        if (read != BinaryPrimitives.ReadUInt32LittleEndian(size))
        {
            throw new InvalidDataException("It is cut off, or something follows its end (length of gzip).");
        }
    }
}
