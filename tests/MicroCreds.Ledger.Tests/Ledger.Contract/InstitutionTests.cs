using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class InstitutionTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Tejo];

    [Fact]
    public async Task SetInstitution_AgainTheSame_WritesNothing()
    {
        var before = await HistoryAsync();
        var written = await LedgerMember.SubmitAsync<Institution>(
            Member.Admin, TransactionNames.SetInstitution, Member.Institution);
        Assert.True(written.Unchanged);
        Assert.NotEmpty(written.Record.Keys);
        Assert.Equal(before.Count, (await HistoryAsync()).Count);
    }

    [Fact]
    public async Task SetInstitution_Changed_KeepsTheKeysAndStandsOnceConfirmed()
    {
        var changed = Member.Institution with
        {
            Name = "Universidade do Tejo, Lisboa",
            Identifiers = new SortedDictionary<string, string> { ["schac"] = "tejo.example", ["ror"] = "05xxx" },
        };
        var written = await LedgerMember.SubmitAsync<Institution>(
            Member.Admin, TransactionNames.SetInstitution, changed);
        Assert.False(written.Unchanged);
        var read = await ledger[LedgerFixture.Aurora].EvaluateAsync<Institution>(
            TransactionNames.GetInstitution, Member.MspId);
        Assert.Equal(Member.Institution.Name, read.Name);
        Assert.Equal("Universidade do Tejo, Lisboa", read.Proposed!.Name);
        await Member.ConfirmAsync();
        read = await ledger[LedgerFixture.Aurora].EvaluateAsync<Institution>(
            TransactionNames.GetInstitution, Member.MspId);
        Assert.Equal("Universidade do Tejo, Lisboa", read.Name);
        Assert.Null(read.Proposed);
        Assert.Equal(["ror", "schac"], read.Identifiers.Keys);
        Assert.Contains(read.Keys, k => k.Id == Member.KeyId);
        var history = await HistoryAsync();
        Assert.Equal(read.Name, history[0].Record!.Name);
        await LedgerMember.SubmitAsync<Institution>(Member.Admin, TransactionNames.SetInstitution, Member.Institution);
        await Member.ConfirmAsync();
    }

    [Fact]
    public Task SetInstitution_ByAnIssuer_IsRefused() => Refused.SubmitAsync(
        Member.User, ErrorCodes.RoleMissing, null, TransactionNames.SetInstitution, Member.Institution);

    [Fact]
    public Task SetInstitution_OfAnother_IsRefused() => Refused.SubmitAsync(
        ledger[LedgerFixture.Linden].Admin,
        ErrorCodes.WrongInstitution,
        "/mspId",
        TransactionNames.SetInstitution,
        Member.Institution);

    [Fact]
    public Task SetInstitution_WithTheDidOfAnother_IsRefused() => Refused.SubmitAsync(
        Member.Admin,
        ErrorCodes.DidConflict,
        "/did",
        TransactionNames.SetInstitution,
        Member.Institution with { Did = ledger[LedgerFixture.Aurora].Institution.Did });

    [Theory]
    [InlineData("/name", """{"name":" "}""")]
    [InlineData("/name", """{"name":"a\u0000b"}""")]
    [InlineData("/country", """{"country":"fi"}""")]
    [InlineData("/country", """{"country":"FIN"}""")]
    [InlineData("/did", """{"did":"https://tejo.example"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example#key-1"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example\udbff\udfff"}""")]
    [InlineData("/did", """{"did":"did:web:Tejo.example"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example%2fx"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example."}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example%3A443"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example%3A0080"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example%3A80%3A80"}""")]
    [InlineData("/did", """{"did":"did:web:tejo..example"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example:%75ni"}""")]
    [InlineData("/did", """{"did":"did:web:tejo.example:.."}""")]
    [InlineData("/name", """{"name":"Universidade dо Tejo"}""")]
    [InlineData("/identities", """{"identities":[{"name":"T","country":"PT","did":"did:web:tejo.example"}]}""")]
    [InlineData("/proposed", """{"proposed":{"name":"T","country":"PT","did":"did:web:tejo.example"}}""")]
    [InlineData("/name", """{"name":"Tejo \u202egnp.exe"}""")]
    [InlineData("/website", """{"website":"https://"}""")]
    [InlineData("/website", """{"website":"https://user@tejo.example"}""")]
    [InlineData("/website", """{"website":"https://tejo.example/a b"}""")]
    [InlineData("/website", """{"website":"http://tejo.example"}""")]
    [InlineData("/website", """{"website":"javascript:alert(1)"}""")]
    [InlineData("/identifiers/ROR", """{"identifiers":{"ROR":"x"}}""")]
    [InlineData("/identifiers/ror", """{"identifiers":{"ror":""}}""")]
    [InlineData("/keys", """{"keys":[{"id":"k","publicKeyMultibase":"z","validFrom":"2026-01-01T00:00:00Z"}]}""")]
    public Task SetInstitution_BadValue_IsRefusedWithItsPlace(string field, string members) => Refused.SubmitAsync(
        Member.Admin,
        ErrorCodes.InvalidValue,
        field,
        TransactionNames.SetInstitution,
        Spoilt.With(Member.Institution with { Website = null }, members));

    [Fact]
    public Task SetInstitution_TooLong_IsRefused() => Refused.SubmitAsync(
        Member.Admin,
        ErrorCodes.TooLarge,
        "/name",
        TransactionNames.SetInstitution,
        Member.Institution with { Name = new string('n', Limits.MaxNameLength + 1) });

    [Theory]
    [InlineData("", "/mspId")]
    [InlineData("A\0B", "/mspId")]
    [InlineData("A\U0010FFFF", "/mspId")]
    public Task GetInstitution_ImpossibleId_IsRefused(string mspId, string field) => Refused.EvaluateAsync(
        Member.User, ErrorCodes.InvalidValue, field, TransactionNames.GetInstitution, mspId);

    [Fact]
    public Task GetInstitution_Unknown_IsNotFound() => Refused.EvaluateAsync(
        Member.User, ErrorCodes.NotFound, "/mspId", TransactionNames.GetInstitution, "NobodyMSP");

    private Task<List<HistoryEntry<Institution>>> HistoryAsync() =>
        Member.EvaluateAsync<List<HistoryEntry<Institution>>>(TransactionNames.GetInstitutionHistory, Member.MspId);
}
