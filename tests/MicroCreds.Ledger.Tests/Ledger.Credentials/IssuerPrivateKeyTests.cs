using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Deployment;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class IssuerPrivateKeyTests
{
    private static readonly byte[] Message = Encoding.UTF8.GetBytes("what was said");

    [Theory]
    [InlineData(KeyAlgorithm.P256, "zDna")]
    [InlineData(KeyAlgorithm.Ed25519, "z6Mk")]
    public void Sign_ByAKeyThatWasWrittenAndRead_IsItsPublicKeys(KeyAlgorithm algorithm, string prefix)
    {
        using var generated = IssuerPrivateKey.Generate(algorithm);
        using var key = IssuerPrivateKey.FromPem(generated.ToPem());

        Assert.Equal(generated.PublicKeyMultibase, key.PublicKeyMultibase);
        Assert.StartsWith(prefix, key.PublicKeyMultibase, StringComparison.Ordinal);
        var publicKey = Multikey.Parse(key.PublicKeyMultibase);
        byte[] signature = key.Sign(Message);
        Assert.True(publicKey.Verify(Message, signature));
        signature[10] ^= 1;
        Assert.False(publicKey.Verify(Message, signature));
    }

    [Fact]
    public void FromPem_WrittenByOpenSsl_IsRead()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = IssuerPrivateKey.FromPem(ecdsa.ExportPkcs8PrivateKeyPem());
        Assert.True(ecdsa.VerifyData(Message, key.Sign(Message), HashAlgorithmName.SHA256));
    }

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public async Task ToPem_ReadByOpenSsl_IsTheSameKey(KeyAlgorithm algorithm)
    {
        Assert.SkipWhen(DeployFiles.FindProgram("openssl", "OPENSSL") is null, "There is no openssl.");
        using var key = IssuerPrivateKey.Generate(algorithm);
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, key.ToPem(), TestContext.Current.CancellationToken);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("openssl", ["pkey", "-in", file, "-pubout"], Path.GetTempPath()),
                EndToEnd.Until.Patience, TestContext.Current.CancellationToken);
            Assert.True(exitCode == 0, output);
            byte[] found = Convert.FromBase64String(output[PemEncoding.Find(output).Base64Data]);
            byte[] own = Multikey.Parse(key.PublicKeyMultibase).Bytes.ToArray();
            Assert.Equal(own, found[^own.Length..]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void FromPem_AnotherCurve_IsRefused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        string pem = ecdsa.ExportPkcs8PrivateKeyPem();
        Assert.Contains("P-256 or Ed25519", Assert.Throws<FormatException>(() => IssuerPrivateKey.FromPem(pem)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void FromPem_RsaKey_IsRefused()
    {
        using var rsa = RSA.Create(2048);
        string pem = rsa.ExportPkcs8PrivateKeyPem();
        Assert.Throws<FormatException>(() => IssuerPrivateKey.FromPem(pem));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----")]
    public void FromPem_NoKey_IsRefused(string pem) =>
        Assert.Throws<FormatException>(() => IssuerPrivateKey.FromPem(pem));

    [Theory]
    [InlineData(KeyAlgorithm.P256)]
    [InlineData(KeyAlgorithm.Ed25519)]
    public void Sign_OnManyThreads_IsSound(KeyAlgorithm algorithm)
    {
        using var key = IssuerPrivateKey.Generate(algorithm);
        var publicKey = Multikey.Parse(key.PublicKeyMultibase);
        int sound = 0;
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 16 }, i =>
        {
            byte[] message = BitConverter.GetBytes(i);
            if (publicKey.Verify(message, key.Sign(message))) Interlocked.Increment(ref sound);
        });
        Assert.Equal(200, sound);
    }

    [Fact]
    public void Sign_Disposed_Throws()
    {
        var key = IssuerPrivateKey.Generate();
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(Message));
    }
}
