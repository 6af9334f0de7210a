using Google.Protobuf;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>One organisation's peer: its identity, its signing key and where it listens. Thread-safe.</summary>
internal sealed class PeerIdentity
{
    public required string MspId { get; init; }

    public required string Domain { get; init; }

    /// <summary>Where the peer listens, with the port that was bound: what error details give as the address.</summary>
    public string Endpoint { get; set; } = "";

    /// <summary>The peer's serialized identity.</summary>
    public required ByteString Serialized { get; init; }

    /// <summary>The organisation's directory below the state's organizations/peerOrganizations.</summary>
    public required string Directory { get; init; }

    public required Signer Signer { get; init; }

    /// <summary>Signs a message: SHA-256, ECDSA, DER, low S.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => Signer.Sign(message);
}
