using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native.Membership;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Members' signatures on a newcomer's request: enough good ones pass, everything else is named.</summary>
public sealed class MembershipSignatureTests : IDisposable
{
    private const string Aurora = "AuroraMSP";
    private const string Linden = "LindenMSP";
    private const string Tejo = "TejoMSP";

    private readonly SampleChannel _channel = new();

    public void Dispose() => _channel.Dispose();

    [Fact]
    public void Majority_OfGoodSignatures_IsTaken()
    {
        Collect(Aurora, Linden, Tejo);
        Assert.Equal([Aurora, Linden, Tejo], Read().Select(signature => signature.MspId));
    }

    [Fact]
    public void Update_MadeByTwoMembers_HasTheSameBytes() => Assert.Equal(_channel.Update, _channel.Update);

    [Fact]
    public void Signatures_TooFew_AreRefusedWithWhoIsMissing()
    {
        Collect(Aurora, Linden);
        _channel.Collect(_channel.Sign(Linden), "linden-again");
        AssertRefused("2 of 4 members have signed, where the channel asks for 3: of MeridianMSP, TejoMSP there is");
    }

    [Fact]
    public void Signature_ChangedOnTheWay_IsRefused()
    {
        Collect(Aurora, Linden);
        var signature = _channel.Sign(Tejo);
        signature.Signature[^1] ^= 1;
        _channel.Collect(signature, Tejo);
        AssertRefused("TejoMSP.json: the signature is not that of");
    }

    [Fact]
    public void Signature_OfOneMemberUnderTheNameOfAnother_IsRefused()
    {
        Collect(Aurora, Linden);
        _channel.Collect(_channel.Sign(Linden) with { MspId = Tejo }, Tejo);
        AssertRefused("TejoMSP.json: it says TejoMSP, but LindenMSP signed it");
    }

    [Fact]
    public void Signature_OfTheNewcomerItself_IsRefused()
    {
        Collect(Aurora, Linden);
        _channel.Collect(_channel.Sign(SampleChannel.Newcomer), SampleChannel.Newcomer);
        AssertRefused("SkerryMSP is no member");
    }

    [Fact]
    public void Signature_OfAForeignAuthority_IsRefused()
    {
        Collect(Aurora, Linden);
        var files = _channel.FilesOf(Tejo);
        File.Copy(_channel.FilesOf(Linden).CertificateOf("Admin"), files.CertificateOf("Admin"), overwrite: true);
        File.Copy(_channel.FilesOf(Linden).KeyOf("Admin"), files.KeyOf("Admin"), overwrite: true);
        Collect(Tejo);
        AssertRefused("was not issued by TejoMSP's authority in the channel");
    }

    [Fact]
    public void Signature_OfSomebodyWhoIsNoAdmin_IsRefused()
    {
        Collect(Aurora, Linden);
        var files = _channel.FilesOf(Tejo);
        File.Copy(files.CertificateOf("User1"), files.CertificateOf("Admin"), overwrite: true);
        File.Copy(files.KeyOf("User1"), files.KeyOf("Admin"), overwrite: true);
        Collect(Tejo);
        AssertRefused("is no admin of TejoMSP");
    }

    [Fact]
    public void Signature_OfAnExpiredAdmin_IsRefused()
    {
        Collect(Aurora, Linden, Tejo);
        AssertRefused("expired on", _channel.Now.AddYears(11));
    }

    [Fact]
    public void Signature_OnAnotherRequest_IsRefused()
    {
        Collect(Aurora, Linden, Tejo);
        _channel.Definition.Values["AnchorPeers"].Version++;
        AssertRefused("it signs another change");
    }

    [Fact]
    public void File_ThatIsNoSignature_IsRefusedWithWhoMakesThem()
    {
        ExchangeFile.Write(Path.Combine(_channel.Signatures, "request.json"), _channel.Request);
        AssertRefused("is a MembershipRequest, where a MembershipSignature is needed");
    }

    [Fact]
    public void Admin_WithoutKey_CannotSign()
    {
        File.Delete(_channel.FilesOf(Aurora).KeyOf("Admin"));
        var exception = Assert.Throws<OperatorException>(() => _channel.Sign(Aurora));
        Assert.Contains("only the member itself has them", exception.Message, StringComparison.Ordinal);
    }

    private void Collect(params ReadOnlySpan<string> members)
    {
        foreach (string member in members)
        {
            _channel.Collect(_channel.Sign(member), member);
        }
    }

    private IReadOnlyList<MembershipSignature> Read(DateTimeOffset? now = null) =>
        SignatureSet.Read(_channel.Signatures, _channel.Update, _channel.Rules, now ?? _channel.Now);

    private void AssertRefused(string fault, DateTimeOffset? now = null)
    {
        var exception = Assert.Throws<OperatorException>(() => Read(now));
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }
}
