namespace MicroCreds.Fabric.DevNetwork.Endorser;

/// <summary>A proposal whose bytes cannot be read; the message is worded as the peer's.</summary>
/// <param name="part">The message type that is garbage.</param>
internal sealed class ProposalException(string part)
    : Exception($"error unmarshalling {part}: {InvalidWireFormat}")
{
    /// <summary>What Fabric says of bytes that are not the message they should be.</summary>
    public const string InvalidWireFormat = "proto: cannot parse invalid wire-format data";

    /// <summary>The message type that is garbage.</summary>
    public string Part { get; } = part;
}
