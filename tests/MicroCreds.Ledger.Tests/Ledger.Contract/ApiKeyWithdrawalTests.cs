using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class ApiKeyWithdrawalTests(RegisteredLedger ledger)
{
    private readonly string _mark = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private LedgerMember Member => ledger[LedgerFixture.Meridian];

    [Fact]
    public async Task Withdraw_IsSaidOnce_AndIsTheInstitutionsOwn()
    {
        var first = await LedgerMember.SubmitAsync<WithdrawnApiKey>(
            Member.Admin, TransactionNames.WithdrawApiKey, _mark);
        Assert.False(first.Unchanged);
        Assert.Equal((Member.MspId, _mark), (first.Record.MspId, first.Record.Mark));
        var again = await LedgerMember.SubmitAsync<WithdrawnApiKey>(
            Member.Admin, TransactionNames.WithdrawApiKey, _mark);
        Assert.True(again.Unchanged);
        Assert.Equal(first.Record, again.Record);

        // Another institution that says the same has said it of a key of its own.
        var other = ledger[LedgerFixture.Linden];
        var theirs = await LedgerMember.SubmitAsync<WithdrawnApiKey>(
            other.Admin, TransactionNames.WithdrawApiKey, _mark);
        Assert.Equal((other.MspId, false), (theirs.Record.MspId, theirs.Unchanged));
    }

    [Fact]
    public Task Withdraw_ByAnIssuer_IsRefused() => Refused.SubmitAsync(
        Member.User, ErrorCodes.RoleMissing, null, TransactionNames.WithdrawApiKey, _mark);

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789")]
    public Task Withdraw_WhatIsNoMark_IsRefused(string mark) => Refused.SubmitAsync(
        Member.Admin, ErrorCodes.InvalidValue, "/mark", TransactionNames.WithdrawApiKey, mark);
}
