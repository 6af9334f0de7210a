using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class KeysAndStatementsTests
{
    // RFC 6979, A.2.5: the P-256 key and its signature of "sample" with SHA-256.
    private const string P256Point =
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
        + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";

    private const string P256Signature =
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";

    // RFC 8032, 7.1, test 1: the key and its signature of nothing.
    private const string Ed25519Key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    private const string Ed25519Signature =
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        + "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

    [Theory]
    // The keys of the W3C Data Integrity specifications' examples.
    [InlineData("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP", KeyAlgorithm.P256)]
    [InlineData("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2", KeyAlgorithm.Ed25519)]
    public void Parse_KeysOfTheSpecifications_AreKnown(string multikey, KeyAlgorithm algorithm) =>
        Assert.Equal(algorithm, Multikey.Parse(multikey).Algorithm);

    [Fact]
    public void Verify_KnownP256Signature_IsTrueForItsMessageOnly()
    {
        string multikey = Multikey.Encode(KeyAlgorithm.P256, Convert.FromHexString(P256Point));
        Assert.StartsWith("zDna", multikey, StringComparison.Ordinal);
        var key = Multikey.Parse(multikey);
        byte[] signature = Convert.FromHexString(P256Signature);
        Assert.True(key.Verify("sample"u8, signature));
        Assert.False(key.Verify("simple"u8, signature));
        Assert.False(key.Verify("sample"u8, signature.AsSpan(..63)));
        Assert.False(key.Verify("sample"u8, [.. signature, 0]));
        Assert.False(key.Verify("sample"u8, new byte[64]));
    }

    [Fact]
    public void Verify_KnownEd25519Signature_IsTrueForItsMessageOnly()
    {
        string multikey = Multikey.Encode(KeyAlgorithm.Ed25519, Convert.FromHexString(Ed25519Key));
        Assert.StartsWith("z6Mk", multikey, StringComparison.Ordinal);
        var key = Multikey.Parse(multikey);
        byte[] signature = Convert.FromHexString(Ed25519Signature);
        Assert.True(key.Verify([], signature));
        Assert.False(key.Verify([0], signature));
        Assert.False(key.Verify([], signature.AsSpan(..63)));
    }

    [Fact]
    public void Encode_CompressedAndUncompressed_AreTheSame()
    {
        byte[] point = Convert.FromHexString(P256Point);
        byte[] compressed = [(byte)(2 + (point[^1] & 1)), .. point[1..33]];
        Assert.Equal(Multikey.Encode(KeyAlgorithm.P256, point), Multikey.Encode(KeyAlgorithm.P256, compressed));
    }

    [Theory]
    [InlineData("")]
    [InlineData("z")]
    [InlineData("z0OIl")]
    [InlineData("MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")]
    [InlineData("u6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")]
    [InlineData("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ")]
    [InlineData("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKV")]
    [InlineData("zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP ")]
    [InlineData("z82LkvCwHNreneWpsgPEbV3gu1C6NFJEBg4srfJ5gdxEsMGRJUz2sG9FE42shbn2xkZJh54")]
    public void Parse_NoKeyOfOurs_IsRefused(string multikey) =>
        Assert.Throws<FormatException>(() => Multikey.Parse(multikey));

    [Fact]
    public void Parse_PointsThatForge_AreRefused()
    {
        // The Ed25519 identity (y = 1) and the small-order point y = 0; a P-256 x without a point; infinity.
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.Ed25519, [1, .. new byte[31]]));
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.Ed25519, new byte[32]));
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.Ed25519, new byte[31]));
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.P256, [0]));
        Assert.Throws<FormatException>(
            () => Multikey.Encode(KeyAlgorithm.P256, [2, .. Enumerable.Repeat((byte)0xff, 32)]));
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.P256, [4, .. new byte[64]]));
        Assert.Throws<FormatException>(() => Multikey.Encode(KeyAlgorithm.P256, []));
    }

    [Fact]
    public void Verify_FromManyThreads_IsTrueForAll()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = Multikey.Parse(TestKeys.MultikeyOf(ecdsa));
        byte[] signature = ecdsa.SignData("x"u8, HashAlgorithmName.SHA256);
        Parallel.For(0, 500, _ => Assert.True(key.Verify("x"u8, signature)));
    }

    [Fact]
    public void BytesToSign_Issuance_AreItsCanonicalJson()
    {
        string golden = """
            {"achievements":[{"id":"data-literacy","version":1}],"keyId":"key-1","ledger":"credentials",
            "mspId":"AuroraMSP","root":"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "size":1,"statusList":"list-1","statusOffset":0,"type":"Issuance"}
            """.ReplaceLineEndings("");
        Assert.Equal(golden, Encoding.UTF8.GetString(Statements.BytesToSign(Issuance())));
    }

    [Fact]
    public void BytesToSign_Status_AreItsCanonicalJson()
    {
        var statement = new StatusStatement
        {
            Ledger = "credentials",
            MspId = "AuroraMSP",
            Root = "00",
            Index = 3,
            Sequence = 1,
            State = CredentialState.Revoked,
            Reason = StatusReason.Superseded,
            ReplacedBy = new CredentialReference("01", 0, "urn:uuid:1"),
            KeyId = "key-1",
        };
        string golden = """
            {"index":3,"keyId":"key-1","ledger":"credentials","mspId":"AuroraMSP","reason":"superseded",
            "replacedBy":{"id":"urn:uuid:1","index":0,"root":"01"},"root":"00","sequence":1,"state":"revoked",
            "type":"Status"}
            """.ReplaceLineEndings("");
        Assert.Equal(golden, Encoding.UTF8.GetString(Statements.BytesToSign(statement)));
    }

    [Fact]
    public void Verify_Statement_HoldsForThisStatementAndKeyOnly()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = TestKeys.Sign(Issuance(), ecdsa);
        var key = new StatementKey(Multikey.Parse(TestKeys.MultikeyOf(ecdsa)));
        Assert.True(Statements.Verify(signed, key));
        Assert.False(Statements.Verify(signed, new StatementKey(Multikey.Parse(TestKeys.MultikeyOf(other)))));
        Assert.False(Statements.Verify(signed with { Statement = signed.Statement with { Size = 2 } }, key));
        Assert.False(Statements.Verify(signed with { Signature = signed.Signature + "=" }, key));
        Assert.False(Statements.Verify(signed with { Signature = signed.Signature[..85] + " " }, key));
        Assert.False(Statements.Verify(signed with { Signature = "" }, key));
    }

    private static IssuanceStatement Issuance() => new()
    {
        Ledger = "credentials",
        MspId = "AuroraMSP",
        Root = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        Size = 1,
        Achievements = [new AchievementReference("data-literacy", 1)],
        KeyId = "key-1",
        StatusList = "list-1",
        StatusOffset = 0,
    };
}
