using System.IO.Compression;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// How what is long and repeats itself lies in the store: templates, the rows of a batch that is not issued yet, and
/// documents that are kept whole.
/// </summary>
/// <param name="Bytes">The document's length in four bytes, least first, and then its Brotli form.</param>
public readonly record struct PackedDocument(byte[] Bytes)
{
    // Enough for the repetitions within one document: the next better takes half as long again and saves 3 %.
    private const int Quality = 0;
    private const int WindowBits = 16;
    private const int LengthBytes = sizeof(int);

    public static PackedDocument Of(ReadOnlySpan<byte> document)
    {
        byte[] packed = new byte[LengthBytes + BrotliEncoder.GetMaxCompressedLength(document.Length)];
        BitConverter.TryWriteBytes(packed, document.Length);
        if (!BrotliEncoder.TryCompress(document, packed.AsSpan(LengthBytes), out int written, Quality, WindowBits))
            throw new InvalidOperationException("A document did not fit into the longest form that it can have.");
        return new PackedDocument(packed[..(LengthBytes + written)]);
    }

    public byte[] Unpack()
    {
        byte[] document = new byte[BitConverter.ToInt32(Bytes)];
        return BrotliDecoder.TryDecompress(Bytes.AsSpan(LengthBytes), document, out int written)
            && written == document.Length
            ? document
            : throw new InvalidDataException("A document in the store is damaged.");
    }
}
