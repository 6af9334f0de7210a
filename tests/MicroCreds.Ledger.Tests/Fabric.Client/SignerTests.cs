using System.Security.Cryptography;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Pkcs;
using Org.BouncyCastle.Security;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class SignerTests
{
    private static readonly byte[] Message = "message"u8.ToArray();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(256, true)]
    [InlineData(256, false)]
    [InlineData(384, true)]
    [InlineData(384, false)]
    public async Task EcdsaKey_InEitherForm_SignsLowSInDer(int bits, bool pkcs8)
    {
        using var key = ECDsa.Create(bits == 256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384);
        using var signer = PrivateKeySigner.FromPem(
            pkcs8 ? key.ExportPkcs8PrivateKeyPem() : "comment\n" + key.ExportECPrivateKeyPem());
        byte[] digest = SHA256.HashData(Message);
        for (int i = 0; i < 32; i++)
        {
            byte[] signature = await signer.SignAsync(digest, Cancel);
            Assert.True(EcdsaSignature.VerifyDigest(key, digest, signature));
        }

        Assert.False(signer.SignsWholeMessage);
    }

    [Fact]
    public async Task Ed25519Key_SignsTheMessageItself()
    {
        var key = new Ed25519PrivateKeyParameters(new SecureRandom());
        using var signer = PrivateKeySigner.FromPem(Ed25519Pem(key));
        byte[] signature = await signer.SignAsync(Message, Cancel);
        Assert.True(key.GeneratePublicKey().Verify(
            Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Algorithm.Ed25519, null,
            Message, 0, Message.Length, signature, 0));
        Assert.True(signer.SignsWholeMessage);
    }

    [Fact]
    public void KeyThatFabricDoesNotTake_IsNamed()
    {
        using var rsa = RSA.Create(2048);
        using var p521 = ECDsa.Create(ECCurve.NamedCurves.nistP521);
        Refused(rsa.ExportPkcs8PrivateKeyPem(), "Rsa");
        Refused(rsa.ExportRSAPrivateKeyPem(), "RSA PRIVATE KEY");
        Refused(p521.ExportPkcs8PrivateKeyPem(), "P-256 and P-384");
        Refused(NodeVectors.CertificatePem, "CERTIFICATE");
        Refused("", "not PEM");
        Refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "cannot be read");
        Refused(
            p521.ExportEncryptedPkcs8PrivateKeyPem(
                "secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)),
            "encrypted");
    }

    [Fact]
    public void Identity_FromATextWithMore_KeepsTheFirstCertificateOnly()
    {
        var identity = X509Identity.FromPem("AuroraMSP", "subject=…\n" + NodeVectors.CertificatePem + "\nmore");
        Assert.Equal(NodeVectors.Identity.Credentials.ToArray(), identity.Credentials.ToArray());
        Assert.Contains("CN=golden", identity.Subject, StringComparison.Ordinal);
        Assert.True(identity.NotAfter > identity.NotBefore);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void Identity_WithoutACertificate_IsRefused(string pem)
    {
        var e = Assert.Throws<ArgumentException>(() => X509Identity.FromPem("AuroraMSP", pem));
        Assert.Contains("AuroraMSP", e.Message, StringComparison.Ordinal);
    }

    internal static string Ed25519Pem(Ed25519PrivateKeyParameters key) => PemEncoding.WriteString(
        "PRIVATE KEY", PrivateKeyInfoFactory.CreatePrivateKeyInfo(key).GetDerEncoded());

    private static void Refused(string pem, string reason)
    {
        var e = Assert.Throws<ArgumentException>(() => PrivateKeySigner.FromPem(pem));
        Assert.Contains(reason, e.Message, StringComparison.OrdinalIgnoreCase);
    }
}
