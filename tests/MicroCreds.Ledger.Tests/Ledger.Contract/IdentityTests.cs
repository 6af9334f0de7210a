using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>An institution calls itself what another is called, by its own right to write its own record.</summary>
public sealed class IdentityTests(RegisteredLedger ledger) : IClassFixture<RegisteredLedger>
{
    private LedgerMember Aurora => ledger[LedgerFixture.Aurora];

    private LedgerMember Linden => ledger[LedgerFixture.Linden];

    private LedgerMember Tejo => ledger[LedgerFixture.Tejo];

    private LedgerMember Meridian => ledger[LedgerFixture.Meridian];

    [Theory]
    [InlineData("Aurora University")]
    [InlineData("AURORA  UNIVERSITY")]
    [InlineData("Aurora-University.")]
    [InlineData("Ａｕｒｏｒａ University")]
    [InlineData("Aürora Univérsity")]
    public Task Claim_OfAnothersName_InWhateverSpelling_IsRefused(string name) => RefuseAsync(
        ErrorCodes.IdentityConflict, "/name", Tejo.Institution with { Name = name });

    [Fact]
    public Task Claim_OfAnothersName_WithWhatNobodySees_IsRefused() => RefuseAsync(
        ErrorCodes.InvalidValue, "/name", Tejo.Institution with { Name = "Aurora\u200B University" });

    [Fact]
    public async Task Claim_OfAnothersDidOrIdentifier_IsRefused()
    {
        await RefuseAsync(ErrorCodes.DidConflict, "/did", Tejo.Institution with { Did = Aurora.Institution.Did });
        await ProposeAsync(Aurora, Aurora.Institution with { Identifiers = Ror("https://ror.org/0abcdef12") });
        await Aurora.ConfirmAsync();
        foreach (string value in (string[])["https://ror.org/0abcdef12", "ror.org/0ABCDEF12/", " www.ror.org/0abcdef12"])
        {
            await RefuseAsync(
                ErrorCodes.IdentityConflict, "/identifiers/ror", Tejo.Institution with { Identifiers = Ror(value) });
        }
    }

    [Fact]
    public async Task Claim_ThatNobodyConfirmed_IsInNobodysWay()
    {
        // Tejo is first to claim what is Linden's to be, and the members have not said a word.
        var wanted = Linden.Institution with { Name = "Linden University of Applied Sciences" };
        await ProposeAsync(Tejo, Tejo.Institution with { Name = wanted.Name });
        Assert.Equal(Tejo.Institution.Name, (await ReadAsync(Tejo)).Name);

        await ProposeAsync(Linden, wanted);
        await Linden.ConfirmAsync();
        Assert.Equal(wanted.Name, (await ReadAsync(Linden)).Name);

        // What Tejo proposed before cannot be confirmed any more, nor asked.
        var late = await ReadAsync(Tejo);
        await RefuseAsync(
            ErrorCodes.IdentityConflict, "/statement/identity/name", Meridian,
            Agreed.Ballot(Meridian, Tejo.MspId, BallotAction.ConfirmIdentity) with
            {
                Identity = late.Proposed!.Digest(),
            });
        await ProposeAsync(Tejo, Tejo.Institution);
        Assert.Null((await ReadAsync(Tejo)).Proposed);
    }

    [Fact]
    public async Task Did_ChangedAndChangedBack_EachStaysItsOwn()
    {
        var first = Meridian.Institution;
        var second = first with { Did = "did:web:agency.example" };
        await ProposeAsync(Meridian, second);
        await Meridian.ConfirmAsync();
        await ProposeAsync(Meridian, first);
        await Meridian.ConfirmAsync();
        var standing = await ReadAsync(Meridian);
        Assert.Equal(first.Did, standing.Did);
        Assert.True(standing.HasDid(first.Did) && standing.HasDid(second.Did));
        Assert.Equal([false, false, true], standing.Identities.TakeLast(3).Select(identity => identity.Until is null));

        // Given up, its name is free and its DID is not.
        var former = standing.Identities[^2];
        await RefuseAsync(ErrorCodes.DidConflict, "/did", Tejo.Institution with { Did = second.Did });
        await LedgerMember.SubmitAsync<Institution>(
            Meridian.Admin, TransactionNames.GiveUpIdentity, former.Digest());
        await RefuseAsync(ErrorCodes.DidConflict, "/did", Tejo.Institution with { Did = second.Did });

        // Its name is the one in force too, and stays.
        await RefuseAsync(
            ErrorCodes.IdentityConflict, "/name", Tejo.Institution with { Name = first.Name.ToUpperInvariant() });
        await Refused.SubmitAsync(
            Meridian.Admin, ErrorCodes.TransitionNotAllowed, "/digest", TransactionNames.GiveUpIdentity,
            standing.Identities[^1].Digest());
    }

    [Fact]
    public async Task Name_GivenUp_IsFreeForAnother()
    {
        var old = Linden.Institution with { Name = "Polytechnic of the Lime Trees" };
        await ProposeAsync(Linden, old);
        await Linden.ConfirmAsync();
        await ProposeAsync(Linden, Linden.Institution);
        await Linden.ConfirmAsync();
        await RefuseAsync(ErrorCodes.IdentityConflict, "/name", Tejo.Institution with { Name = old.Name });
        var former = (await ReadAsync(Linden)).Identities.Last(identity => identity.Name == old.Name);
        await LedgerMember.SubmitAsync<Institution>(Linden.Admin, TransactionNames.GiveUpIdentity, former.Digest());
        await ProposeAsync(Tejo, Tejo.Institution with { Name = old.Name });
        await ProposeAsync(Tejo, Tejo.Institution);
    }

    [Fact]
    public async Task Vote_OfTheOneItIsAbout_OrForWhatIsNotProposedAnyMore_IsRefused()
    {
        await ProposeAsync(Tejo, Tejo.Institution with { Website = "https://tejo.example/en" });
        var asked = Agreed.Ballot(Meridian, Tejo.MspId, BallotAction.ConfirmIdentity) with
        {
            Identity = (await ReadAsync(Tejo)).Proposed!.Digest(),
        };
        await RefuseAsync(
            ErrorCodes.IdentityUnknown, "/statement/identity", Meridian,
            asked with { Identity = Samples.NewRoot() });
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/identity", Meridian, asked with { Identity = null });
        await Agreed.SendAsync(Meridian, asked);
        await Refused.SubmitAsync(
            Tejo.Admin, ErrorCodes.NotAMember, null, TransactionNames.Vote,
            TestKeys.Sign(Agreed.Vote(Tejo, asked), Tejo.Key));
        await Agreed.SendAsync(Meridian, Agreed.Vote(Meridian, asked));

        // Between two votes Tejo proposes something else: nobody confirms what they did not see.
        await ProposeAsync(Tejo, Tejo.Institution with { Website = "https://aurora.example/en" });
        await Refused.SubmitAsync(
            Linden.Admin, ErrorCodes.IdentityUnknown, "/statement/ballot", TransactionNames.Vote,
            TestKeys.Sign(Agreed.Vote(Linden, asked), Linden.Key));
        await ProposeAsync(Tejo, Tejo.Institution);
    }

    private static SortedDictionary<string, string> Ror(string value) => new() { ["ror"] = value };

    private static Task<Written<Institution>> ProposeAsync(LedgerMember member, Institution institution) =>
        LedgerMember.SubmitAsync<Institution>(member.Admin, TransactionNames.SetInstitution, institution);

    private Task<Institution> ReadAsync(LedgerMember member) =>
        Aurora.EvaluateAsync<Institution>(TransactionNames.GetInstitution, member.MspId);

    private Task RefuseAsync(string code, string field, Institution claimed) =>
        Refused.SubmitAsync(Tejo.Admin, code, field, TransactionNames.SetInstitution, claimed);

    private static Task RefuseAsync(string code, string? field, LedgerMember member, BallotStatement statement) =>
        Refused.SubmitAsync(
            member.Admin, code, field, TransactionNames.ProposeBallot, TestKeys.Sign(statement, member.Key));
}
