using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Contract;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// Peers that let a transaction pass whatever its time, as those before Fabric 3 do: to a contract server whose clock
/// differs, it looks the same.
/// </summary>
public sealed class ClockTests(ClockTests.LateLedger ledger) : IClassFixture<ClockTests.LateLedger>
{
    private LedgerMember Member => ledger[LedgerFixture.Aurora];

    [Theory]
    [InlineData(16)]
    [InlineData(-16)]
    public async Task Submit_DatedTooFarOff_IsRefusedByTheContractItself(int minutes)
    {
        ledger.Difference = TimeSpan.FromMinutes(minutes);
        await Refused.SubmitAsync(
            Member.Admin, ErrorCodes.ClockDiffers, null, TransactionNames.SetInstitution, Member.Institution);
    }

    [Fact]
    public async Task Evaluate_DatedFarOff_IsAnswered()
    {
        ledger.Difference = TimeSpan.FromDays(1);
        var page = await Member.EvaluateAsync<Page<Institution>>(TransactionNames.ListInstitutions, 10, "");
        Assert.DoesNotContain(page.Items, institution => institution.MspId == LedgerFixture.Tejo);
    }

    [Fact]
    public async Task Submit_DatedALittleOff_IsTaken()
    {
        ledger.Difference = TimeSpan.FromMinutes(14);
        await LedgerMember.SubmitAsync<Institution>(Member.Admin, TransactionNames.SetInstitution, Member.Institution);
    }

    /// <summary>Every contract server's clock differs from its peer's.</summary>
    public sealed class LateLedger : LedgerFixture
    {
        public TimeSpan Difference { get; set; }

        protected override IChaincode NewChaincode(string mspId) =>
            CredentialContract.CreateChaincode(new ServerClock(new OtherClock(this)));

        private sealed class OtherClock(LateLedger ledger) : TimeProvider
        {
            public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ledger.Difference;
        }
    }
}
