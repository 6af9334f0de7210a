using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Protocol;

/// <summary>Computes the hash by which an endorsement refers to its proposal.</summary>
/// <remarks>Source: Fabric's protoutil, <c>GetProposalHash1</c> and <c>GetProposalHash2</c>. Thread-safe.</remarks>
public static class ProposalHash
{
    /// <summary>
    /// Returns the SHA-256 (32 bytes) of the channel header, the signature header and the chaincode proposal payload
    /// without its transient data.
    /// </summary>
    /// <param name="header">The proposal's header.</param>
    /// <param name="payloadWithoutTransient">The serialized result of <see cref="WithoutTransient"/>.</param>
    public static byte[] Compute(Header header, ReadOnlySpan<byte> payloadWithoutTransient)
    {
        ArgumentNullException.ThrowIfNull(header);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(header.ChannelHeader.Span);
        hash.AppendData(header.SignatureHeader.Span);
        hash.AppendData(payloadWithoutTransient);
        return hash.GetHashAndReset();
    }

    /// <summary>Returns the payload as it may be put on the ledger: transient data never is.</summary>
    public static ByteString WithoutTransient(ChaincodeProposalPayload payload)
    {
        ArgumentNullException.ThrowIfNull(payload);
        return new ChaincodeProposalPayload { Input = payload.Input }.ToByteString();
    }
}
