using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Tests.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

/// <summary>Certificates under given authorities, as Go's crypto/x509 judges them.</summary>
public sealed class CertificateAnchorsTests : IDisposable
{
    private readonly TestAuthority _root = new("root");
    private readonly TestAuthority _below;

    public CertificateAnchorsTests() => _below = _root.IssueAuthority("below");

    public void Dispose()
    {
        _below.Dispose();
        _root.Dispose();
    }

    /// <summary>Whatever stands above an authority that is trusted, and is sent by who shows the certificate.</summary>
    [Fact]
    public void Intermediate_ThatIsTrusted_IsTheEndOfTheChain()
    {
        using var peer = _below.Issue("peer");
        X509Certificate2[] sent = [_below.Certificate, _root.Certificate];
        Assert.Null(FaultOf(peer, [_below.Certificate], sent));
        Assert.Null(FaultOf(peer, [_below.Certificate], []));
        Assert.Null(FaultOf(peer, [_root.Certificate], sent));
        Assert.NotNull(FaultOf(peer, [_root.Certificate], []));
        Assert.True(CertificateAnchors.IsIssuedUnder(peer, [_below.Certificate], [.. sent]));
    }

    [Fact]
    public void Impostor_OfTheSameName_IsNotTrustedWhateverItSends()
    {
        using var impostor = _root.IssueAuthority("below");
        using var foreign = new TestAuthority("root");
        using var alike = foreign.IssueAuthority("below");
        foreach (var (issuer, above) in new[] { (impostor, _root), (alike, foreign) })
        {
            using var peer = issuer.Issue("peer");
            Assert.NotNull(FaultOf(peer, [_below.Certificate], []));
            Assert.NotNull(FaultOf(peer, [_below.Certificate], [issuer.Certificate, above.Certificate]));
            Assert.NotNull(FaultOf(peer, [_below.Certificate], [_below.Certificate, above.Certificate]));
            Assert.False(CertificateAnchors.IsIssuedUnder(peer, [_below.Certificate], [above.Certificate]));
        }
    }

    [Theory]
    [InlineData(CertificateAnchors.ServerAuthentication, CertificateAnchors.ServerAuthentication, true)]
    [InlineData(CertificateAnchors.ClientAuthentication, CertificateAnchors.ServerAuthentication, false)]
    [InlineData(CertificateAnchors.ServerAuthentication, CertificateAnchors.ClientAuthentication, false)]
    [InlineData(CertificateAnchors.ClientAuthentication, null, true)]
    [InlineData(null, CertificateAnchors.ServerAuthentication, true)]
    public void Usage_MustBeAllowed(string? issuedFor, string? usedFor, bool isGood)
    {
        using var peer = _below.Issue("peer", usage: issuedFor);
        X509Certificate2[] sent = [_below.Certificate];
        Assert.Equal(isGood, CertificateAnchors.FindFault(peer, [_root.Certificate], usedFor, [.. sent]) is null);
        Assert.True(CertificateAnchors.IsIssuedUnder(peer, [_root.Certificate], [.. sent]));
    }

    [Fact]
    public void Time_CountsUnlessItIsLeftOut()
    {
        using var peer = _below.Issue("peer", validity: TimeSpan.FromHours(1));
        Assert.NotNull(CertificateAnchors.FindFault(peer, [_below.Certificate], usage: null));
        Assert.Null(CertificateAnchors.FindFault(peer, [_below.Certificate], usage: null, ignoresTime: true));
    }

    private static string? FaultOf(
        X509Certificate2 certificate, X509Certificate2[] anchors, X509Certificate2[] intermediates) =>
        CertificateAnchors.FindFault(certificate, [.. anchors], usage: null, [.. intermediates]);
}
