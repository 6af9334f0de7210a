using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>A member that comes back after so many others left that its records cannot be changed any more.</summary>
public sealed class ReturningMemberTests(SevenMembers ledger) : IClassFixture<SevenMembers>
{
    [Fact]
    public async Task AdmitMember_WhoCouldChangeNoneOfItsRecords_IsRefusedWithTheMend()
    {
        // Its records ask for three more of the seven; of those only two stay.
        var present = ledger.Members.ToList();
        await MembersTests.RefreshAsync(present);
        var first = present[^1];
        foreach (var leaving in Enumerable.Reverse(ledger.Members).Take(5))
        {
            await MembersTests.SendAsync(present, leaving.Admin, TransactionNames.LeaveConsortium);
            await MembersTests.RefreshAsync(present);
            present.Remove(leaving);
        }

        var statement = Agreed.Ballot(present[0], first.MspId, BallotAction.AdmitMember);
        await Refused.SubmitAsync(
            present[0].Admin, ErrorCodes.TransitionNotAllowed, "/statement/subject", TransactionNames.ProposeBallot,
            MembersTests.Sign(statement, present[0]));
    }
}
