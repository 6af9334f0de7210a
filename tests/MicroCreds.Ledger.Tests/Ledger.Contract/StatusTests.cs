using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class StatusTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Aurora];

    private LedgerMember Other => ledger[LedgerFixture.Linden];

    [Fact]
    public async Task SetStatus_SuspendReinstateRevoke_EachOnItsOwn()
    {
        var issued = await Samples.IssueAsync(Member);
        string[] states = [CredentialState.Suspended, CredentialState.InForce, CredentialState.Revoked];
        for (int i = 0; i < states.Length; i++)
        {
            var statement = Samples.Status(Member, issued, states[i], i + 1);
            Assert.False((await Samples.SetStatusAsync(Member, statement)).Unchanged);
            Assert.True((await Samples.SetStatusAsync(Member, statement)).Unchanged);
            var anchor = await Other.EvaluateAsync<Anchor>(
                TransactionNames.GetAnchor, issued.Statement.MspId, issued.Statement.Root, 3);
            Assert.Equal(states[i], anchor.Status!.Statement.State);
        }

        var neighbour = await Other.EvaluateAsync<Anchor>(
            TransactionNames.GetAnchor, issued.Statement.MspId, issued.Statement.Root, 4);
        Assert.Null(neighbour.Status);
        var history = await Other.EvaluateAsync<List<HistoryEntry<Status>>>(
            TransactionNames.GetStatusHistory, issued.Statement.MspId, issued.Statement.Root, 3);
        Assert.Equal(states.Reverse(), history.Select(h => h.Record!.Statement.State));
    }

    [Fact]
    public async Task SetStatus_Revoked_IsFinal()
    {
        var issued = await Samples.IssueAsync(Member);
        await Samples.SetStatusAsync(Member, Samples.Status(Member, issued, CredentialState.Revoked, 1));
        foreach (string state in new[] { CredentialState.InForce, CredentialState.Suspended, CredentialState.Revoked })
        {
            await RefuseAsync(
                ErrorCodes.CredentialRevoked, "/statement/state", Samples.Status(Member, issued, state, 2));
        }
    }

    [Fact]
    public async Task SetStatus_TransitionThatIsNone_IsRefused()
    {
        var issued = await Samples.IssueAsync(Member);
        await RefuseAsync(
            ErrorCodes.TransitionNotAllowed,
            "/statement/state",
            Samples.Status(Member, issued, CredentialState.InForce, 1));
        await Samples.SetStatusAsync(Member, Samples.Status(Member, issued, CredentialState.Suspended, 1));
        await RefuseAsync(
            ErrorCodes.TransitionNotAllowed,
            "/statement/state",
            Samples.Status(Member, issued, CredentialState.Suspended, 2));
    }

    [Fact]
    public async Task SetStatus_ReplayedOrOutOfTurn_IsRefused()
    {
        var issued = await Samples.IssueAsync(Member);
        var suspend = Samples.Status(Member, issued, CredentialState.Suspended, 1);
        await RefuseAsync(ErrorCodes.SequenceConflict, "/statement/sequence", suspend with { Sequence = 2 });
        await Samples.SetStatusAsync(Member, suspend);
        var reinstate = Samples.Status(Member, issued, CredentialState.InForce, 2);
        await Samples.SetStatusAsync(Member, reinstate);

        // The old, genuine statement must not suspend it again.
        await RefuseAsync(ErrorCodes.SequenceConflict, "/statement/sequence", suspend);
    }

    [Fact]
    public async Task SetStatus_StatementOfAnotherCredential_IsRefused()
    {
        var issued = await Samples.IssueAsync(Member);
        var second = await Samples.IssueAsync(Member);
        var revoke = TestKeys.Sign(Samples.Status(Member, issued, CredentialState.Revoked, 1), Member.Key);
        foreach (var moved in new[]
        {
            revoke.Statement with { Index = 4 },
            revoke.Statement with { Root = second.Statement.Root },
            revoke.Statement with { Reason = StatusReason.Misconduct },
        })
        {
            await Refused.SubmitAsync(
                Member.User,
                ErrorCodes.SignatureInvalid,
                "/signature",
                TransactionNames.SetStatus,
                revoke with { Statement = moved });
        }
    }

    [Fact]
    public async Task SetStatus_OfAnotherInstitutionsCredential_IsRefused()
    {
        var issued = await Samples.IssueAsync(Member);

        // In the own name, with the own key.
        await Refused.SubmitAsync(
            Other.User,
            ErrorCodes.IssuanceUnknown,
            "/statement/root",
            TransactionNames.SetStatus,
            TestKeys.Sign(Samples.Status(Other, issued, CredentialState.Revoked, 1), Other.Key));

        // In the issuer's name, with the own key; and with the issuer's genuine statement, past its gateway.
        var theirs = Samples.Status(Member, issued, CredentialState.Revoked, 1);
        foreach (var key in new[] { Other.Key, Member.Key })
        {
            await Refused.SubmitAsync(
                Other.Admin,
                ErrorCodes.WrongInstitution,
                "/statement/mspId",
                TransactionNames.SetStatus,
                TestKeys.Sign(theirs, key));
        }

        var anchor = await Other.EvaluateAsync<Anchor>(
            TransactionNames.GetAnchor, issued.Statement.MspId, issued.Statement.Root, 3);
        Assert.Null(anchor.Status);
    }

    [Fact]
    public async Task SetStatus_Nowhere_IsRefused()
    {
        var issued = await Samples.IssueAsync(Member);
        var revoke = Samples.Status(Member, issued, CredentialState.Revoked, 1);
        await RefuseAsync(ErrorCodes.IndexOutOfRange, "/statement/index", revoke with { Index = 10 });
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/index", revoke with { Index = -1 });
        await RefuseAsync(ErrorCodes.IssuanceUnknown, "/statement/root", revoke with { Root = Samples.NewRoot() });
    }

    [Theory]
    [InlineData("/statement/type", ErrorCodes.WrongStatementType, """{"type":"Issuance"}""")]
    [InlineData("/statement/ledger", ErrorCodes.WrongLedger, """{"ledger":"elsewhere"}""")]
    [InlineData("/statement/state", ErrorCodes.InvalidValue, """{"state":"deleted"}""")]
    [InlineData("/statement/reason", ErrorCodes.InvalidValue, """{"reason":"underReview"}""")]
    [InlineData("/statement/reason", ErrorCodes.InvalidValue, """{"reason":"Jane Doe cheated"}""")]
    [InlineData("/statement/reason", ErrorCodes.InvalidValue, """{"state":"suspended","reason":"other"}""")]
    [InlineData("/statement/reason", ErrorCodes.InvalidValue, """{"state":"inForce","reason":"other"}""")]
    [InlineData("/statement/sequence", ErrorCodes.InvalidValue, """{"sequence":0}""")]
    [InlineData("/statement/sequence", ErrorCodes.InvalidValue, """{"sequence":1002}""")]
    [InlineData("/statement/root", ErrorCodes.InvalidValue, """{"root":"\u0000"}""")]
    public async Task SetStatus_BadStatement_IsRefusedWithItsPlace(string field, string code, string members)
    {
        var statement = Samples.Status(Member, await Samples.IssueAsync(Member), CredentialState.Revoked, 1);
        await RefuseAsync(code, field, LedgerJson.Deserialize<StatusStatement>(Spoilt.With(statement, members)));
    }

    [Fact]
    public async Task SetStatus_NoReason_IsRefused()
    {
        var statement = Samples.Status(Member, await Samples.IssueAsync(Member), CredentialState.Revoked, 1);
        await RefuseAsync(ErrorCodes.InvalidValue, "/statement/reason", statement with { Reason = null });
    }

    [Fact]
    public async Task SetStatus_Superseded_NamesItsReplacement()
    {
        var old = await Samples.IssueAsync(Member);
        var replacement = Reference(await Samples.IssueAsync(Member), 7);
        var supersede = Superseded(old, replacement);
        await Samples.SetStatusAsync(Member, supersede);
        var anchor = await Other.EvaluateAsync<Anchor>(
            TransactionNames.GetAnchor, old.Statement.MspId, old.Statement.Root, 3);
        Assert.Equal(replacement, anchor.Status!.Statement.ReplacedBy);
    }

    [Fact]
    public async Task SetStatus_ReplacementThatIsNone_IsRefused()
    {
        var old = await Samples.IssueAsync(Member);
        var replacement = Reference(await Samples.IssueAsync(Member), 0);
        var theirs = Reference(await Samples.IssueAsync(Other), 0);
        var gone = await Samples.IssueAsync(Member);
        await Samples.SetStatusAsync(Member, Samples.Status(Member, gone, CredentialState.Revoked, 1));
        const string Field = "/statement/replacedBy";
        foreach (var wrong in new[]
        {
            Reference(old, 3), theirs, Reference(gone, 3),
            replacement with { Root = Samples.NewRoot() },
            replacement with { Index = 10 },
        })
        {
            await RefuseAsync(ErrorCodes.ReplacementInvalid, Field, Superseded(old, wrong));
        }

        await RefuseAsync(
            ErrorCodes.InvalidValue, Field, Superseded(old, replacement) with { Reason = StatusReason.Other });
        foreach (string id in new[] { "", "jane", "urn:uuid:ABCDEF00-0000-4000-8000-000000000000", "urn:uuid:1" })
        {
            await RefuseAsync(
                ErrorCodes.InvalidValue, Field + "/id", Superseded(old, replacement with { Id = id }));
        }
    }

    [Fact]
    public async Task SetStatus_TwoAtOnce_OneWins()
    {
        var issued = await Samples.IssueAsync(Member);
        var revoke = Samples.Status(Member, issued, CredentialState.Revoked, 1);
        var written = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Samples.SetStatusAsync(Member, revoke)));
        Assert.Single(written, w => !w.Unchanged);
    }

    private static CredentialReference Reference(Issuance issuance, int index) =>
        new(issuance.Statement.Root, index, "urn:uuid:" + Guid.NewGuid());

    private StatusStatement Superseded(Issuance old, CredentialReference replacement) =>
        Samples.Status(Member, old, CredentialState.Revoked, 1) with
        {
            Reason = StatusReason.Superseded,
            ReplacedBy = replacement,
        };

    private Task RefuseAsync(string code, string field, StatusStatement statement) => Refused.SubmitAsync(
        Member.User, code, field, TransactionNames.SetStatus, TestKeys.Sign(statement, Member.Key));
}
