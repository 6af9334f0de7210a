using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>No two issuances of an institution share a place in a status list, whatever its gateway believes.</summary>
[Collection(RegisteredLedgerGroup.Name)]
public sealed class StatusRangeTests(RegisteredLedger ledger)
{
    private readonly string _list = Samples.NewId();

    [Theory]
    [InlineData(40, 1, 40, 1)]
    [InlineData(0, 64, 40, 1)]
    [InlineData(40, 1, 0, 64)]
    [InlineData(0, 1 << 15, 1000, 100)]
    [InlineData(1000, 100, 0, 1 << 15)]
    [InlineData(33, 50, 82, 10)]
    [InlineData(1024, 1024, 0, 1025)]
    public async Task Issue_OverlappingRange_IsRefused(int offset, int size, int later, int laterSize)
    {
        var member = ledger[LedgerFixture.Aurora];
        var achievement = await Samples.PublishAsync(member);
        await IssueAsync(member, achievement, offset, size);
        await RefusedAsync(member, achievement, later, laterSize);

        // What was refused took nothing, and another institution's list is another list.
        await IssueAsync(member, achievement, Math.Max(offset + size, later + laterSize), 7);
        var other = ledger[LedgerFixture.Linden];
        await IssueAsync(other, await Samples.PublishAsync(other), offset, size);
    }

    [Fact]
    public async Task Issue_RangesSideBySide_AtOnce_AllStand_AndAreFoundUnchanged()
    {
        var member = ledger[LedgerFixture.Aurora];
        var achievement = await Samples.PublishAsync(member);
        int[] ends = [0, 1, 33, 500, 501, 1024, 40_000, 40_001];
        var statements = ends.Zip(ends.Skip(1), (from, to) => Statement(member, achievement, from, to - from)).ToList();

        // Without a second attempt: two cohorts have nothing to do with each other.
        await Task.WhenAll(statements.Select(statement => member.User.SubmitAsync(
            TransactionNames.Issue, Refused.OptionsOf(TestKeys.Sign(statement, member.Key)))));
        foreach (var statement in statements)
        {
            var again = await LedgerMember.SubmitAsync<Issuance>(
                member.User, TransactionNames.Issue, TestKeys.Sign(statement, member.Key));
            Assert.True(again.Unchanged);
        }

        await RefusedAsync(member, achievement, 39_999, 1);
    }

    [Fact]
    public async Task Issue_TheSamePlace_AtOnce_OnlyOneGetsIt()
    {
        var member = ledger[LedgerFixture.Aurora];
        var achievement = await Samples.PublishAsync(member);
        var issued = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            // A block of 32 around the place, or the place alone.
            var statement = i % 2 == 0
                ? Statement(member, achievement, 64, 32)
                : Statement(member, achievement, 70, 1);
            try
            {
                await LedgerMember.SubmitAsync<Issuance>(
                    member.User, TransactionNames.Issue, TestKeys.Sign(statement, member.Key));
                return true;
            }
            catch (MicroCreds.Fabric.Client.EndorseException refused)
            {
                Assert.True(LedgerError.TryFind(refused.ChaincodeAnswer?.Message ?? refused.Message, out var error));
                Assert.Equal(ErrorCodes.StatusRangeConflict, error.Code);
                return false;
            }
        }));
        Assert.Single(issued, one => one);
    }

    private IssuanceStatement Statement(LedgerMember member, AchievementReference achievement, int offset, int size) =>
        Samples.Issuance(member, achievement) with { StatusList = _list, StatusOffset = offset, Size = size };

    private Task<Written<Issuance>> IssueAsync(
        LedgerMember member, AchievementReference achievement, int offset, int size) =>
        LedgerMember.SubmitAsync<Issuance>(
            member.User, TransactionNames.Issue,
            TestKeys.Sign(Statement(member, achievement, offset, size), member.Key));

    private Task RefusedAsync(LedgerMember member, AchievementReference achievement, int offset, int size) =>
        Refused.SubmitAsync(
            member.User, ErrorCodes.StatusRangeConflict, "/statement/statusOffset", TransactionNames.Issue,
            TestKeys.Sign(Statement(member, achievement, offset, size), member.Key));
}
