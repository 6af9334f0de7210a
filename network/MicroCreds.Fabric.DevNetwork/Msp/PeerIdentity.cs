using Google.Protobuf;

namespace MicroCreds.Fabric.DevNetwork.Msp;

/// <summary>A peer of an organisation: its identity, its signing key and where it listens. Thread-safe.</summary>
internal sealed class PeerIdentity
{
    /// <summary>Its host name within the domain. Default is peer0.</summary>
    public string Host { get; init; } = "peer0";

    /// <summary>Its full name, for instance peer0.aurora.example.</summary>
    public string Name => $"{Host}.{Domain}";

    /// <summary>What is cancelled once it stops; when it starts again, another one. Default is one that never is.
    /// </summary>
    public CancellationToken Stopping { get; set; }

    /// <summary>Whether it has not been stopped.</summary>
    public bool IsRunning => !Stopping.IsCancellationRequested;

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
