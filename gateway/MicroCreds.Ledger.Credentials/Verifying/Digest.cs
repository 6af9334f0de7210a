using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>The SHA-256 of three texts: no other three give the same one, since it is of their lengths, too.</summary>
internal readonly record struct Digest(UInt128 High, UInt128 Low)
{
    public static Digest Of(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other, ReadOnlySpan<byte> third)
    {
        const int Lengths = 2 * sizeof(int);
        int length = Lengths + one.Length + other.Length + third.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        var bytes = buffer.AsSpan(0, length);
        BinaryPrimitives.WriteInt32BigEndian(bytes, one.Length);
        BinaryPrimitives.WriteInt32BigEndian(bytes[sizeof(int)..], other.Length);
        one.CopyTo(bytes[Lengths..]);
        other.CopyTo(bytes[(Lengths + one.Length)..]);
        third.CopyTo(bytes[(Lengths + one.Length + other.Length)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        ArrayPool<byte>.Shared.Return(buffer);
        return new Digest(
            BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}
