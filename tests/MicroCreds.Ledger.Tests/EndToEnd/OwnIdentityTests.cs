using System.Net;
using System.Text;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member past every gateway, with its own Fabric identity and its own signing key, which it uses against the others:
/// each attempt is refused with its reason, and what another owns does not change without its peer.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class OwnIdentityTests(RunningConsortium consortium)
{
    private RunningInstitution Member => consortium[0];

    private RunningInstitution Partner => consortium[1];

    private RunningInstitution Accreditor => consortium[3];

    private string Ledger => consortium.Ledger;

    [Fact]
    public async Task Vote_Twice_IsRefused()
    {
        string id = $"{Member.MspId}.twice-{Guid.NewGuid():N}";
        var key = await consortium.SigningKeyOfAsync(Member);
        var ballot = new BallotStatement
        {
            Ledger = Ledger,
            MspId = Member.MspId,
            Id = id,
            Action = BallotAction.AdmitAccreditor,
            Subject = Partner.MspId,
            ClosesAt = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow.AddDays(1)),
            KeyId = key.Id,
        };
        await SubmitAsync(Member, TransactionNames.ProposeBallot, key.Sign(ballot));
        var vote = new VoteStatement
        {
            Ledger = Ledger,
            MspId = Member.MspId,
            Ballot = id,
            Digest = StatementDigest.Of(ballot),
            Approve = true,
            KeyId = key.Id,
        };
        await SubmitAsync(Member, TransactionNames.Vote, key.Sign(vote));
        await RefusedAsync(ErrorCodes.AlreadyVoted, TransactionNames.Vote, key.Sign(vote with { Approve = false }));
        await RefusedAsync(
            ErrorCodes.WrongInstitution, TransactionNames.Vote, key.Sign(vote with { MspId = Partner.MspId }));
        var (_, standing) = await Member.SendAsync(HttpMethod.Get, $"/v1/ballots/{id}");
        Assert.Single(standing!["votes"]!.AsArray());
    }

    [Fact]
    public async Task Agreement_AcceptedForAnother_OrAmendedAlone_IsRefused_AndWhatWasAgreedGoesOn()
    {
        string id = $"{Member.MspId}.alone-{Guid.NewGuid():N}";
        var key = await consortium.SigningKeyOfAsync(Member);
        var terms = Terms(id, key.Id);
        await SubmitAsync(Member, TransactionNames.ProposeAgreement, key.Sign(terms));
        await RefusedAsync(
            ErrorCodes.WrongInstitution, TransactionNames.AcceptAgreement,
            key.Sign(Acceptance(terms, Partner.MspId, key.Id)));
        await RefusedAsync(
            ErrorCodes.AgreementClosed, TransactionNames.AcceptAgreement,
            key.Sign(Acceptance(terms, Member.MspId, key.Id)));
        await Partner.SaysAsync($"/v1/agreements/{id}", "\"digest\"");
        var (accepted, problem) = await Partner.SendAsync(
            HttpMethod.Post, $"/v1/agreements/{id}/versions/1/acceptance", new { });
        Assert.True(accepted == HttpStatusCode.OK, problem?.ToString());

        // What it proposes binds nobody: not rewritten, not by its own acceptance, not without the other.
        await RefusedAsync(
            ErrorCodes.AgreementConflict, TransactionNames.ProposeAgreement,
            key.Sign(terms with { NoticeDays = 1 }));
        await RefusedAsync(
            ErrorCodes.InvalidValue, TransactionNames.ProposeAgreement,
            key.Sign(terms with { Version = 2, Parties = [Member.MspId, consortium[2].MspId] }));
        var amended = terms with { Version = 2, Name = "Amended alone" };
        await SubmitAsync(Member, TransactionNames.ProposeAgreement, key.Sign(amended));
        await RefusedAsync(
            ErrorCodes.AgreementClosed, TransactionNames.AcceptAgreement,
            key.Sign(Acceptance(amended, Member.MspId, key.Id)));
        string standing = await Partner.SaysAsync($"/v1/agreements/{id}", "Amended alone");
        Assert.Contains("\"state\":\"inForce\",\"version\":1", standing, StringComparison.Ordinal);
        await Partner.SendAsync(HttpMethod.Post, $"/v1/agreements/{id}/notice", new { });
    }

    [Fact]
    public async Task Accreditation_IsNotShortenedByAnother_NorChangedWithoutItsOwnersPeer()
    {
        string id = $"owned-{Guid.NewGuid():N}";
        var own = await consortium.SigningKeyOfAsync(Accreditor);
        var grant = new AccreditationStatement
        {
            Ledger = Ledger,
            MspId = Accreditor.MspId,
            Institution = Partner.MspId,
            Id = id,
            Sequence = 1,
            Action = AccreditationAction.Grant,
            Scope = new AwardScope { Achievements = ["none-such"] },
            ValidFrom = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow),
            ValidUntil = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow.AddYears(1)),
            KeyId = own.Id,
        };
        await SubmitAsync(Accreditor, TransactionNames.SetAccreditation, own.Sign(grant));
        var key = await consortium.SigningKeyOfAsync(Member);
        var narrow = grant with
        {
            Sequence = 2,
            Action = AccreditationAction.Narrow,
            Scope = null,
            ValidFrom = null,
            ValidUntil = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow.AddDays(1)),
        };
        await RefusedAsync(
            ErrorCodes.WrongInstitution, TransactionNames.SetAccreditation,
            key.Sign(narrow with { KeyId = key.Id }));
        await RefusedAsync(
            ErrorCodes.AccreditationUnknown, TransactionNames.SetAccreditation,
            key.Sign(narrow with { MspId = Member.MspId, KeyId = key.Id }));

        // The accreditor's own statement, endorsed by a majority of members but not by its own peer: the key's policy.
        string[] others = [.. consortium.Description.Institutions.Take(3).Select(one => one.MspId)];
        var withdraw = grant with
        {
            Sequence = 2,
            Action = AccreditationAction.Withdraw,
            Scope = null,
            ValidFrom = null,
            ValidUntil = null,
        };
        var argument = own.Sign(withdraw);
        Assert.Equal(TxValidationCode.EndorsementPolicyFailure, await CommitAsync(argument, others));
        var (_, standing) = await Accreditor.SendAsync(
            HttpMethod.Get, $"/v1/accreditations/{Partner.MspId}/{Accreditor.MspId}/{id}");
        Assert.Equal("inForce", (string?)standing!["state"]);
        Assert.Equal(TxValidationCode.Valid, await CommitAsync(argument, [Accreditor.MspId, .. others.Take(2)]));
        await Accreditor.SaysAsync($"/v1/accreditations/{Partner.MspId}/{Accreditor.MspId}/{id}", "withdrawn");
    }

    private AgreementStatement Terms(string id, string keyId) => new()
    {
        Ledger = Ledger,
        MspId = Member.MspId,
        Id = id,
        Version = 1,
        Name = "Agreed by both",
        Parties = [.. new[] { Member.MspId, Partner.MspId }.Order(StringComparer.Ordinal)],
        Clauses = [new AgreementClause { Id = "none", Scope = new AwardScope { Achievements = ["none-such"] } }],
        ValidFrom = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow),
        NoticeDays = 0,
        KeyId = keyId,
    };

    private AcceptanceStatement Acceptance(AgreementStatement terms, string mspId, string keyId) => new()
    {
        Ledger = Ledger,
        MspId = mspId,
        Agreement = terms.Id,
        Version = terms.Version,
        Digest = StatementDigest.Of(terms),
        KeyId = keyId,
    };

    private static string ArgumentOf<T>(SignedStatement<T> statement)
        where T : class => Encoding.UTF8.GetString(CanonicalJson.Serialize(statement));

    private async Task SubmitAsync<T>(RunningInstitution by, string transaction, SignedStatement<T> statement)
        where T : class
    {
        using var user = new LedgerUser(consortium.Description, by, "Admin");
        await user.Contract.SubmitAsync(
            transaction, [ArgumentOf(statement)], TestContext.Current.CancellationToken);
    }

    private async Task RefusedAsync<T>(string code, string transaction, SignedStatement<T> statement)
        where T : class
    {
        var refused = await Assert.ThrowsAsync<EndorseException>(() => SubmitAsync(Member, transaction, statement));
        Assert.True(LedgerError.TryFind(refused.Message, out var error), refused.Message);
        Assert.Equal(code, error.Code);
    }

    private async Task<TxValidationCode> CommitAsync(
        SignedStatement<AccreditationStatement> statement, string[] endorsers)
    {
        using var user = new LedgerUser(consortium.Description, Accreditor, "Admin");
        var proposal = user.Contract.NewProposal(TransactionNames.SetAccreditation, new ProposalOptions
        {
            Arguments = [Encoding.UTF8.GetBytes(ArgumentOf(statement))],
            EndorsingOrganizations = endorsers,
        });
        var transaction = await proposal.EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);
        var commit = await transaction.SubmitAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (await commit.GetStatusAsync(cancellationToken: TestContext.Current.CancellationToken)).Code;
    }
}
