using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

public sealed class EndorsementTests(ColludingLedger ledger) : IClassFixture<ColludingLedger>
{
    private const string Aurora = LedgerFixture.Aurora;
    private const string Linden = LedgerFixture.Linden;
    private const string Tejo = LedgerFixture.Tejo;
    private const string Meridian = LedgerFixture.Meridian;

    [Theory]
    [InlineData(false, Linden, Tejo, Meridian)]
    [InlineData(false, Aurora)]
    [InlineData(false, Aurora, Linden)]
    [InlineData(true, Aurora, Linden, Tejo)]
    [InlineData(true, Aurora, Linden, Tejo, Meridian)]
    public async Task Record_ChangesOnlyByItsOwnerWithAMajority(bool passes, params string[] endorsers)
    {
        var aurora = ledger[Aurora];
        var issued = await Samples.IssueAsync(aurora);
        await Samples.SetStatusAsync(aurora, Samples.Status(aurora, issued, CredentialState.Revoked, 1));
        var achievement = await Samples.PublishAsync(aurora);
        var pathway = await Samples.PublishPathwayAsync(aurora);
        foreach (var key in new[]
        {
            RecordKey.Status(issued.Statement.MspId, issued.Statement.Root, 3),
            RecordKey.Issuance(issued.Statement.MspId, issued.Statement.Root),
            RecordKey.Achievement(Aurora, achievement.Id, achievement.Version),
            RecordKey.Pathway(Aurora, pathway.Id, pathway.Version),
            RecordKey.Institution(Aurora),
        })
        {
            await AssertOverwriteAsync(passes, key, endorsers);
        }
    }

    [Theory]
    [InlineData(false, Aurora, Linden, Tejo)]
    [InlineData(false, Meridian, Aurora)]
    [InlineData(true, Meridian, Aurora, Linden)]
    public async Task Accreditation_ChangesOnlyByItsAccreditorWithAMajority(bool passes, params string[] endorsers)
    {
        await Agreed.DecideAsync(ledger, Meridian, BallotAction.AdmitAccreditor);
        var granted = await Agreed.SendAsync(ledger[Meridian], Agreed.Grant(ledger[Meridian], Aurora));
        await AssertOverwriteAsync(passes, RecordKey.Accreditation(Aurora, Meridian, granted.Id), endorsers);
    }

    [Theory]
    [InlineData(false, Aurora, Tejo, Meridian)]
    [InlineData(false, Linden, Tejo, Meridian)]
    [InlineData(false, Aurora, Linden)]
    [InlineData(true, Aurora, Linden, Tejo)]
    public async Task AgreementsTerms_ChangeOnlyByAllPartiesWithAMajority(bool passes, params string[] endorsers)
    {
        var terms = Agreed.Agreement(ledger[Aurora], ledger[Linden]);
        await Agreed.SendAsync(ledger[Aurora], terms);
        await AssertOverwriteAsync(passes, RecordKey.AgreementProposal(terms.Id, 1), endorsers);
    }

    [Theory]
    [InlineData(false, Aurora, Tejo, Meridian)]
    [InlineData(true, Linden, Tejo, Meridian)]
    public async Task Acceptance_AndNotice_ChangeOnlyByTheirSigner(bool passes, params string[] endorsers)
    {
        var terms = Agreed.Agreement(ledger[Aurora], ledger[Linden]);
        await Agreed.SendAsync(ledger[Aurora], terms);
        await Agreed.SendAsync(ledger[Linden], Agreed.Acceptance(ledger[Linden], terms));
        await Agreed.SendAsync(ledger[Linden], Agreed.Notice(ledger[Linden], terms.Id));
        await AssertOverwriteAsync(passes, RecordKey.AgreementAcceptance(terms.Id, 1, Linden), endorsers);
        await AssertOverwriteAsync(passes, RecordKey.AgreementNotice(terms.Id, Linden), endorsers);
    }

    [Theory]
    [InlineData(false, Aurora, Linden)]
    [InlineData(true, Linden, Tejo, Meridian)]
    public async Task Ballot_AndConsortium_ChangeOnlyByAMajority(bool passes, params string[] endorsers)
    {
        await Agreed.DecideAsync(ledger, Meridian, BallotAction.AdmitAccreditor);
        var ballot = Agreed.Ballot(ledger[Aurora], Tejo, BallotAction.AdmitAccreditor);
        await Agreed.SendAsync(ledger[Aurora], ballot);
        await AssertOverwriteAsync(passes, RecordKey.Ballot(ballot.Id), endorsers);
        await AssertOverwriteAsync(passes, RecordKey.Consortium(), endorsers);
    }

    [Theory]
    [InlineData(false, Aurora, Linden)]
    [InlineData(true, Linden, Tejo, Meridian)]
    public Task Members_ChangeOnlyByAMajority(bool passes, params string[] endorsers) =>
        AssertOverwriteAsync(passes, RecordKey.Members(), endorsers);

    [Fact]
    public async Task NewRecord_NeedsTheChaincodesOwnPolicy()
    {
        await AssertOverwriteAsync(false, RecordKey.Issuance(Aurora, Samples.NewRoot()), [Aurora, Linden]);
        await AssertOverwriteAsync(true, RecordKey.Issuance(Aurora, Samples.NewRoot()), [Aurora, Linden, Tejo]);
    }

    private async Task AssertOverwriteAsync(bool passes, RecordKey key, string[] endorsers)
    {
        // The value that stands there now, so that one test does not spoil the record for the next.
        string stateKey = CompositeKey.Create(key.ObjectType, key.Attributes);
        var proposal = ledger[Linden].User.NewProposal(ColludingLedger.BackDoor, new ProposalOptions
        {
            Arguments = [stateKey, await StandingAsync(key)],
            EndorsingOrganizations = endorsers,
        });
        var transaction = await proposal.EndorseAsync();
        var status = await (await transaction.SubmitAsync()).GetStatusAsync();
        Assert.Equal(passes ? TxValidationCode.Valid : TxValidationCode.EndorsementPolicyFailure, status.Code);
    }

    private async Task<byte[]> StandingAsync(RecordKey key) => key.ObjectType switch
    {
        RecordKey.InstitutionType => CanonicalJson.Serialize(await ledger[Aurora].EvaluateAsync<Institution>(
            TransactionNames.GetInstitution, Aurora)),
        RecordKey.ConsortiumType => CanonicalJson.Serialize(
            await ledger[Aurora].EvaluateAsync<Consortium>(TransactionNames.GetConsortium)),
        RecordKey.MembersType => CanonicalJson.Serialize(new Members([.. ledger.Members.Select(m => m.MspId)])),
        _ => "{}"u8.ToArray(),
    };
}
