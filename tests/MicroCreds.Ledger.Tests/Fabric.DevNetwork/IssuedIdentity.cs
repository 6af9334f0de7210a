using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>An identity made for one test: by an organisation's own CA, or by nobody.</summary>
internal sealed class IssuedIdentity : IDisposable
{
    private readonly ECDsa _key;

    private IssuedIdentity(ECDsa key, string mspId, X509Certificate2 certificate)
    {
        _key = key;
        Creator = new SerializedIdentity
        {
            Mspid = mspId,
            IdBytes = ByteString.CopyFromUtf8(certificate.ExportCertificatePem()),
        }.ToByteString();
    }

    public ByteString Creator { get; }

    /// <summary>Issues a certificate that ends this long from now.</summary>
    public static IssuedIdentity Issue(string organizationDirectory, string mspId, string unit, TimeSpan validFor)
    {
        string directory = Path.Combine(organizationDirectory, "ca");
        using var authority = X509Certificate2.CreateFromPemFile(
            Directory.GetFiles(directory, "*.pem").Single(), Path.Combine(directory, "priv_sk"));
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var end = DateTimeOffset.UtcNow + validFor;
        var start = new DateTimeOffset(authority.NotBefore) < end ? new DateTimeOffset(authority.NotBefore)
            : end.AddHours(-1);
        using var certificate = Request(key, unit).Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!),
            start,
            end,
            RandomNumberGenerator.GetBytes(16));
        return new IssuedIdentity(key, mspId, certificate);
    }

    public static IssuedIdentity SelfSigned(string mspId, string unit, TimeSpan? validFor = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(key, unit).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow + (validFor ?? TimeSpan.FromHours(1)));
        return new IssuedIdentity(key, mspId, certificate);
    }

    /// <summary>Puts this identity's signature in the place of another one.</summary>
    public SignedProposal Sign(SignedProposal proposal) => new()
    {
        ProposalBytes = proposal.ProposalBytes,
        Signature = ByteString.CopyFrom(
            EcdsaSignature.SignDigest(_key, SHA256.HashData(proposal.ProposalBytes.Span))),
    };

    public void Dispose() => _key.Dispose();

    private static CertificateRequest Request(ECDsa key, string unit)
    {
        string units = unit.Length > 0 ? $", OU={unit}" : "";
        var request = new CertificateRequest($"CN=made for a test{units}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        return request;
    }
}
