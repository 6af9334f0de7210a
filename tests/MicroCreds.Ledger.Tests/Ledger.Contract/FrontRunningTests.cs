using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;
using TxValidationCode = MicroCreds.Fabric.Protocol.Peer.TxValidationCode;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>
/// Whoever endorses a transaction reads it before it is committed. A member that then writes what it has read first, in
/// its own name and with its own keys, takes nothing from whose it is: what was endorsed is committed all the same.
/// </summary>
[Collection(RegisteredLedgerGroup.Name)]
public sealed class FrontRunningTests(RegisteredLedger ledger)
{
    private LedgerMember Victim => ledger[LedgerFixture.Aurora];

    private LedgerMember Attacker => ledger[LedgerFixture.Linden];

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Issuance_WhoseRootAnEndorserAnchorsFirst_IsItsIssuersAllTheSame(int size)
    {
        var own = await Samples.PublishAsync(Attacker);
        var statement = Samples.Issuance(Victim, await Samples.PublishAsync(Victim)) with { Size = size };
        var endorsed = await EndorseAsync(Victim.User, TransactionNames.Issue, TestKeys.Sign(statement, Victim.Key));

        // The same root, list and places, all that an attacker can make its own.
        var taken = statement with { MspId = Attacker.MspId, KeyId = Attacker.KeyId, Achievements = [own] };
        await LedgerMember.SubmitAsync<Issuance>(
            Attacker.User, TransactionNames.Issue, TestKeys.Sign(taken, Attacker.Key));
        await Refused.SubmitAsync(
            Attacker.User, ErrorCodes.WrongInstitution, "/statement/mspId", TransactionNames.Issue,
            TestKeys.Sign(statement, Attacker.Key));

        Assert.Equal(TxValidationCode.Valid, await CommitAsync(endorsed));
        var issued = await Victim.EvaluateAsync<Issuance>(
            TransactionNames.GetIssuance, Victim.MspId, statement.Root);
        Assert.Equal(Victim.MspId, issued.Statement.MspId);

        // Nor does what the attacker says of its own copy reach the victim's.
        await Samples.SetStatusAsync(
            Attacker, Samples.Status(Attacker, issued, CredentialState.Revoked, 1) with { Index = 0 });
        var anchor = await Victim.EvaluateAsync<Anchor>(
            TransactionNames.GetAnchor, Victim.MspId, statement.Root, 0);
        Assert.Null(anchor.Status);
    }

    [Fact]
    public async Task AgreementAndBallot_WhoseIdAnEndorserTakesFirst_AreTheirProposersAllTheSame()
    {
        var third = ledger[LedgerFixture.Tejo];
        var agreement = Agreed.Agreement(Victim, third);
        bool isAccreditor = (await Victim.EvaluateAsync<Consortium>(TransactionNames.GetConsortium))
            .IsAccreditor(LedgerFixture.Meridian);
        var ballot = Agreed.Ballot(
            Victim, LedgerFixture.Meridian,
            isAccreditor ? BallotAction.RemoveAccreditor : BallotAction.AdmitAccreditor);
        var proposed = await EndorseAsync(
            Victim.Admin, TransactionNames.ProposeAgreement, TestKeys.Sign(agreement, Victim.Key));
        var asked = await EndorseAsync(
            Victim.Admin, TransactionNames.ProposeBallot, TestKeys.Sign(ballot, Victim.Key));

        var taken = Agreed.Agreement(Attacker, third);
        await Refused.SubmitAsync(
            Attacker.Admin, ErrorCodes.InvalidValue, "/statement/id", TransactionNames.ProposeAgreement,
            TestKeys.Sign(taken with { Id = agreement.Id }, Attacker.Key));
        await Refused.SubmitAsync(
            Attacker.Admin, ErrorCodes.InvalidValue, "/statement/id", TransactionNames.ProposeBallot,
            TestKeys.Sign(
                ballot with { MspId = Attacker.MspId, KeyId = Attacker.KeyId }, Attacker.Key));

        Assert.Equal(TxValidationCode.Valid, await CommitAsync(proposed));
        Assert.Equal(TxValidationCode.Valid, await CommitAsync(asked));
    }

    private static Task<Transaction> EndorseAsync(FabricContract contract, string name, object argument) =>
        contract.NewProposal(name, Refused.OptionsOf(argument))
            .EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<TxValidationCode> CommitAsync(Transaction endorsed)
    {
        var commit = await endorsed.SubmitAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (await commit.GetStatusAsync(cancellationToken: TestContext.Current.CancellationToken)).Code;
    }
}
