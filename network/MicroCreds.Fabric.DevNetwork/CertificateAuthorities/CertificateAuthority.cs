using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MicroCreds.Fabric.Protocol;

namespace MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

/// <summary>A certificate and its private key (PKCS#8), both in PEM.</summary>
internal sealed record IssuedCertificate(string CertificatePem, string KeyPem);

/// <summary>An organisation's certificate authority: self-signed ECDSA P-256, as cryptogen makes them.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>How long certificates last.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 _certificate;
    private readonly ECDsa _key;
    private readonly DateTimeOffset _notBefore;

    private CertificateAuthority(X509Certificate2 certificate, ECDsa key, DateTimeOffset notBefore)
    {
        (_certificate, _key, _notBefore) = (certificate, key, notBefore);
        Own = new IssuedCertificate(certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>The authority's own certificate and key.</summary>
    public IssuedCertificate Own { get; }

    /// <summary>Makes an authority for a domain.</summary>
    /// <param name="commonName">The subject's common name, for instance ca.aurora.example.</param>
    /// <param name="domain">The subject's organisation.</param>
    /// <param name="country">The subject's country, or null.</param>
    /// <param name="now">The time of issue; certificates start a little before it.</param>
    public static CertificateAuthority Create(string commonName, string domain, string? country, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            Name(country, domain, unit: null, commonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment
                | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign,
            critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(CertificateAnchors.ClientAuthentication), new Oid(CertificateAnchors.ServerAuthentication)],
            critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(KeyIdentifier(key), critical: false));

        var notBefore = Earlier(now);
        var certificate = request.CreateSelfSigned(notBefore, notBefore + Lifetime);
        return new CertificateAuthority(certificate, key, notBefore);
    }

    /// <summary>Opens an authority that was made before.</summary>
    public static CertificateAuthority Load(string certificatePem, string keyPem, DateTimeOffset now)
    {
        var key = ECDsa.Create();
        key.ImportFromPem(keyPem);
        return new CertificateAuthority(X509Certificate2.CreateFromPem(certificatePem), key, Earlier(now));
    }

    /// <summary>Issues a signing identity with one node OU, and attributes as Fabric CA writes them.</summary>
    public IssuedCertificate IssueIdentity(string commonName, string unit, string? attributesJson = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            Name(country: null, organization: null, unit, commonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        if (attributesJson is not null)
        {
            request.CertificateExtensions.Add(
                new X509Extension(IdentityAttributes.Oid, Encoding.UTF8.GetBytes(attributesJson), critical: false));
        }

        return Issue(request, key);
    }

    /// <summary>Issues a TLS certificate for these host names, and for the loopback addresses.</summary>
    public IssuedCertificate IssueTls(string commonName, params IReadOnlyList<string> hostNames)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            Name(country: null, organization: null, unit: null, commonName), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(
            [new Oid(CertificateAnchors.ServerAuthentication), new Oid(CertificateAnchors.ClientAuthentication)],
            critical: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (string hostName in hostNames.Append("localhost").Distinct())
        {
            names.AddDnsName(hostName);
        }

        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        return Issue(request, key);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    // Clocks differ a little; whole seconds, because X.509 has no finer ones.
    private static DateTimeOffset Earlier(DateTimeOffset now) =>
        DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds()).AddMinutes(-5);

    private static X500DistinguishedName Name(string? country, string? organization, string? unit, string commonName)
    {
        var name = new X500DistinguishedNameBuilder();
        if (country is not null)
        {
            name.AddCountryOrRegion(country);
        }

        if (organization is not null)
        {
            name.AddOrganizationName(organization);
        }

        if (unit is not null)
        {
            name.AddOrganizationalUnitName(unit);
        }

        name.AddCommonName(commonName);
        return name.Build();
    }

    private static DateTimeOffset Earliest(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    // cryptogen's: SHA-256 over the uncompressed point.
    private static byte[] KeyIdentifier(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return SHA256.HashData([4, .. point.X!, .. point.Y!]);
    }

    private IssuedCertificate Issue(CertificateRequest request, ECDsa key)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(KeyIdentifier(_key)));
        byte[] serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        using var certificate = request.Create(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), _notBefore,
            Earliest(_notBefore + Lifetime, new DateTimeOffset(_certificate.NotAfter)), serial);
        return new IssuedCertificate(
            certificate.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }
}
