using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.Chaincode;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A TLS authority with the certificates it issued, in files as operators have them.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("chaincode-tls-").FullName;
    private readonly X509Certificate2 _authority;

    private TestAuthority(X509Certificate2 authority)
    {
        _authority = authority;
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
    }

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
    }

    public X509Certificate2 Certificate => _authority;

    public string CaFile => Path.Combine(_folder, "ca.crt");

    /// <summary>Issues the server's certificate, and returns the options of a server with it.</summary>
    public ChaincodeTlsOptions ServerOptions(string? clientCaFile)
    {
        using var issued = Issue("127.0.0.1");
        string certificate = Path.Combine(_folder, "server.crt");
        string key = Path.Combine(_folder, "server.key");
        File.WriteAllText(certificate, issued.ExportCertificatePem());
        using var privateKey = issued.GetECDsaPrivateKey()!;
        File.WriteAllText(key, privateKey.ExportPkcs8PrivateKeyPem());
        return new ChaincodeTlsOptions
        {
            CertificateFile = certificate,
            PrivateKeyFile = key,
            ClientCaFile = clientCaFile,
        };
    }

    /// <summary>Issues an authority below this one.</summary>
    public TestAuthority IssueAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.Create(
            _authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        return new TestAuthority(certificate.CopyWithPrivateKey(key));
    }

    public X509Certificate2 Issue(string name, TimeSpan? validity = null, string? usage = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        var start = DateTimeOffset.UtcNow.AddHours(-2);
        using var certificate = request.Create(
            _authority, start, start + (validity ?? TimeSpan.FromHours(4)), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    public string WriteFile(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
