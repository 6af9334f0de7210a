namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Describes a private data collection of a chaincode: what Fabric's own collection files have, with their defaults,
/// but for an endorsement policy that refers to the channel's configuration (<c>channelConfigPolicy</c>).
/// </summary>
public sealed record CollectionSettings
{
    /// <summary>The collection's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its members, for instance <c>OR('AMSP.member', 'BMSP.member')</c>: their peers keep values.</summary>
    public required string Policy { get; init; }

    /// <summary>To how many further members' peers an endorser must give the values. Default is 0.</summary>
    public int RequiredPeerCount { get; init; }

    /// <summary>
    /// To how many further members' peers an endorser gives the values. Default is 1. On the embedded network all of
    /// them have the values once the transaction is committed.
    /// </summary>
    public int MaxPeerCount { get; init; } = 1;

    /// <summary>After how many further blocks a value is forgotten, up to 2^63 - 1. Default is 0: never.</summary>
    public long BlockToLive { get; init; }

    /// <summary>Whether only members' clients may read. Default is false: whoever reaches a member's peer.</summary>
    public bool MemberOnlyRead { get; init; }

    /// <summary>Whether only members' clients may write. Default is false.</summary>
    public bool MemberOnlyWrite { get; init; }

    /// <summary>Who must endorse changes of the collection. Default is null: as the chaincode says.</summary>
    public CollectionEndorsementPolicy? EndorsementPolicy { get; init; }
}

/// <summary>Says who must endorse changes of a private data collection.</summary>
public sealed record CollectionEndorsementPolicy
{
    /// <summary>The policy, for instance <c>OR('AMSP.peer', 'BMSP.peer')</c>.</summary>
    public required string SignaturePolicy { get; init; }
}
