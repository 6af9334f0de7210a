using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Tests.EndToEnd;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>Enrols further clients with an organisation's own certificate authority.</summary>
internal static class NewIdentity
{
    /// <summary>The contract as a new client of the organisation, with the role attribute given or none.</summary>
    public static FabricContract Of(LedgerMember member, string? role)
    {
        string directory = Path.Combine(member.Directory, "ca");
        string caFile = Directory.GetFiles(directory, "*-cert.pem").Single();
        using var ca = X509Certificate2.CreateFromPemFile(caFile, Path.Combine(directory, "priv_sk"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(
            $"CN=nobody@{member.Domain}, OU=client", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        var caKeyId = ca.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single();
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(caKeyId));
        if (role is not null)
        {
            byte[] attributes = Encoding.UTF8.GetBytes($$"""{"attrs":{"microcreds.role":"{{role}}" } }""");
            request.CertificateExtensions.Add(new X509Extension(IdentityAttributes.Oid, attributes, false));
        }

        using var certificate = request.Create(
            ca, ca.NotBefore, ca.NotAfter, RandomNumberGenerator.GetBytes(16));
        return member.As(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
