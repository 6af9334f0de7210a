using System.Security.Cryptography;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// Members come and go. Whoever has left endorses nothing any more: the peers of those who are there must be enough.
/// </summary>
public sealed class MembersTests(SevenMembers ledger) : IClassFixture<SevenMembers>
{
    private static readonly string[] Types =
    [
        RecordKey.InstitutionType, RecordKey.StatusType, RecordKey.AccreditationType, RecordKey.AchievementType,
        RecordKey.PathwayType, RecordKey.IssuanceType, RecordKey.BallotType, RecordKey.ConsortiumType,
        RecordKey.AgreementType, RecordKey.IdentityType, RecordKey.WithdrawnApiKeyType, RecordKey.OfferingType,
    ];

    private readonly Dictionary<string, (Issuance Issued, StatusStatement Suspension)> _suspended = [];

    [Fact]
    public async Task SevenMembers_DownToThreeAndUpToFive_EachPresentOneAddsWithdrawsRevokesAndVotes()
    {
        List<LedgerMember> present = [.. ledger.Members];
        await RefreshAsync(present);
        foreach (var member in present) await SuspendAsync(present, member);
        var standing = Agreed.Ballot(present[0], present[1].MspId, BallotAction.AdmitAccreditor);
        await SendAsync(present, present[0].Admin, TransactionNames.ProposeBallot, Sign(standing, present[0]));
        foreach (var member in present.Take(2))
            await SendAsync(present, member.Admin, TransactionNames.Vote, Sign(Agreed.Vote(member, standing), member));

        // Two by their own word, two by the others'.
        foreach (bool isOwnWord in (bool[])[true, false, true, false])
        {
            var leaving = present[^1];
            if (isOwnWord) await SendAsync(present, leaving.Admin, TransactionNames.LeaveConsortium);
            else await DecideAsync(present, [.. present.SkipLast(1)], leaving.MspId, BallotAction.RemoveMember);
            await RefreshAsync(present);
            present.Remove(leaving);
            await ActAsync(present);
            await Refused.SubmitAsync(
                leaving.User, ErrorCodes.NotAMember, null, TransactionNames.Issue,
                Sign(Samples.Issuance(leaving, await Samples.PublishAsync(leaving)), leaving));
        }

        // Two of seven had voted; they are a majority of the three that are left, and only have to be counted.
        await CountAsync(present, standing);

        string[] mspIds = [.. ledger.Members.Select(member => member.MspId)];
        foreach (var back in ledger.Members.Where(member => !present.Contains(member)).Take(2).ToList())
        {
            // Nobody comes and goes at will: everybody else's transactions would be in conflict with that.
            await Refused.SubmitAsync(
                back.Admin, ErrorCodes.NotAMember, null, TransactionNames.SetInstitution, back.Institution);
            await DecideAsync(present, present, back.MspId, BallotAction.AdmitMember);
            await SendAsync([.. present, back], back.Admin, TransactionNames.SetInstitution, back.Institution);
            present = [.. ledger.Members.Where(member => present.Contains(member) || member == back)];
            await RefreshAsync(present);
            await ActAsync(present);
        }

        Assert.Equal(5, (await present[0].EvaluateAsync<Members>(TransactionNames.GetMembers)).MspIds.Count);
        Assert.All(present, member => Assert.Contains(member.MspId, mspIds));
    }

    /// <summary>What every member must be able to do with no other peers than those of the present.</summary>
    private async Task ActAsync(List<LedgerMember> present)
    {
        foreach (var member in present)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            string keyId = "key-" + Samples.NewId();
            await SendAsync(present, member.Admin, TransactionNames.AddKey, member.SignKey(key, keyId));
            await SendAsync(
                present, member.Admin, TransactionNames.RevokeKey, new KeyRevocation(keyId, DateTimeOffset.UtcNow));

            var (issued, suspension) = _suspended[member.MspId];
            var revocation = Samples.Status(member, issued, CredentialState.Revoked, suspension.Sequence + 1);
            await SendAsync(present, member.User, TransactionNames.SetStatus, Sign(revocation, member));
            await SuspendAsync(present, member);
        }

        string action = (await present[0].EvaluateAsync<Consortium>(TransactionNames.GetConsortium))
            .IsAccreditor(present[0].MspId) ? BallotAction.RemoveAccreditor : BallotAction.AdmitAccreditor;
        await DecideAsync(present, present, present[0].MspId, action);
    }

    private async Task SuspendAsync(List<LedgerMember> present, LedgerMember member)
    {
        var achievement = Samples.Achievement(member);
        await SendAsync(present, member.User, TransactionNames.PublishAchievement, achievement);
        var statement = Samples.Issuance(member, new AchievementReference(achievement.Id, 1));
        byte[] answer = await SendAsync(present, member.User, TransactionNames.Issue, Sign(statement, member));
        var issued = LedgerJson.Deserialize<Written<Issuance>>(answer).Record;
        var suspension = Samples.Status(member, issued, CredentialState.Suspended, 1);
        await SendAsync(present, member.User, TransactionNames.SetStatus, Sign(suspension, member));
        _suspended[member.MspId] = (issued, suspension);
    }

    /// <summary>Proposes, and has those vote who may until it is decided.</summary>
    private static async Task DecideAsync(
        List<LedgerMember> endorsing, List<LedgerMember> voters, string subject, string action)
    {
        var ballot = Agreed.Ballot(voters[0], subject, action);
        await SendAsync(endorsing, voters[0].Admin, TransactionNames.ProposeBallot, Sign(ballot, voters[0]));
        string state = BallotState.Open;
        foreach (var voter in voters.TakeWhile(_ => state == BallotState.Open))
        {
            byte[] answer = await SendAsync(
                endorsing, voter.Admin, TransactionNames.Vote, Sign(Agreed.Vote(voter, ballot), voter));
            state = LedgerJson.Deserialize<Written<Ballot>>(answer).Record.State;
        }

        Assert.Equal(BallotState.Accepted, state);
    }

    private static async Task CountAsync(List<LedgerMember> present, BallotStatement standing)
    {
        byte[] answer = await SendAsync(present, present[0].Admin, TransactionNames.CountBallot, standing.Id);
        var counted = LedgerJson.Deserialize<Written<Ballot>>(answer).Record;
        Assert.Equal((BallotState.Accepted, 2), (counted.State, counted.Majority));
        answer = await SendAsync(present, present[1].Admin, TransactionNames.CountBallot, standing.Id);
        Assert.True(LedgerJson.Deserialize<Written<Ballot>>(answer).Unchanged);
    }

    /// <summary>Makes the policies of all records anew, as gateways do, while those who leave still endorse.</summary>
    internal static async Task RefreshAsync(List<LedgerMember> endorsing)
    {
        foreach (string type in Types)
        {
            string? bookmark = "";
            while (bookmark is not null)
            {
                var page = await endorsing[0].EvaluateAsync<StalePolicies>(
                    TransactionNames.ListStalePolicies, type, "", Limits.MaxRefreshedPolicies, bookmark);
                Assert.Empty(page.Stuck);
                if (page.Keys.Count > 0)
                    await SendAsync(endorsing, endorsing[0].User, TransactionNames.RefreshPolicies, page.Keys);
                bookmark = page.Next;
            }

            var after = await endorsing[0].EvaluateAsync<StalePolicies>(
                TransactionNames.ListStalePolicies, type, "", Limits.MaxRefreshedPolicies, "");
            Assert.Empty(after.Keys);
        }
    }

    internal static SignedStatement<T> Sign<T>(T statement, LedgerMember member)
        where T : class => TestKeys.Sign(statement, member.Key);

    /// <summary>Has the peers of these members endorse, and of no others, and requires that it is valid.</summary>
    internal static async Task<byte[]> SendAsync(
        IReadOnlyList<LedgerMember> endorsing, FabricContract contract, string name, params object[] arguments)
    {
        var options = Refused.OptionsOf(arguments) with
        {
            EndorsingOrganizations = [.. endorsing.Select(member => member.MspId)],
        };
        return await contract.SubmitAsync(name, options);
    }
}
