using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class OwnAuthorityTests : IDisposable
{
    private readonly InstitutionFolder _aurora = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _aurora.Dispose();

    [Fact]
    public void Certificates_OfAnOrganization_AreAllFoundWithTheirKeys()
    {
        var found = RenewableCertificate.FindAll(_aurora.Root);

        // Peer, admin and user each sign and have TLS; the contract has TLS at both ends.
        Assert.Equal(8, found.Count);
        Assert.All(found, certificate => Assert.True(File.Exists(certificate.KeyFile), certificate.KeyFile));
        Assert.Equal(5, found.Count(certificate => certificate.IsTls));
        Assert.Single(found, certificate => certificate.IsChaincodeClient);
    }

    [Fact]
    public async Task Certificate_NearItsEnd_GetsItsNextForTheSameKeyNamesAndRole()
    {
        foreach (var certificate in RenewableCertificate.FindAll(_aurora.Root))
        {
            using var before = Shorten(certificate);
            var end = await certificate.RenewAsync(Authority(_aurora.Now), Cancelled);
            using var after = X509CertificateLoader.LoadCertificateFromFile(certificate.File);
            Assert.True(end > _aurora.Now.AddYears(9), $"{certificate.File} ends on {end:O}.");
            Assert.Equal(before.Subject, after.Subject);
            Assert.Equal(before.PublicKey.ExportSubjectPublicKeyInfo(), after.PublicKey.ExportSubjectPublicKeyInfo());
            Assert.Equal(
                before.Extensions.Select(extension => Convert.ToHexString(extension.RawData)),
                after.Extensions.Select(extension => Convert.ToHexString(extension.RawData)));
        }

        string user = _aurora.MspOf("User1");
        Assert.Empty(IdentityExamination.Examine("User1", user, _aurora.Msp, "client", _aurora.Now));
        Assert.Empty(IdentityExamination.ExamineRole("User1", user, "issuer"));
        Assert.Empty(TlsExamination.ExamineFiles("peer0", _aurora.PeerTls, "127.0.0.1", _aurora.Now));
    }

    [Fact]
    public async Task Authority_ThatEndsItself_SaysSoInsteadOfIssuing()
    {
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => RenewableCertificate.FindAll(_aurora.Root)[0].RenewAsync(Authority(_aurora.Now), Cancelled));
        Assert.Contains("itself expires on", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authority_WithoutItsKey_IsNamed()
    {
        File.Delete(Path.Combine(_aurora.Root, "ca", "priv_sk"));
        var identity = RenewableCertificate.FindAll(_aurora.Root).First(certificate => !certificate.IsTls);
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => identity.RenewAsync(Authority(_aurora.Now), Cancelled));
        Assert.Contains("bring the authority's key back", fault.Message, StringComparison.Ordinal);
    }

    private OwnAuthority Authority(DateTimeOffset now) => new(_aurora.Root, _aurora.Domain, now);

    /// <summary>Issues the same certificate again with a few days to go; returns it.</summary>
    private X509Certificate2 Shorten(RenewableCertificate certificate)
    {
        string kind = certificate.IsTls ? "tlsca" : "ca";
        using var current = X509CertificateLoader.LoadCertificateFromFile(certificate.File);
        using var authority = X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_aurora.Root, kind, $"{kind}.{_aurora.Domain}-cert.pem"));
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(File.ReadAllText(Path.Combine(_aurora.Root, kind, "priv_sk")));
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(certificate.KeyFile));
        var request = new CertificateRequest(current.SubjectName, key, HashAlgorithmName.SHA256);
        foreach (var extension in current.Extensions)
        {
            request.CertificateExtensions.Add(extension);
        }

        var shortened = request.Create(
            authority.SubjectName, X509SignatureGenerator.CreateForECDsa(authorityKey), current.NotBefore,
            _aurora.Now.AddDays(5), [1, 2, 3]);
        File.WriteAllText(certificate.File, shortened.ExportCertificatePem());
        return shortened;
    }
}
