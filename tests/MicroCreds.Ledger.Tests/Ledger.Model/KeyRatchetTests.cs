using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

/// <summary>Keys with a half of ML-DSA-44, what they sign, and what may follow on them.</summary>
public sealed class KeyRatchetTests : IDisposable
{
    private const string Ledger = "channel:0123";
    private const string MspId = "AMSP";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IssuerPrivateKey _elliptic = IssuerPrivateKey.Generate();
    private readonly MlDsaPrivateKey _mlDsa = MlDsaPrivateKey.Generate();
    private readonly MlDsaPrivateKey _next = MlDsaPrivateKey.Generate();

    public void Dispose() => _elliptic.Dispose();

    private static Founding Founding => new() { Ledger = Ledger, Members = [MspId] };

    private SigningKey Plain => new()
    {
        Id = "key-0",
        PublicKeyMultibase = _elliptic.PublicKeyMultibase,
        ValidFrom = Begin,
    };

    private SigningKey First => Plain with { Id = "key-1", MlDsaMultibase = _mlDsa.PublicKey.PublicKeyMultibase };

    [Fact]
    public void Key_IsWrittenAsAMultikey_AndReadInItsOneSpelling()
    {
        string written = _mlDsa.PublicKey.PublicKeyMultibase;
        Assert.StartsWith("ukC", written, StringComparison.Ordinal);
        Assert.Equal(1753, written.Length);
        Assert.Equal(_mlDsa.PublicKey.Bytes.ToArray(), MlDsaKey.Parse(written).Bytes.ToArray());
        string[] wrong =
        [
            "", "u", written[..^1], written + "A", "z" + written[1..], "ukD" + written[3..], written[..^1] + "*",
            _elliptic.PublicKeyMultibase,
        ];
        Assert.All(wrong, one => Assert.Throws<FormatException>(() => MlDsaKey.Parse(one)));
        Assert.Throws<FormatException>(() => new MlDsaKey(new byte[32]));
    }

    [Fact]
    public void PrivateKey_IsPkcs8OfItsSeed_AndOthersAreRefused()
    {
        string pem = _mlDsa.ToPem();
        Assert.Equal(_mlDsa.PublicKey.PublicKeyMultibase, MlDsaPrivateKey.FromPem(pem).PublicKey.PublicKeyMultibase);

        // A seed of 32 bytes, and what says so: not the 2,560 bytes that are made of it.
        Assert.InRange(pem.Length, 100, 180);
        Assert.Throws<FormatException>(() => MlDsaPrivateKey.FromPem(_elliptic.ToPem()));
        Assert.Throws<FormatException>(() => MlDsaPrivateKey.FromPem("none"));
        Assert.Throws<FormatException>(() => IssuerPrivateKey.FromPem(pem));
    }

    [Fact]
    public async Task Statement_CountsWithBothSignaturesAlone()
    {
        var statement = KeyStatement.Of(Ledger, MspId, First);
        var signed = await Signer(_mlDsa).SignAsync(statement);
        var key = StatementKey.Of(First);
        Assert.Equal(64 + 2420, key.SignatureLength);
        Assert.True(Statements.Verify(signed, key));
        byte[] bytes = Statements.BytesToSign(statement);
        byte[] elliptic = _elliptic.Sign(bytes), mlDsa = _mlDsa.Sign(bytes);
        Assert.True(Holds([.. elliptic, .. mlDsa]));
        Assert.False(Holds(elliptic));
        Assert.False(Holds(mlDsa));
        Assert.False(Holds([.. mlDsa, .. elliptic]));
        Assert.False(Holds([.. new byte[64], .. mlDsa]));
        Assert.False(Holds([.. elliptic, .. new byte[2420]]));
        Assert.False(Holds([.. elliptic, .. _next.Sign(bytes)]));
        Assert.False(Holds([.. elliptic, .. _mlDsa.Sign("another"u8)]));
        Assert.False(Statements.Verify(signed with { Signature = signed.Signature + "A" }, key));

        // And one of a key without the half is none of a key with it.
        Assert.False(Statements.Verify(signed, StatementKey.Of(Plain)));
        bool Holds(byte[] signature) =>
            Statements.Verify(new SignedStatement<KeyStatement>(statement, Statements.EncodeSignature(signature)), key);
    }

    [Fact]
    public void BytesOfBefore_StayAsTheyAre_WithoutTheHalf()
    {
        string record = Encoding.UTF8.GetString(CanonicalJson.Serialize(Plain with { PublicKeyMultibase = "z" }));
        Assert.Equal("""{"id":"key-0","publicKeyMultibase":"z","validFrom":"2026-01-01T00:00:00.000Z"}""", record);
        string statement = Encoding.UTF8.GetString(Statements.BytesToSign(
            KeyStatement.Of(Ledger, MspId, Plain with { PublicKeyMultibase = "z" })));
        Assert.Equal(
            """{"keyId":"key-0","ledger":"channel:0123","mspId":"AMSP","publicKeyMultibase":"z","type":"Key"}""",
            statement);
    }

    [Fact]
    public void FirstKeyWithTheHalf_IsFree_AndEachFurtherOneIsCountersigned()
    {
        Assert.Null(FaultOf([], Plain));
        Assert.Null(FaultOf([Plain], First));
        Assert.Null(FaultOf([Plain, First], Next(_mlDsa)));
        Assert.NotNull(FaultOf([Plain], Next(_mlDsa)));
        Assert.NotNull(FaultOf([Plain, First], Plain with { Id = "key-9" }));
        Assert.NotNull(FaultOf([Plain, First], Next(_mlDsa) with { Countersignature = null }));
        Assert.NotNull(FaultOf([Plain, First], Next(_mlDsa) with { CountersignedBy = null }));
        Assert.NotNull(FaultOf([Plain, First], Next(_next)));
        Assert.NotNull(FaultOf([Plain, First], Next(_mlDsa) with { Id = "key-3" }));
        Assert.NotNull(FaultOf([Plain, First], Next(_mlDsa) with { PublicKeyMultibase = "zDna" }));
        Assert.NotNull(FaultOf([Plain, First with { RevokedAt = Begin }], Next(_mlDsa)));
        Assert.NotNull(FaultOf([Plain, First with { CompromisedSince = Begin }], Next(_mlDsa)));
        Assert.NotNull(FaultOf([Plain, First], Next(_mlDsa, by: "key-0")));
        Assert.NotNull(KeyRatchet.FaultOf(Founding with { Ledger = "channel:4567" }, MspId, [First], Next(_mlDsa)));
        Assert.NotNull(KeyRatchet.FaultOf(Founding, "BMSP", [First], Next(_mlDsa)));
    }

    [Fact]
    public void LedgerThatWasFoundedToAskForTheHalf_TakesNoKeyWithout()
    {
        var asking = Founding with { MlDsaNeeded = true };
        Assert.NotNull(KeyRatchet.FaultOf(asking, MspId, [], Plain));
        Assert.NotNull(KeyRatchet.FaultOf(asking, MspId, [First], Plain with { Id = "log-1" }));
        Assert.Null(KeyRatchet.FaultOf(asking, MspId, [], First));
        Assert.Null(KeyRatchet.FaultOf(asking, MspId, [First], Next(_mlDsa)));
    }

    [Fact]
    public void KeyOfTheLog_WithTheHalf_ComesAfterOneOfStatements_AndCountersignsNothing()
    {
        Assert.NotNull(FaultOf([Plain], First with { Id = "log-1" }));
        Assert.False(KeyRatchet.IsHeld([First with { Id = "log-1" }]));
        var log = Next(_mlDsa, id: "log-1");
        Assert.Null(FaultOf([First], log));
        Assert.NotNull(FaultOf([First, log], Next(_next, by: "log-1", id: "key-3")));
    }

    [Fact]
    public void KnownKey_IsWithdrawnOrReported_AndNothingElse()
    {
        var withdrawn = First with { RevokedAt = Begin.AddDays(1), CompromisedSince = Begin.AddHours(2) };
        Assert.True(KeyRatchet.MayBecome(First, First));
        Assert.True(KeyRatchet.MayBecome(First, withdrawn));
        Assert.True(KeyRatchet.MayBecome(withdrawn, withdrawn with { CompromisedSince = Begin }));
        Assert.False(KeyRatchet.MayBecome(withdrawn, First));
        Assert.False(KeyRatchet.MayBecome(withdrawn, withdrawn with { RevokedAt = Begin.AddDays(2) }));
        Assert.False(KeyRatchet.MayBecome(withdrawn, withdrawn with { CompromisedSince = null }));
        Assert.False(KeyRatchet.MayBecome(withdrawn, withdrawn with { CompromisedSince = Begin.AddDays(1) }));
        Assert.False(KeyRatchet.MayBecome(First, First with { MlDsaMultibase = null }));
        Assert.False(KeyRatchet.MayBecome(First, First with { PublicKeyMultibase = "zDna" }));
        Assert.False(KeyRatchet.MayBecome(First, First with { ValidFrom = Begin.AddDays(-1) }));
    }

    private static string? FaultOf(SigningKey[] known, SigningKey added) =>
        KeyRatchet.FaultOf(Founding, MspId, known, added);

    private IssuerKey Signer(MlDsaPrivateKey half) => IssuerKey.Of(_elliptic) with { MlDsa = half };

    private SigningKey Next(MlDsaPrivateKey signer, string by = "key-1", string id = "key-2")
    {
        var key = Plain with
        {
            Id = id,
            MlDsaMultibase = _next.PublicKey.PublicKeyMultibase,
            CountersignedBy = by,
        };
        byte[] statement = Statements.BytesToSign(KeyStatement.Of(Ledger, MspId, key));
        return key with { Countersignature = Statements.EncodeSignature(signer.Sign(statement)) };
    }
}
