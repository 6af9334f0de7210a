using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>A ledger on which nobody is registered yet.</summary>
public sealed class BootstrapTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    [Fact]
    public async Task Anything_BeforeTheInstitutionIsRegistered_IsRefused()
    {
        var member = ledger[LedgerFixture.Aurora];
        await Refused.SubmitAsync(
            member.Admin,
            ErrorCodes.InstitutionUnknown,
            null,
            TransactionNames.AddKey,
            member.SignKey(member.Key, member.KeyId));
        await Refused.SubmitAsync(
            member.Admin,
            ErrorCodes.InstitutionUnknown,
            null,
            TransactionNames.RevokeKey,
            new KeyRevocation(member.KeyId));
        await Refused.SubmitAsync(
            member.User,
            ErrorCodes.InstitutionUnknown,
            null,
            TransactionNames.PublishAchievement,
            Samples.Achievement(member));
        var issuance = Samples.Issuance(member, new AchievementReference("a", 1));
        await Refused.SubmitAsync(
            member.User,
            ErrorCodes.InstitutionUnknown,
            null,
            TransactionNames.Issue,
            TestKeys.Sign(issuance, member.Key));
    }

    [Fact]
    public async Task Register_AllAtOnce_EveryoneIsAMember()
    {
        await Task.WhenAll(ledger.Members.Where(m => m.MspId != LedgerFixture.Aurora).Select(m => m.RegisterAsync()));
        var page = await ledger[LedgerFixture.Aurora].EvaluateAsync<Page<Institution>>(
            TransactionNames.ListInstitutions, 10, "");
        Assert.Equal(3, page.Items.Count);
    }
}
