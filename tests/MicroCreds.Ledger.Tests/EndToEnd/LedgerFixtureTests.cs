using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

public sealed class LedgerFixtureTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    [Fact]
    public async Task RegisterAll_Twice_EveryPeerKnowsEveryInstitution()
    {
        await ledger.RegisterAllAsync();
        await ledger.RegisterAllAsync();
        foreach (var member in ledger.Members)
        {
            var page = await member.EvaluateAsync<Page<Institution>>(TransactionNames.ListInstitutions, 10, "");
            Assert.Equal(ledger.Members.Select(m => m.MspId), page.Items.Select(i => i.MspId));
            Assert.All(page.Items, i => Assert.Single(i.Keys));
            Assert.Null(page.Next);
        }
    }
}
