using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Computes the two hashes that chain blocks together.</summary>
/// <remarks>Source: Fabric's protoutil, <c>BlockHeaderHash</c> and <c>ComputeBlockDataHash</c>. Thread-safe.</remarks>
public static class BlockHash
{
    /// <summary>
    /// Returns the SHA-256 (32 bytes) of a block's header in DER: the next block carries it as its previous hash.
    /// </summary>
    public static byte[] OfHeader(BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        return SHA256.HashData(HeaderBytes(header));
    }

    /// <summary>Returns the header as the DER sequence (number, previous hash, data hash) that orderers sign.</summary>
    public static byte[] HeaderBytes(BlockHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(new BigInteger(header.Number));
            writer.WriteOctetString(header.PreviousHash.Span);
            writer.WriteOctetString(header.DataHash.Span);
        }

        return writer.Encode();
    }

    /// <summary>Returns the SHA-256 (32 bytes) of a block's envelopes, one after the other.</summary>
    public static byte[] OfData(IEnumerable<ByteString> envelopes)
    {
        ArgumentNullException.ThrowIfNull(envelopes);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var envelope in envelopes)
        {
            hash.AppendData(envelope.Span);
        }

        return hash.GetHashAndReset();
    }
}
