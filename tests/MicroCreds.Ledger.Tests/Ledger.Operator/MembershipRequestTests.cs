using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native.Membership;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A newcomer's request, before anybody signs it.</summary>
public sealed class MembershipRequestTests : IDisposable
{
    private readonly SampleChannel _channel = new();

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void Request_AsItWasMade_NamesItsAuthoritiesToBeCompared()
    {
        string[] lines = [.. _channel.ReadAgain(_channel.Request).Describe()];
        Assert.Contains("SkerryMSP, Skerry Technical University", lines[0], StringComparison.Ordinal);
        Assert.Matches("its authority for identities: .*ca.skerry.example.*SHA-256 [0-9A-F]{64}", lines[1]);
        Assert.Matches("its authority for TLS: .*tlsca.skerry.example.*SHA-256 [0-9A-F]{64}", lines[2]);
    }

    [Fact]
    public void Definition_OfAnother_IsRefused() => AssertRefused(
        _channel.Request with { Organization = _channel.Request.Organization with { MspId = "AuroraMSP" } },
        "its definition is that of SkerryMSP, not of AuroraMSP");

    [Fact]
    public void Definition_ThatIsNone_IsRefused() =>
        AssertRefused(_channel.Request with { Definition = [1, 2, 3] }, "is no part of a channel's configuration");

    [Fact]
    public void Policy_ThatAnotherMeets_IsRefused()
    {
        _channel.Definition.Policies["Admins"].Policy.Value = SignaturePolicies.SignedBy(
            "AuroraMSP", MSPRole.Types.MSPRoleType.Admin).ToByteString();
        AssertRefused("its policy Admins asks for others than SkerryMSP itself");
    }

    [Fact]
    public void Policy_Missing_IsRefused()
    {
        _channel.Definition.Policies.Remove("Endorsement");
        AssertRefused("its definition has no policy Endorsement");
    }

    [Fact]
    public void AnchorPeer_Missing_IsRefused()
    {
        _channel.Definition.Values.Remove("AnchorPeers");
        AssertRefused("it names no anchor peer");
    }

    [Fact]
    public void Value_ThatIsNoNewcomers_IsRefused()
    {
        _channel.Definition.Values["Capabilities"] = new ConfigValue { ModPolicy = "Admins" };
        AssertRefused("its definition has a value Capabilities");
    }

    [Fact]
    public void PrivateKey_Included_IsRefused()
    {
        SpoilMsp(msp => msp.SigningIdentity = new SigningIdentityInfo
        {
            PrivateSigner = new KeyInfo { KeyMaterial = ByteString.CopyFromUtf8("-----BEGIN PRIVATE KEY-----") },
        });
        AssertRefused("it holds a private key");
    }

    [Fact]
    public void NodeUnits_SwitchedOff_AreRefused()
    {
        SpoilMsp(msp => msp.FabricNodeOus.Enable = false);
        AssertRefused("does not switch node OUs on");
    }

    [Fact]
    public void Authority_ThatIsNoCertificate_IsRefused()
    {
        SpoilMsp(msp => msp.RootCerts[0] = ByteString.CopyFromUtf8("hello"));
        AssertRefused("one of its authorities is no certificate in PEM");
    }

    private void SpoilMsp(Action<FabricMSPConfig> spoil)
    {
        var msp = MembershipRequest.ReadMsp(_channel.Definition);
        spoil(msp);
        _channel.Definition.Values["MSP"].Value = new MSPConfig { Config = msp.ToByteString() }.ToByteString();
    }

    private void AssertRefused(string fault) => AssertRefused(_channel.Request, fault);

    private void AssertRefused(MembershipRequest request, string fault)
    {
        var exception = Assert.Throws<OperatorException>(() => _channel.ReadAgain(request));
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
        Assert.Contains("Ask the newcomer", exception.Message, StringComparison.Ordinal);
    }
}
