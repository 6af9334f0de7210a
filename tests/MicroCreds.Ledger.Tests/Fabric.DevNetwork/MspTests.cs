using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Xunit;
using Role = MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Identities and the policies that name them.</summary>
public sealed class MspTests
{
    private readonly TestOrganization _a = new("A");
    private readonly TestOrganization _b = new("B");
    private readonly MspRegistry _msps;

    public MspTests() => _msps = new MspRegistry([_a.Msp, _b.Msp]);

    [Theory]
    [InlineData("peer", Role.Peer)]
    [InlineData("client", Role.Client)]
    [InlineData("admin", Role.Admin)]
    [InlineData("orderer", Role.Orderer)]
    public void Identity_HasTheRoleOfItsUnit(string unit, Role role)
    {
        var identity = Resolve(_a.Issue("someone", unit));
        foreach (var each in Enum.GetValues<Role>())
        {
            bool expected = each == role || each == Role.Member;
            Assert.Equal(expected, PolicyEvaluator.Evaluate(SignaturePolicies.SignedBy("A", each), [identity]));
            Assert.False(PolicyEvaluator.Evaluate(SignaturePolicies.SignedBy("B", each), [identity]));
        }
    }

    [Fact]
    public void Identity_WithoutANodeUnit_IsRefused()
    {
        Assert.False(_msps.TryResolve(_a.Issue("x", "department1").Serialized, out _, out string? error));
        Assert.Contains("OUs: [department1]", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Identity_OfAnUnknownMspOrAuthority_IsRefused()
    {
        var stranger = new TestOrganization("Z");
        Assert.False(_msps.TryResolve(stranger.User.Serialized, out _, out string? error));
        Assert.Contains("MSP Z", error, StringComparison.Ordinal);
        var disguised = TestOrganization.As("A", stranger.User.Certificate);
        Assert.False(_msps.TryResolve(disguised.Serialized, out _, out error));
        Assert.Contains("unknown authority", error, StringComparison.Ordinal);
        Assert.False(_msps.TryResolve(TestOrganization.As("A", _b.User.Certificate).Serialized, out _, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("FFFF")]
    [InlineData("0A0141120A6E6F7420612063657274")]
    public void Identity_Garbage_IsRefused(string hex) =>
        Assert.False(_msps.TryResolve(ByteString.CopyFrom(Convert.FromHexString(hex)), out _, out _));

    [Fact]
    public void Identity_LongExpired_StillResolvesForOldBlocks()
    {
        var old = new TestOrganization("A", new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.True(new MspRegistry([old.Msp]).TryResolve(old.User.Serialized, out var identity, out _));
        Assert.True(identity.ExpiresAt < DateTimeOffset.UtcNow);
    }

    [Fact]
    public void Signature_OfAnotherMessageOrKey_DoesNotFit()
    {
        var identity = Resolve(_a.User);
        byte[] signature = _a.User.Signer.Sign("message"u8);
        Assert.True(identity.Verify("message"u8, signature));
        Assert.False(identity.Verify("massage"u8, signature));
        Assert.False(Resolve(_b.User).Verify("message"u8, signature));
        Assert.False(identity.Verify("message"u8, SignatureForms.ToHighS(signature)));
        Assert.False(identity.Verify("message"u8, []));
        Assert.False(identity.Verify("message"u8, new byte[72]));
    }

    [Fact]
    public void Signature_OfAnEd25519Key_IsOverTheWholeMessage()
    {
        var (serialized, key) = _a.IssueEd25519("someone", "client");

        Assert.True(_msps.TryResolve(serialized, out var identity, out string? error), error);
        Assert.True(identity.Verify("message"u8, Sign(key, "message"u8.ToArray())));
        Assert.False(identity.Verify("massage"u8, Sign(key, "message"u8.ToArray())));
        Assert.False(identity.Verify("message"u8, Sign(key, SHA256.HashData("message"u8))));
        Assert.False(identity.Verify("message"u8, []));
    }

    [Fact]
    public void Policy_EachIdentity_CountsOnce()
    {
        var both = SignaturePolicyText.Parse("AND('A.member', 'A.peer')");
        var peer = Resolve(_a.Peer);
        var user = Resolve(_a.User);
        Assert.False(PolicyEvaluator.Evaluate(both, [peer]));
        Assert.True(PolicyEvaluator.Evaluate(both, [user, peer]));

        // As in Fabric, identities are taken in their order and never given back.
        Assert.False(PolicyEvaluator.Evaluate(both, [peer, user]));
    }

    [Fact]
    public void Policy_Nested_IsEvaluated()
    {
        var policy = SignaturePolicyText.Parse("OR('B.admin', OutOf(2, 'A.peer', 'B.peer', 'A.admin'))");
        Assert.True(PolicyEvaluator.Evaluate(policy, [Resolve(_b.Admin)]));
        Assert.True(PolicyEvaluator.Evaluate(policy, [Resolve(_a.Peer), Resolve(_b.Peer)]));
        Assert.False(PolicyEvaluator.Evaluate(policy, [Resolve(_a.Peer), Resolve(_b.User)]));
        Assert.False(PolicyEvaluator.Evaluate(policy, []));
    }

    [Fact]
    public void Policy_Malformed_IsSatisfiedByNobody()
    {
        var identity = Resolve(_a.Peer);
        Assert.False(PolicyEvaluator.Evaluate(new SignaturePolicyEnvelope(), [identity]));
        var outOfRange = new SignaturePolicyEnvelope { Rule = new SignaturePolicy { SignedBy = 3 } };
        Assert.False(PolicyEvaluator.Evaluate(outOfRange, [identity]));
        outOfRange.Rule.SignedBy = -1;
        Assert.False(PolicyEvaluator.Evaluate(outOfRange, [identity]));
    }

    private static byte[] Sign(Ed25519PrivateKeyParameters key, byte[] message)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, key);
        signer.BlockUpdate(message, 0, message.Length);
        return signer.GenerateSignature();
    }

    private Identity Resolve(TestSigner signer)
    {
        Assert.True(_msps.TryResolve(signer.Serialized, out var identity, out string? error), error);
        return identity;
    }
}
