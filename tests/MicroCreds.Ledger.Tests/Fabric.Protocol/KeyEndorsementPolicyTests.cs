using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using Xunit;
using RoleType = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

public sealed class KeyEndorsementPolicyTests
{
    [Fact]
    public void Organizations_AreAddedTakenAwayAndListed()
    {
        var policy = KeyEndorsementPolicy.From(null)
            .Add(RoleType.Peer, "Org3MSP", "Org1MSP").Add(RoleType.Member, "Org2MSP");
        Assert.Equal(["Org1MSP", "Org2MSP", "Org3MSP"], policy.Organizations);
        var read = KeyEndorsementPolicy.From(policy.ToPolicy()).Remove("Org2MSP", "absent");
        Assert.Equal(["Org1MSP", "Org3MSP"], read.Organizations);
        Assert.Equal(
            SignaturePolicies.And(
                SignaturePolicies.SignedBy("Org1MSP", RoleType.Peer),
                SignaturePolicies.SignedBy("Org3MSP", RoleType.Peer)),
            read.ToPolicy());
    }

    /// <summary>The bytes that the chaincode library for Go writes of the same organisations.</summary>
    [Fact]
    public void Policy_OfTwo_AsksForBothInTheOrderOfTheirIds()
    {
        SignaturePolicyEnvelope policy = new KeyEndorsementPolicy().Add(RoleType.Peer, "B", "A").ToPolicy();
        Assert.Equal(
            ["A", "B"],
            policy.Identities.Select(identity => MSPRole.Parser.ParseFrom(identity.Principal).MspIdentifier));
        Assert.Equal(2, policy.Rule.NOutOf.N);
        Assert.Equal([0, 1], policy.Rule.NOutOf.Rules.Select(rule => rule.SignedBy));
    }

    [Fact]
    public void Policy_OfNobody_IsRefused()
    {
        var policy = new KeyEndorsementPolicy().Add(RoleType.Peer, "A").Remove("A");
        var refused = Assert.Throws<InvalidOperationException>(policy.ToPolicy);
        Assert.Contains("take the key's policy away", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Role_ThatEndorsesNothing_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new KeyEndorsementPolicy().Add(RoleType.Client, "A"));
}
