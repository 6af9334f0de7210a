using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>What the services of every peer share.</summary>
internal sealed record NetworkParts
{
    public required ChannelLedger Ledger { get; init; }

    public required MspRegistry Msps { get; init; }

    public required OrderingService Ordering { get; init; }

    /// <summary>All organisations' peers, in the consortium's order.</summary>
    public required IReadOnlyList<PeerIdentity> Peers { get; init; }

    public required IReadOnlyDictionary<string, ChaincodeDefinition> Chaincodes { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILoggerFactory Logging { get; init; }
}
