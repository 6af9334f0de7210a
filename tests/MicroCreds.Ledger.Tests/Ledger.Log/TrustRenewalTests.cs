using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A trust file is renewed by heads that those signed whom it names.</summary>
public sealed class TrustRenewalTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();
    private readonly SimulatedCosigner _first = new("AuroraMSP");
    private readonly SimulatedCosigner _second = new("LindenMSP");
    private readonly SimulatedLog _log;

    public TrustRenewalTests()
    {
        _log = SimulatedLog.Of(_issuer);
        Join(_first);
    }

    private LogTrust Trust => new() { Ledger = SimulatedLog.Ledger, Members = [_first.Trusted] };

    public void Dispose()
    {
        _issuer.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Member_WhoJoined_IsTaken_AndNeededFromThenOn()
    {
        Join(_second);
        var renewed = TrustRenewal.Parse(Renewal(_first).ToBytes()).Renew(Trust);
        Assert.Equal(["AuroraMSP", "LindenMSP"], renewed.Members.Select(one => one.Name));
        Assert.Equal(_log.Leaves.Count, renewed.Size);
        Assert.Equal($"{_second.Key}", Assert.Single(renewed.Members[1].Keys).Key);
        LogTrust.Read(CanonicalJson.Serialize(renewed));

        // More than half of two are two.
        Assert.Contains("Of the members 1 signed", FaultOf(Renewal(_first), renewed), StringComparison.Ordinal);
        Assert.Equal(
            CanonicalJson.Serialize(renewed), CanonicalJson.Serialize(Renewal(_first, _second).Renew(renewed)));

        // A number that the file says stays.
        Assert.Equal(1, Renewal(_first).Renew(Trust with { MembersNeeded = 1 }).MembersNeeded);
    }

    [Fact]
    public void Key_ThatWasWithdrawn_CountsUntilThen_AndAStolenOneNotAtAll()
    {
        Join(_second);
        var both = Renewal(_first).Renew(Trust with { MembersNeeded = 1 });
        var registered = _second.Registered(SampleIssuer.IssuedAt);
        var withdrawn = SampleIssuer.IssuedAt.AddMinutes(30);
        _log.Record(LeafTypes.Key, new KeyLeaf(_second.Name, registered with { RevokedAt = withdrawn }));
        Assert.Equal(withdrawn, Renewal(_first).Renew(both).Members[1].Keys[0].Until);
        _log.Record(
            LeafTypes.Key, new KeyLeaf(_second.Name, registered with { CompromisedSince = SampleIssuer.IssuedAt }));
        Assert.Equal(["AuroraMSP"], Renewal(_first).Renew(both).Members.Select(one => one.Name));
    }

    [Fact]
    public void Renewal_ThatGoesBack_OrOthersSigned_OrIsOfAnotherHead_IsRefused()
    {
        var old = Renewal(_first);
        Join(_second);
        var renewed = Renewal(_first).Renew(Trust with { MembersNeeded = 1 });
        Assert.Contains("never goes back", FaultOf(old, renewed), StringComparison.Ordinal);
        Assert.Contains("Of the members 0 signed", FaultOf(Renewal(_second), Trust), StringComparison.Ordinal);

        // What stood before cannot be said of a head of later, so that nobody hides who left, or which key was stolen.
        var before = _log.Standing();
        _log.Record(LeafTypes.Member, new MemberLeaf(_second.Name, IsMember: false));
        var hiding = new TrustRenewal(before.Issuers.Prove(LogStanding.MembersKey), Signed(_first));
        Assert.Contains("not proven", FaultOf(hiding, renewed), StringComparison.Ordinal);
        Assert.Equal(["AuroraMSP"], Renewal(_first).Renew(renewed).Members.Select(one => one.Name));
        _log.Record(LeafTypes.Member, new MemberLeaf(_first.Name, IsMember: false));
        Assert.Contains("0 members have keys", FaultOf(Renewal(_first), renewed), StringComparison.Ordinal);
        var other = Trust with { Ledger = "credentials:other" };
        Assert.Contains("the trust file is for", FaultOf(Renewal(_first), other), StringComparison.Ordinal);
    }

    [Fact]
    public void Renewal_OfLongAgo_OrWhereTooFewOfAllMembersCanSign_IsRefused()
    {
        var renewal = Renewal(_first);
        Assert.NotNull(renewal.Renew(Trust, oldest: _log.Now.AddMinutes(-1)));
        string fault = Assert.Throws<FormatException>(() => renewal.Renew(Trust, _log.Now.AddMinutes(1))).Message;
        Assert.Contains("get a renewal anew", fault, StringComparison.Ordinal);

        // Who has no key of the log is a member all the same.
        _log.Record(LeafTypes.Member, new MemberLeaf("TejoMSP", IsMember: true));
        Assert.Contains(
            "1 members have keys that can sign, and 2 are needed", FaultOf(Renewal(_first), Trust),
            StringComparison.Ordinal);

        // More than half of all stays that, and becomes no number of its own.
        Join(_second);
        var three = Renewal(_first).Renew(Trust);
        Assert.Equal(((int?)null, (int?)3), (three.MembersNeeded, three.MembersInAll));
        _log.Record(LeafTypes.Member, new MemberLeaf("TejoMSP", IsMember: false));
        Assert.Null(Renewal(_first, _second).Renew(three).MembersInAll);
    }

    [Theory]
    [InlineData("")]
    [InlineData("trust-renewal/v1\nproof !\n\nhead\n")]
    [InlineData("trust-renewal/v2\nproof AAAA\n\nhead\n")]
    [InlineData("trust-renewal/v1\nproof AAAA\nmore\n\nhead\n")]
    public void File_ThatIsNone_IsRefused(string file) =>
        Assert.Throws<FormatException>(() => TrustRenewal.Parse(System.Text.Encoding.UTF8.GetBytes(file)));

    private void Join(SimulatedCosigner member)
    {
        _log.Record(LeafTypes.Member, new MemberLeaf(member.Name, IsMember: true));
        _log.Record(LeafTypes.Key, new KeyLeaf(member.Name, member.Registered(SampleIssuer.IssuedAt)));
    }

    private TrustRenewal Renewal(params SimulatedCosigner[] signers) =>
        new(_log.Standing().Issuers.Prove(LogStanding.MembersKey), Signed(signers));

    private SignedNote Signed(params SimulatedCosigner[] signers)
    {
        var head = _log.Head();
        return new SignedNote(head.ToText(), [.. signers.Select(one => one.Sign(head, _log.Now))]);
    }

    private static string FaultOf(TrustRenewal renewal, LogTrust trust) =>
        Assert.Throws<FormatException>(() => renewal.Renew(trust)).Message;
}
