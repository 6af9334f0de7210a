using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Msp;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto.Operators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

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

    /// <summary>Issues a certificate for an Ed25519 key, for which .NET has no type.</summary>
    public (ByteString Serialized, Ed25519PrivateKeyParameters Key) IssueEd25519(string name, string unit)
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        var authority = new X509CertificateParser().ReadCertificate(Msp.Root.RawData);
        var generator = new X509V3CertificateGenerator();
        generator.SetSerialNumber(BigInteger.One);
        generator.SetIssuerDN(authority.SubjectDN);
        generator.SetSubjectDN(new X509Name($"CN={name},OU={unit}"));
        generator.SetNotBefore(authority.NotBefore);
        generator.SetNotAfter(authority.NotAfter);
        generator.SetPublicKey(key.GeneratePublicKey());
        using var authorityKey = ECDsa.Create();
        authorityKey.ImportFromPem(_authority.Own.KeyPem);
        var signer = new Asn1SignatureFactory(
            "SHA256WITHECDSA", PrivateKeyFactory.CreateKey(authorityKey.ExportPkcs8PrivateKey()));
        string pem = PemEncoding.WriteString("CERTIFICATE", generator.Generate(signer).GetEncoded());
        var serialized = new SerializedIdentity { Mspid = MspId, IdBytes = ByteString.CopyFromUtf8(pem) };
        return (serialized.ToByteString(), key);
    }

    public TestSigner Issue(string name, string unit) => As(MspId, _authority.IssueIdentity(name, unit));

    /// <summary>The same certificate under whatever MSP id.</summary>
    public static TestSigner As(string mspId, IssuedCertificate certificate) =>
        new(
            new SerializedIdentity { Mspid = mspId, IdBytes = ByteString.CopyFromUtf8(certificate.CertificatePem) }
                .ToByteString(),
            new Signer(certificate.KeyPem),
            certificate);
}
