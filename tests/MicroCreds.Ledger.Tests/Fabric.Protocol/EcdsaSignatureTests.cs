using System.Security.Cryptography;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Protocol;

public sealed class EcdsaSignatureTests
{
    public static TheoryData<string> Curves => ["nistP256", "nistP384"];

    [Theory]
    [MemberData(nameof(Curves))]
    public void Signatures_HaveLowSAndVerify(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        for (int i = 0; i < 50; i++)
        {
            byte[] digest = SHA256.HashData([(byte)i]);
            byte[] signature = EcdsaSignature.SignDigest(key, digest);
            Assert.True(EcdsaSignature.IsLowS(signature, key.KeySize));
            Assert.True(EcdsaSignature.VerifyDigest(key, digest, signature));
        }
    }

    [Theory]
    [MemberData(nameof(Curves))]
    public void Signature_AsHardwareGivesIt_BecomesWhatPeersTake(string curve)
    {
        using var key = ECDsa.Create(ECCurve.CreateFromFriendlyName(curve));
        for (int i = 0; i < 50; i++)
        {
            byte[] digest = SHA256.HashData([(byte)i]);
            byte[] fixedLength = key.SignHash(digest);
            Assert.True(EcdsaSignature.VerifyDigest(
                key, digest, EcdsaSignature.ToLowS(fixedLength, key.KeySize)));
        }

        var e = Assert.Throws<CryptographicException>(() => EcdsaSignature.ToLowS(new byte[63], key.KeySize));
        Assert.Contains("63 bytes", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void HighS_IsRefusedAndCanBeLowered()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] digest = SHA256.HashData("message"u8);
        byte[] signature = EcdsaSignature.SignDigest(key, digest);
        byte[] high = SignatureForms.ToHighS(signature);
        Assert.True(key.VerifyHash(digest, high, DSASignatureFormat.Rfc3279DerSequence));
        Assert.False(EcdsaSignature.VerifyDigest(key, digest, high));
        Assert.Equal(signature, EcdsaSignature.ToLowS(high, 256));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("3000")]
    [InlineData("3006020101020100")]
    [InlineData("3006020101020101FF")]
    [InlineData("30060201FF020101")]
    public void Garbage_IsRefusedWithoutAnException(string hex)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(EcdsaSignature.VerifyDigest(key, new byte[32], Convert.FromHexString(hex)));
    }
}
