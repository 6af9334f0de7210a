using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Msp;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>One who can sign: a serialized identity and its key.</summary>
internal sealed record TestSigner(ByteString Serialized, Signer Signer, IssuedCertificate Certificate);

/// <summary>An organisation that lives in memory: its authority, a peer, a user and an admin.</summary>
internal sealed class TestOrganization
{
    private readonly CertificateAuthority _authority;

    public TestOrganization(string mspId, DateTimeOffset? now = null)
    {
        MspId = mspId;
        string domain = mspId.ToLowerInvariant() + ".example";
        _authority = CertificateAuthority.Create($"ca.{domain}", domain, "FI", now ?? DateTimeOffset.UtcNow);
        Msp = new MspDefinition
        {
            MspId = mspId,
            Root = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(
                _authority.Own.CertificatePem),
            RootPem = _authority.Own.CertificatePem,
            TlsRootPem = _authority.Own.CertificatePem,
        };
        Peer = Issue("peer0", "peer");
        User = Issue("User1", "client");
        Admin = Issue("Admin", "admin");
    }

    public string MspId { get; }

    public MspDefinition Msp { get; }

    public TestSigner Peer { get; }

    public TestSigner User { get; }

    public TestSigner Admin { get; }

    public TestSigner Issue(string name, string unit) => As(MspId, _authority.IssueIdentity(name, unit));

    /// <summary>The same certificate under whatever MSP id.</summary>
    public static TestSigner As(string mspId, IssuedCertificate certificate) =>
        new(
            new SerializedIdentity { Mspid = mspId, IdBytes = ByteString.CopyFromUtf8(certificate.CertificatePem) }
                .ToByteString(),
            new Signer(certificate.KeyPem),
            certificate);
}
