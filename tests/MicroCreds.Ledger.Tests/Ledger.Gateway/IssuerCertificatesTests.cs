using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Signing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>The certificates of an issuer's key: what tokens bring along, and what is refused with its mend.</summary>
public sealed class IssuerCertificatesTests : IAsyncLifetime
{
    private const string Did = "did:web:aurora.example";

    private readonly string _directory = Directory.CreateTempSubdirectory().FullName;
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate();
    private readonly IssuerChain _chain = new();
    private KeyPlaces? _places;
    private IssuerKeys? _keys;

    private string CertificateFile => Path.Combine(_directory, "issuer.pem");

    private GatewayServiceOptions Options => new()
    {
        MspId = "AuroraMSP",
        PeerEndpoint = "127.0.0.1:7051",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = _directory,
        IssuerKeyFile = Path.Combine(_directory, "key.pem"),
        IssuerCert = CertificateFile,
    };

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Options.IssuerKeyFile!, _key.ToPem());
        _places = await KeyPlaces.OpenAsync(Options);
        _keys = await IssuerKeys.OpenAsync(Options, _places);
    }

    public async ValueTask DisposeAsync()
    {
        _keys?.Dispose();
        if (_places is not null) await _places.DisposeAsync();
        _chain.Dispose();
        _key.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Of_AnEd25519Key_BringsItsChainAsWell()
    {
        using var chain = new IssuerChain(KeyAlgorithm.Ed25519);
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        await File.WriteAllTextAsync(
            Options.IssuerKeyFile!, key.ToPem(), TestContext.Current.CancellationToken);
        using var keys = await IssuerKeys.OpenAsync(Options, _places!);
        using var certificate = chain.Certify(key, "aurora.example");
        await File.WriteAllTextAsync(
            CertificateFile, certificate.ExportCertificatePem() + "\n" + chain.Root.ExportCertificatePem(),
            TestContext.Current.CancellationToken);
        var named = IssuerCertificates.Open(Options, keys, _time).Of(key, Did, "key-1");
        Assert.Equal(Convert.ToBase64String(certificate.RawData), Assert.Single(named.Certificates));
    }

    [Theory]
    [InlineData("aurora.example", true, true)]
    [InlineData("https://aurora.example", true, false)]
    [InlineData("https://aurora.example.evil", false, false)]
    [InlineData("https://evil.example/https://aurora.example", false, false)]
    public void Names_OfACertificate_AreTakenWholeAndByTheirKind(string name, bool isFor, bool hasHost)
    {
        Write(_key, name);
        var certificates = Open();
        Assert.Equal(isFor, certificates.Of(_key, Did, "key-1").Certificates.Count > 0);
        Assert.Equal(hasHost, certificates.HaveHostOf("https://aurora.example"));
    }

    [Fact]
    public void Of_TheKeyThatIsCertified_BringsTheChainWithoutItsRootAndNamesTheAddress()
    {
        Write(_key, "aurora.example", isWithRoot: true);
        var key = Open().Of(_key, Did, "key-1");
        Assert.Single(key.Certificates);
        Assert.Equal("https://aurora.example", key.IssuerUrl);

        using var other = IssuerPrivateKey.Generate();
        var plain = Open().Of(other, Did, "key-2");
        Assert.Empty(plain.Certificates);
        Assert.Null(plain.IssuerUrl);
        Assert.Contains("another key", Open().ObstacleOf(other, Did), StringComparison.Ordinal);
        Assert.Null(Open().ObstacleOf(_key, Did));
    }

    [Fact]
    public void Open_CertificateOfAnotherKey_IsRefusedWithTheMend()
    {
        using var other = IssuerPrivateKey.Generate();
        Write(other, "aurora.example");
        string fault = Assert.Single(Assert.Throws<OptionsException>(Open).Faults);
        Assert.Contains("of another key than the issuer keys", fault, StringComparison.Ordinal);
        Assert.Contains(_keys!.All[0].Id, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "holds no certificate")]
    [InlineData("root first", "did not certify")]
    public void Open_WhatIsNoChain_IsRefusedWithTheMend(string content, string expected)
    {
        Write(_key, "aurora.example");
        File.WriteAllText(
            CertificateFile,
            content.Length == 0 ? "" : _chain.Root.ExportCertificatePem() + "\n" + File.ReadAllText(CertificateFile));
        string fault = Assert.Single(Assert.Throws<OptionsException>(Open).Faults);
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HostThatIsNotNamed_GoesWithoutAndSaysWhy()
    {
        Write(_key, "boreal.example");
        var certificates = Open();
        Assert.Empty(certificates.Of(_key, Did, "key-1").Certificates);
        Assert.Contains("does not name the host", certificates.ObstacleOf(_key, Did), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RenewedFile_IsReadAgainAndADamagedOneIsSaid()
    {
        Write(_key, "aurora.example");
        var certificates = Open();
        string first = certificates.Of(_key, Did, "key-1").Certificates[0];
        Write(_key, "aurora.example", writtenAt: DateTime.UtcNow.AddMinutes(1));
        string second = certificates.Of(_key, Did, "key-1").Certificates[0];
        Assert.NotEqual(first, second);

        File.WriteAllText(CertificateFile, "");
        File.SetLastWriteTimeUtc(CertificateFile, DateTime.UtcNow.AddMinutes(2));
        Assert.Equal(second, certificates.Of(_key, Did, "key-1").Certificates[0]);
        Assert.Contains("holds no certificate", certificates.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_EndedCertificate_GoesWithout()
    {
        Write(_key, "aurora.example");
        var certificates = Open();
        Assert.True(certificates.End > _time.GetUtcNow());
        _time.Advance(TimeSpan.FromDays(500));
        Assert.Empty(certificates.Of(_key, Did, "key-1").Certificates);
        Assert.Null(certificates.Of(_key, Did, "key-1").IssuerUrl);
        Assert.Contains("have it renewed", certificates.ObstacleOf(_key, Did), StringComparison.Ordinal);
    }

    private IssuerCertificates Open() => IssuerCertificates.Open(Options, _keys!, _time);

    private void Write(IssuerPrivateKey key, string host, bool isWithRoot = false, DateTime? writtenAt = null)
    {
        using var certificate = _chain.Certify(key, host);
        File.WriteAllText(
            CertificateFile,
            certificate.ExportCertificatePem() + (isWithRoot ? "\n" + _chain.Root.ExportCertificatePem() : ""));
        if (writtenAt is { } time) File.SetLastWriteTimeUtc(CertificateFile, time);
    }
}
