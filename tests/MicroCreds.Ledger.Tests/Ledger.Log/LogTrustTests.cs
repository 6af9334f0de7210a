using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A trust file of the keys that the leaves of a log tell of.</summary>
public sealed class LogTrustTests : IDisposable
{
    private const string MspId = "AuroraMSP";

    private readonly SampleIssuer _issuer = new();
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly SimulatedLog _log;
    private SigningKey _registered;

    public LogTrustTests()
    {
        _log = SimulatedLog.Of(_issuer);
        _log.Record(LeafTypes.Member, new MemberLeaf(MspId, IsMember: true));
        _registered = new SigningKey
        {
            Id = "log-1",
            PublicKeyMultibase = _key.PublicKeyMultibase,
            ValidFrom = SampleIssuer.IssuedAt,
        };
        _log.Record(LeafTypes.Key, new KeyLeaf(MspId, _registered));
    }

    public void Dispose()
    {
        _issuer.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Leaves_TellWhoseKeysSign_FromWhenAndUntilWhen()
    {
        var member = Assert.Single(Members());
        Assert.Equal((MspId, SampleIssuer.IssuedAt, null), (member.Name, member.Keys[0].From, member.Keys[0].Until));
        Assert.Empty(Trust(member).FaultsBy(Members()));

        Change(_registered with { RevokedAt = _log.Now });
        Assert.Equal(_registered.RevokedAt, Assert.Single(Members()).Keys[0].Until);
        Says("further notice by the file", member);
        Assert.Empty(Trust(Members()[0]).FaultsBy(Members()));

        Change(_registered with { CompromisedSince = SampleIssuer.IssuedAt });
        Assert.Empty(Assert.Single(Members()).Keys);
        Says("was stolen", member);

        _log.Record(LeafTypes.Member, new MemberLeaf(MspId, IsMember: false));
        Assert.Empty(Members());
        Says("is no member", member);
    }

    [Fact]
    public void File_ThatTakesLess_HasNoFault_AndOneThatTakesMoreHas()
    {
        var member = Assert.Single(Members());
        var key = member.Keys[0];
        Assert.Empty(Trust(With(key with { Until = SampleIssuer.IssuedAt.AddDays(1) })).FaultsBy(Members()));
        Assert.Single(Trust(With(key with { From = null })).FaultsBy(Members()));
        Assert.Single(Trust(With(key with { From = SampleIssuer.IssuedAt.AddDays(-1) })).FaultsBy(Members()));
        using var other = new SimulatedCosigner(MspId);
        Assert.Single(Trust(other.Trusted).FaultsBy(Members()));

        TrustedCosigner With(CosignerKey one) => member with { Keys = [one] };
    }

    [Fact]
    public void IssuersKey_OrOneOfAnotherKind_SignsNoHeads()
    {
        Assert.Null(MemberCosigner.KeyOf(SimulatedLog.Ledger, MspId, _registered with { Id = "key-1" }));
        Assert.Null(MemberCosigner.KeyOf(
            SimulatedLog.Ledger, MspId,
            _registered with { PublicKeyMultibase = _issuer.Key.PublicKeyMultibase }));
    }

    private void Says(string text, TrustedCosigner member) => Assert.Contains(
        text, Assert.Single(Trust(member).FaultsBy(Members())), StringComparison.Ordinal);

    private static LogTrust Trust(TrustedCosigner member) =>
        new() { Ledger = SimulatedLog.Ledger, Members = [member] };

    private void Change(SigningKey key)
    {
        _registered = key;
        _log.Record(LeafTypes.Key, new KeyLeaf(MspId, key));
    }

    private IReadOnlyList<TrustedCosigner> Members()
    {
        var audit = new LogAudit();
        foreach (var leaf in _log.Leaves) Assert.Null(audit.Read(leaf.ToBytes()));
        return audit.Members;
    }
}
