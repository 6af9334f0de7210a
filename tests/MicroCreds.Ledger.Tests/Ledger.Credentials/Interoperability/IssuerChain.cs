using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Ledger.Credentials;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>An institution's own authority, that certifies its issuer key.</summary>
internal sealed class IssuerChain : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public IssuerChain()
    {
        var request = new CertificateRequest("CN=Aurora Root", _rootKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        Root = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(5));
    }

    /// <summary>The root.</summary>
    public X509Certificate2 Root { get; }

    /// <summary>Certifies a P-256 key for a host.</summary>
    public X509Certificate2 Certify(IssuerPrivateKey key, string host, DateTimeOffset? end = null)
    {
        using var handle = ECDsa.Create();
        handle.ImportFromPem(key.ToPem());
        var request = new CertificateRequest("CN=Aurora Issuer", handle, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Root, true, false));
        var start = Root.NotBefore.ToUniversalTime();
        return request.Create(
            Root, start, end ?? new DateTimeOffset(start).AddYears(1), RandomNumberGenerator.GetBytes(12));
    }

    public void Dispose()
    {
        _rootKey.Dispose();
        Root.Dispose();
    }
}
