using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Role = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>A private data collection of a chaincode: who keeps its values and who may use and change them.</summary>
/// <remarks>Source: Fabric's core/common/privdata, and core/chaincode/lifecycle for the implicit ones.</remarks>
internal sealed record CollectionDefinition
{
    /// <summary>What the names of the collections begin with that each organisation has unasked.</summary>
    public const string ImplicitPrefix = "_implicit_org_";

    public required string Name { get; init; }

    /// <summary>Its members: one principal or more, of which one suffices.</summary>
    public required SignaturePolicyEnvelope MemberPolicy { get; init; }

    /// <summary>Who must endorse its changes; null for the chaincode's own policy.</summary>
    public SignaturePolicyEnvelope? EndorsementPolicy { get; init; }

    /// <summary>To how many further peers an endorser must give the values before it endorses.</summary>
    public int RequiredPeerCount { get; init; }

    public int MaximumPeerCount { get; init; }

    /// <summary>After how many further blocks a value goes; 0 for never.</summary>
    public ulong BlockToLive { get; init; }

    public bool MemberOnlyRead { get; init; }

    public bool MemberOnlyWrite { get; init; }

    /// <summary>Whether every organisation has one like it without a definition.</summary>
    public bool IsImplicit => Name.StartsWith(ImplicitPrefix, StringComparison.Ordinal);

    /// <summary>The organisations whose peers keep the values.</summary>
    public IReadOnlyList<string> Members { get; private init; } = [];

    /// <summary>Makes a collection of a chaincode's definition.</summary>
    public static CollectionDefinition Define(CollectionSettings settings)
    {
        var policy = SignaturePolicyText.Parse(settings.Policy);
        return new CollectionDefinition
        {
            Name = settings.Name,
            MemberPolicy = policy,
            EndorsementPolicy = settings.EndorsementPolicy is { } text
                ? SignaturePolicyText.Parse(text.SignaturePolicy) : null,
            RequiredPeerCount = settings.RequiredPeerCount,
            MaximumPeerCount = settings.MaxPeerCount,
            BlockToLive = (ulong)settings.BlockToLive,
            MemberOnlyRead = settings.MemberOnlyRead,
            MemberOnlyWrite = settings.MemberOnlyWrite,
            Members = [.. policy.Identities.Select(KeeperIn).OfType<string>().Distinct()],
        };
    }

    /// <summary>Makes the collection that an organisation has of every chaincode.</summary>
    public static CollectionDefinition Implicit(string mspId) => new()
    {
        Name = ImplicitPrefix + mspId,
        MemberPolicy = SignaturePolicies.SignedBy(mspId, Role.Member),
        EndorsementPolicy = SignaturePolicies.SignedBy(mspId, Role.Peer),
        Members = [mspId],
    };

    /// <summary>Tells whether an identity is a member.</summary>
    public bool Admits(Identity identity) => PolicyEvaluator.Evaluate(MemberPolicy, [identity]);

    /// <summary>Returns the collection as a chaincode's definition names it.</summary>
    public CollectionConfig ToConfig() => new()
    {
        StaticCollectionConfig = new StaticCollectionConfig
        {
            Name = Name,
            MemberOrgsPolicy = new CollectionPolicyConfig { SignaturePolicy = MemberPolicy },
            RequiredPeerCount = RequiredPeerCount,
            MaximumPeerCount = MaximumPeerCount,
            BlockToLive = BlockToLive,
            MemberOnlyRead = MemberOnlyRead,
            MemberOnlyWrite = MemberOnlyWrite,
            EndorsementPolicy = EndorsementPolicy is null
                ? null : new ApplicationPolicy { SignaturePolicy = EndorsementPolicy },
        },
    };

    private static string? KeeperIn(MSPPrincipal principal)
    {
        var role = MSPRole.Parser.ParseFrom(principal.Principal);
        return role.Role is Role.Member or Role.Peer ? role.MspIdentifier : null;
    }
}
