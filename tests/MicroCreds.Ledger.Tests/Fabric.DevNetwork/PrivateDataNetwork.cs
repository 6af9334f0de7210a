using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>
/// The sample consortium with private data collections and a chaincode that uses them as it is told.
/// </summary>
public sealed class PrivateDataNetwork : OwnChaincodeNetwork
{
    /// <summary>Of Aurora and Tejo, for members alone.</summary>
    public const string Shared = "shared";

    /// <summary>Of Aurora, whose members alone may read; whoever asks Aurora's peer may write.</summary>
    public const string Auroras = "auroras";

    /// <summary>Of Tejo, open to whoever reaches its peer.</summary>
    public const string Tejos = "tejos";

    /// <summary>Of Aurora and Linden, each value for two further blocks.</summary>
    public const string Brief = "brief";

    /// <summary>Of Aurora, whose endorsers must give values to a further peer of its own: there is none.</summary>
    public const string Lonely = "lonely";

    protected override CollectionSettings[] Collections =>
    [
        new()
        {
            Name = Shared, Policy = "OR('AuroraMSP.member', 'TejoMSP.member')", RequiredPeerCount = 1,
            MaxPeerCount = 1, MemberOnlyRead = true, MemberOnlyWrite = true,
        },
        new()
        {
            Name = Auroras, Policy = "OR('AuroraMSP.member')", MaxPeerCount = 1, MemberOnlyRead = true,
            EndorsementPolicy = new() { SignaturePolicy = "OR('AuroraMSP.member')" },
        },
        new()
        {
            Name = Tejos, Policy = "OR('TejoMSP.member')", MaxPeerCount = 1,
            EndorsementPolicy = new() { SignaturePolicy = "OR('TejoMSP.member')" },
        },
        new()
        {
            Name = Brief, Policy = "OR('AuroraMSP.member', 'LindenMSP.member')", MaxPeerCount = 3, BlockToLive = 2,
        },
        new() { Name = Lonely, Policy = "OR('AuroraMSP.member')", RequiredPeerCount = 1 },
    ];

    internal static string Implicit(string mspId) => $"_implicit_org_{mspId}";

    protected override IChaincode NewChaincode() => new PrivateDataChaincode();
}
