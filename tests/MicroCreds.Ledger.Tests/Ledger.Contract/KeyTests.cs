using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class KeyTests(RegisteredLedger ledger) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _keyId = "key-" + Samples.NewId();

    private LedgerMember Member => ledger[LedgerFixture.Meridian];

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task AddKey_New_IsInForceFromThatTransaction()
    {
        var added = await AddAsync();
        var key = added.Record.Keys.Single(k => k.Id == _keyId);
        Assert.False(added.Unchanged);
        Assert.Equal(TestKeys.MultikeyOf(_key), key.PublicKeyMultibase);
        Assert.Null(key.RevokedAt);
        Assert.True((await AddAsync()).Unchanged);
    }

    [Fact]
    public Task AddKey_ByAnIssuer_IsRefused() => Refused.SubmitAsync(
        Member.User, ErrorCodes.RoleMissing, null, TransactionNames.AddKey, Member.SignKey(_key, _keyId));

    [Fact]
    public async Task AddKey_NotInTheCallersHands_IsRefused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = TestKeys.Sign(Member.SignKey(_key, _keyId).Statement, other);
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.SignatureInvalid, "/signature", TransactionNames.AddKey, forged);
    }

    [Fact]
    public async Task AddKey_StatementOfAnotherInstitution_IsRefused()
    {
        var theirs = ledger[LedgerFixture.Aurora].SignKey(_key, _keyId);
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.AddKey, theirs);

        // The same signature under the caller's own name is a forgery.
        var renamed = theirs with { Statement = theirs.Statement with { MspId = Member.MspId } };
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.SignatureInvalid, "/signature", TransactionNames.AddKey, renamed);
    }

    [Theory]
    [InlineData("/statement/ledger", ErrorCodes.WrongLedger, """{"ledger":"elsewhere"}""")]
    [InlineData("/statement/type", ErrorCodes.WrongStatementType, """{"type":"Issuance"}""")]
    [InlineData("/statement/keyId", ErrorCodes.InvalidValue, """{"keyId":"key#1"}""")]
    [InlineData("/statement/keyId", ErrorCodes.InvalidValue, """{"keyId":"a\u0000"}""")]
    [InlineData("/statement/publicKeyMultibase", ErrorCodes.InvalidValue, """{"publicKeyMultibase":"zQ3shunknown"}""")]
    public Task AddKey_BadStatement_IsRefusedWithItsPlace(string field, string code, string members)
    {
        var statement = LedgerJson.Deserialize<KeyStatement>(
            Spoilt.With(Member.SignKey(_key, _keyId).Statement, members));
        return Refused.SubmitAsync(
            Member.Admin, code, field, TransactionNames.AddKey, TestKeys.Sign(statement, _key));
    }

    [Fact]
    public async Task AddKey_OfTheLog_IsKeptLikeTheOthers_AndSignsNothingElse()
    {
        using var key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
        var named = IssuerKey.Of(key, KeyPurpose.LogPrefix);
        var statement = await named.SignAsync(LogKeyOf(named));
        var added = await LedgerMember.SubmitAsync<Institution>(Member.Admin, TransactionNames.AddKey, statement);
        Assert.True(added.Record.LogKeys.Single(one => one.Id == named.Id) is { RevokedAt: null });
        Assert.Null(added.Record.FindIssuerKey(named.Id));
        var asked = Agreed.Ballot(Member, LedgerFixture.Aurora, BallotAction.RemoveMember) with { KeyId = named.Id };
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.KeyUnknown, "/statement/keyId", TransactionNames.ProposeBallot,
            await named.SignAsync(asked));
        var stolen = await RevokeAsync(new KeyRevocation(named.Id, added.Record.LogKeys.Last().ValidFrom));
        Assert.NotNull(stolen.Record.LogKeys.Single(one => one.Id == named.Id).CompromisedSince);
    }

    [Theory]
    [InlineData("log", "key-of-the-log", KeyAlgorithm.Ed25519, "/statement/keyId")]
    [InlineData(null, "log-of-no-purpose", KeyAlgorithm.Ed25519, "/statement/keyId")]
    [InlineData("log", "log-of-another-kind", KeyAlgorithm.P256, "/statement/publicKeyMultibase")]
    [InlineData("sealing", "sealing-1", KeyAlgorithm.Ed25519, "/statement/purpose")]
    public async Task AddKey_OfAPurposeThatItsNameOrKindDoesNotHave_IsRefused(
        string? purpose, string keyId, KeyAlgorithm algorithm, string field)
    {
        using var key = IssuerPrivateKey.Generate(algorithm);
        var named = IssuerKey.Of(key) with { Id = keyId };
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.InvalidValue, field, TransactionNames.AddKey,
            await named.SignAsync(LogKeyOf(named) with { Purpose = purpose }));
    }

    [Fact]
    public async Task AddKey_SameNameOrSameKeyAgain_IsRefused()
    {
        await AddAsync();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await Refused.SubmitAsync(
            Member.Admin,
            ErrorCodes.KeyConflict,
            "/statement/keyId",
            TransactionNames.AddKey,
            Member.SignKey(other, _keyId));
        await Refused.SubmitAsync(
            Member.Admin,
            ErrorCodes.KeyConflict,
            "/statement/publicKeyMultibase",
            TransactionNames.AddKey,
            Member.SignKey(_key, _keyId + "-again"));
    }

    [Fact]
    public async Task RevokeKey_IsFinal()
    {
        await AddAsync();
        var revoked = await RevokeAsync(new KeyRevocation(_keyId));
        Assert.NotNull(revoked.Record.Keys.Single(k => k.Id == _keyId).RevokedAt);
        Assert.True((await RevokeAsync(new KeyRevocation(_keyId))).Unchanged);
        await Refused.SubmitAsync(
            Member.Admin,
            ErrorCodes.KeyConflict,
            "/statement/publicKeyMultibase",
            TransactionNames.AddKey,
            Member.SignKey(_key, _keyId));
    }

    [Fact]
    public async Task RevokeKey_CompromisedSince_MovesOnlyEarlier()
    {
        var validFrom = (await AddAsync()).Record.Keys.Single(k => k.Id == _keyId).ValidFrom;
        await AddAnotherMomentAsync(validFrom);
        var later = validFrom.AddMilliseconds(1);
        await RefuseRevocationAsync(new KeyRevocation(_keyId, validFrom.AddMilliseconds(-1)));
        await RefuseRevocationAsync(new KeyRevocation(_keyId, validFrom.AddDays(1)));

        var first = await RevokeAsync(new KeyRevocation(_keyId, later));
        Assert.True((await RevokeAsync(new KeyRevocation(_keyId, later))).Unchanged);
        var second = await RevokeAsync(new KeyRevocation(_keyId, validFrom));
        var key = second.Record.Keys.Single(k => k.Id == _keyId);
        Assert.Equal(validFrom, key.CompromisedSince);
        Assert.Equal(first.Record.Keys.Single(k => k.Id == _keyId).RevokedAt, key.RevokedAt);
        await RefuseRevocationAsync(new KeyRevocation(_keyId, later));
        await RefuseRevocationAsync(new KeyRevocation(_keyId));
    }

    [Fact]
    public async Task RevokeKey_UnknownOrByAnIssuer_IsRefused()
    {
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.KeyUnknown, "/keyId", TransactionNames.RevokeKey, new KeyRevocation("nope"));
        await Refused.SubmitAsync(
            Member.User, ErrorCodes.RoleMissing, null, TransactionNames.RevokeKey, new KeyRevocation(Member.KeyId));
    }

    private KeyStatement LogKeyOf(IssuerKey key) => new()
    {
        Ledger = Member.Ledger,
        MspId = Member.MspId,
        KeyId = key.Id,
        PublicKeyMultibase = key.Signer.PublicKeyMultibase,
        Purpose = KeyPurpose.Log,
    };

    private Task<Written<Institution>> AddAsync() => LedgerMember.SubmitAsync<Institution>(
        Member.Admin, TransactionNames.AddKey, Member.SignKey(_key, _keyId));

    private Task<Written<Institution>> RevokeAsync(KeyRevocation revocation) =>
        LedgerMember.SubmitAsync<Institution>(Member.Admin, TransactionNames.RevokeKey, revocation);

    private Task RefuseRevocationAsync(KeyRevocation revocation) => Refused.SubmitAsync(
        Member.Admin, ErrorCodes.InvalidValue, "/compromisedSince", TransactionNames.RevokeKey, revocation);

    /// <summary>Waits until transactions are dated well after the key was registered.</summary>
    private async Task AddAnotherMomentAsync(DateTimeOffset since)
    {
        while ((await Samples.IssueAsync(Member)).IssuedAt <= since.AddMilliseconds(1))
        {
            // Each round is a transaction of its own, so time passes.
        }
    }
}
