using System.Net;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Fabric.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member that makes its proposals by hand, with its own identity: it dates them as it likes, and adds what no client
/// would.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class OwnProposalTests(RunningConsortium consortium)
{
    private const int Evaluations = 200;
    private const int Depth = 9_000;

    private RunningInstitution Member => consortium[0];

    private RunningInstitution Partner => consortium[1];

    private string[] Honest =>
        [.. consortium.Description.Institutions.Select(one => one.MspId).Where(mspId => mspId != Member.MspId)];

    public static TheoryData<long, int> Times => new()
    {
        { DateTimeOffset.UtcNow.AddYears(-10).ToUnixTimeSeconds(), 0 },
        { new DateTimeOffset(2023, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), 0 },
        { new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds(), 0 },
        { DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 1200, 0 },
        { DateTimeOffset.UtcNow.ToUnixTimeSeconds(), 2_000_000_000 },
        { long.MaxValue, 0 },
    };

    [Fact]
    public async Task Notice_DatedAsItsGiverLikes_IsRefusedByEachOtherMember_AndTheAgreementGoesOn()
    {
        string id = $"{Member.MspId}.dated-{Guid.NewGuid():N}";
        var key = await consortium.SigningKeyOfAsync(Member);
        await AgreeAsync(id, key);
        try
        {
            using var caller = AlteredContract.CallerOf(consortium, Member, $"Admin@{Member.Domain}");
            var notice = key.Sign(new NoticeStatement
            {
                Ledger = consortium.Ledger,
                MspId = Member.MspId,
                Agreement = id,
                KeyId = key.Id,
            });
            string argument = Encoding.UTF8.GetString(CanonicalJson.Serialize(notice));
            foreach (var (seconds, nanos) in Times.Select(row => row.Data))
            {
                foreach (string honest in Honest)
                {
                    var draft = caller.Draft(TransactionNames.LeaveAgreement, argument);
                    draft.Channel.Timestamp = new Timestamp { Seconds = seconds, Nanos = nanos };
                    var refused = await Assert.ThrowsAsync<RpcException>(() => caller.EndorseAsync(draft, honest));
                    AssertIsAboutTime(refused);
                }
            }

            string standing = await Partner.SaysAsync($"/v1/agreements/{id}", "\"version\":1");
            Assert.Contains("\"state\":\"inForce\"", standing, StringComparison.Ordinal);
            Assert.DoesNotContain("endsAt", standing, StringComparison.Ordinal);
        }
        finally
        {
            await Partner.SendAsync(HttpMethod.Post, $"/v1/agreements/{id}/notice", new { });
        }
    }

    [Fact]
    public async Task Proposals_WithUnknownFieldsNestedDeep_BreakNobodysTransactions()
    {
        Assert.SkipWhen(
            consortium.Description.Engine == "embedded",
            "A request's own fields may be nested 100 deep here, 10,000 in Fabric: scripts/test.sh --engine native.");
        using var caller = AlteredContract.CallerOf(consortium, Member, $"User1@{Member.Domain}");
        using var stop = new CancellationTokenSource();
        var attack = AttackAsync(caller, stop.Token);
        try
        {
            for (int i = 0; i < Evaluations; i++)
            {
                await caller.EvaluateAsync(caller.Draft(TransactionNames.ListInstitutions, "10", ""), Partner.MspId);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        Assert.NotEqual(0, await attack);
    }

    /// <summary>Returns how many were answered, as the contract server answers any other.</summary>
    private async Task<int> AttackAsync(GatewayCaller caller, CancellationToken stop)
    {
        int answered = 0;
        while (!stop.IsCancellationRequested)
        {
            var draft = caller.Draft(TransactionNames.ListInstitutions, "10", "");
            var input = draft.Invocation.ChaincodeSpec;
            input.Input = NestedGroups.Within(input.Input, Depth);
            var answer = await caller.Gateway.EvaluateAsync(
                new EvaluateRequest
                {
                    ChannelId = consortium.Description.Channel,
                    ProposedTransaction = NestedGroups.Within(caller.Sign(draft), Depth),
                    TargetOrganizations = { Partner.MspId },
                },
                cancellationToken: CancellationToken.None);
            Assert.Equal(200, answer.Result.Status);
            answered++;
        }

        return answered;
    }

    private static void AssertIsAboutTime(RpcException refused)
    {
        string said = GatewayCaller.DetailsOf(refused);
        bool byThePeer = said.Contains("timestamp", StringComparison.OrdinalIgnoreCase);
        Assert.True(byThePeer || said.Contains(ErrorCodes.ClockDiffers, StringComparison.Ordinal), said);
        TestContext.Current.SendDiagnosticMessage("Refused: {0}", said);
    }

    private async Task AgreeAsync(string id, IssuerKey key)
    {
        using var user = new LedgerUser(consortium.Description, Member, "Admin");
        var terms = key.Sign(new AgreementStatement
        {
            Ledger = consortium.Ledger,
            MspId = Member.MspId,
            Id = id,
            Version = 1,
            Name = "Goes on",
            Parties = [.. new[] { Member.MspId, Partner.MspId }.Order(StringComparer.Ordinal)],
            Clauses = [new AgreementClause { Id = "none", Scope = new AwardScope { Achievements = ["none-such"] } }],
            ValidFrom = LedgerJson.ToMilliseconds(DateTimeOffset.UtcNow),
            NoticeDays = 0,
            KeyId = key.Id,
        });
        await user.Contract.SubmitAsync(
            TransactionNames.ProposeAgreement, [Encoding.UTF8.GetString(CanonicalJson.Serialize(terms))],
            TestContext.Current.CancellationToken);
        await Partner.SaysAsync($"/v1/agreements/{id}", "\"digest\"");
        var (accepted, problem) = await Partner.SendAsync(
            HttpMethod.Post, $"/v1/agreements/{id}/versions/1/acceptance", new { });
        Assert.True(accepted == HttpStatusCode.OK, problem?.ToString());
    }
}
