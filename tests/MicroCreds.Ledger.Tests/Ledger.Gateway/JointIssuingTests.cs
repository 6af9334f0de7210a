using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Single requests that come at the same moment: one root and one transaction, and each is answered as if it had come
/// alone.
/// </summary>
public sealed class JointIssuingTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DocumentStore Documents => _issuer.Services.GetRequiredService<DocumentStore>();

    private IssuanceStore Issuances => _issuer.Services.GetRequiredService<IssuanceStore>();

    [Fact]
    public async Task SameMoment_OneTransaction_EachWithItsOwnAnswer()
    {
        using var drill = new JointDrill(_issuer);
        int sent = _issuer.Wire.Submissions;
        var person = JointDrill.Ask("Asked Twice");
        AskedOne[] asked =
        [
            JointDrill.Ask("First At Once", "first"), JointDrill.Ask("Second At Once"), person,
            JointDrill.Ask("Third At Once"),
        ];
        var outcomes = await drill.AtOnceAsync(
        [
            .. asked, asked[0], JointDrill.Ask("Another Body", "first"),
            JointDrill.Ask("Asked Twice", email: person.Request.Recipient.Email),
        ]);
        Assert.Equal(2, _issuer.Wire.Submissions - sent);
        Assert.All(outcomes.Take(4), one => Assert.Equal(IssueResult.Issued, one.Result));
        Assert.Equal(((IssueResult?)IssueResult.Repeated, outcomes[0].Id), (outcomes[4].Result, outcomes[4].Id));
        var reused = Assert.IsType<ProblemException>(outcomes[5].Fault);
        Assert.Equal(ProblemKind.KeyReused, reused.Kind);
        Assert.Equal(
            ((IssueResult?)IssueResult.AlreadyIssued, outcomes[2].Id), (outcomes[6].Result, outcomes[6].Id));

        var found = outcomes.Take(4).Select(one => Documents.Find(one.Id)!).ToList();
        string root = Assert.Single(found.Select(one => one.Root).Distinct())!;
        Assert.Equal([0, 1, 2, 3], found.Select(one => one.Document.Leaf).Order());
        Assert.Equal(4, found.Select(one => one.Document.Issuance).Distinct().Count());
        var actors = _issuer.Services.GetRequiredService<RecordActors>();
        for (int i = 0; i < asked.Length; i++)
        {
            var issuance = Issuances.FindByPlace(root, found[i].Document.Leaf)!;
            Assert.Equal(found[i].Document.Issuance, issuance.Number);
            Assert.Equal(JointDrill.CallerOf(asked[i]), actors.OfIssuance(issuance.Id));
        }
    }

    [Fact]
    public async Task AnchoredTogether_IsReadVerifiedRevokedAndErasedAlone()
    {
        using var drill = new JointDrill(_issuer);
        var outcomes = await drill.AtOnceAsync(
            [.. Enumerable.Range(0, 5).Select(i => JointDrill.Ask($"Learner {i} Of Five"))]);
        var places = outcomes.Select(one => Documents.Find(one.Id)!).ToList();
        var read = new List<byte[]>();
        foreach (var outcome in outcomes)
        {
            read.Add(await _issuer.Registrar.GetByteArrayAsync(
                $"/v1/credentials/{outcome.Id}", Cancellation));
        }

        Assert.All(
            read, document => Assert.Equal(5, (int)JsonNode.Parse(document)!["ledgerAnchor"]!["size"]!));
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{outcomes[0].Id}/revocation", new { reason = "withdrawn" }));
        string[] verdicts = await Task.WhenAll(read.Select(document => _issuer.VerdictAsync(document)));
        Assert.Equal(["invalid", "valid", "valid", "valid", "valid"], verdicts);

        await GatewayHost.OkAsync(
            await _issuer.Registrar.DeleteAsync($"/v1/credentials/{outcomes[1].Id}", Cancellation));
        var origins = _issuer.Services.GetRequiredService<CredentialOrigins>();
        Assert.Equal(
            "Learner 1 Of Five",
            origins.Find(new(null, places[1].Root!, places[1].Document.Leaf, Document: null))!.AskedBy!.Name);
        Assert.Equal(
            read[2],
            await _issuer.Registrar.GetByteArrayAsync($"/v1/credentials/{outcomes[2].Id}", Cancellation));
        var store = _issuer.Services.GetRequiredService<GatewayStore>();
        Assert.Empty((await store.Database.WriteAsync(connection => StoreCheck.Run(connection))).Faults);
        await store.Database.WriteAsync(connection =>
        {
            connection.Run("SAVEPOINT damaged");
            connection.Run("DELETE FROM tree_piece WHERE piece < -1");
            Assert.Contains(StoreCheck.Run(connection).Faults, one => one.Contains("root", StringComparison.Ordinal));
            connection.Run("ROLLBACK TO SAVEPOINT damaged");
        });
    }

    [Fact]
    public async Task OneThatCannotBeKept_FailsAlone()
    {
        using var drill = new JointDrill(_issuer);
        var outcomes = await drill.AtOnceAsync(
        [
            JointDrill.Ask("Beside It"),
            JointDrill.Ask("Withdrawn Meanwhile") with { Source = new IssuanceSource { Request = "withdrawn" } },
            JointDrill.Ask("Behind It"),
        ]);
        Assert.IsType<RequestEndedException>(outcomes[1].Fault);
        Assert.Equal(IssueResult.Issued, outcomes[0].Result);
        Assert.Equal(IssueResult.Issued, outcomes[2].Result);
    }

    [Fact]
    public async Task Refused_NothingIsKept_OfAny()
    {
        using var drill = new JointDrill(_issuer);
        AskedOne[] asked = [JointDrill.Ask("Refused One", "refused-1"), JointDrill.Ask("Refused Two", "refused-2")];
        var outcomes = await drill.AtOnceAsync(asked, () => _issuer.Wire.Faults.Enqueue(
            new LedgerRefusedException("Retired.", ErrorCodes.AchievementRetired)));
        foreach (var outcome in outcomes) Assert.IsType<LedgerRefusedException>(outcome.Fault);
        Assert.All(
            asked, one => Assert.Null(Issuances.FindByFingerprint(drill.FingerprintOf(one).Fingerprint!)));
        Assert.Equal(IssueResult.Issued, (await drill.AloneAsync(asked[0])).Result);
    }

    [Fact]
    public async Task PlacesThatWereTaken_AllAreSignedAnew_AndIssued()
    {
        using var drill = new JointDrill(_issuer);
        int sent = _issuer.Wire.Submissions;
        var outcomes = await drill.AtOnceAsync(
            [.. Enumerable.Range(0, 3).Select(i => JointDrill.Ask($"Placed {i} Anew"))],
            () => _issuer.Wire.Faults.Enqueue(
                new LedgerRefusedException("Taken.", ErrorCodes.StatusRangeConflict)));
        Assert.All(outcomes, one => Assert.Equal(IssueResult.Issued, one.Result));
        Assert.Equal(3, _issuer.Wire.Submissions - sent);
        Assert.Single(outcomes.Select(one => Documents.Find(one.Id)!.Root).Distinct());
    }

    [Fact]
    public async Task AnswerThatIsLost_EachFindsItsOwn()
    {
        using var drill = new JointDrill(_issuer);
        AskedOne[] asked = [.. Enumerable.Range(0, 3).Select(i => JointDrill.Ask($"Lost {i}", $"lost-{i}"))];
        var outcomes = await drill.AtOnceAsync(asked, () => _issuer.Wire.LosesNextAnswer = true);
        foreach (var outcome in outcomes) Assert.IsType<OutcomeUnknownException>(outcome.Fault);
        await Until.TrueAsync(
            () => Task.FromResult(Issuances.FindUnfinished().Count == 0), () => "They were not brought to an end.");
        var again = new List<IssueOutcome>();
        foreach (var one in asked) again.Add(await drill.AloneAsync(one));
        Assert.All(again, one => Assert.Equal(IssueResult.Repeated, one.Result));
        string root = Assert.Single(again.Select(one => Documents.Find(one.Id!.Value)!.Root).Distinct())!;
        Assert.Equal(3, _issuer.Services.GetRequiredService<ProjectedRecords>()
            .FindIssuance(_issuer.MspId, root)!.Record.Statement.Size);
    }

    [Fact]
    public async Task KeptAndThenRefused_EachIsSignedAnewAlone()
    {
        using var drill = new JointDrill(_issuer);
        AskedOne[] asked = [.. Enumerable.Range(0, 3).Select(i => JointDrill.Ask($"Parted {i}", $"parted-{i}"))];
        var outcomes = await drill.AtOnceAsync(asked, () =>
        {
            // Nobody knows whether it got there; it did not, and its places were taken meanwhile.
            _issuer.Wire.Faults.Enqueue(new OutcomeUnknownException("x", new TimeoutException()));
            foreach (var _ in asked)
                _issuer.Wire.Faults.Enqueue(new LedgerRefusedException("Taken.", ErrorCodes.StatusRangeConflict));
        });
        foreach (var outcome in outcomes) Assert.IsType<OutcomeUnknownException>(outcome.Fault);
        await Until.TrueAsync(
            () => Task.FromResult(Issuances.FindUnfinished().Count == 0), () => "They were not brought to an end.");
        foreach (var one in asked)
        {
            var outcome = await drill.AloneAsync(one);
            Assert.Equal(IssueResult.Repeated, outcome.Result);
            byte[] document = await _issuer.Registrar.GetByteArrayAsync($"/v1/credentials/{outcome.Id}", Cancellation);
            Assert.Equal("valid", await _issuer.VerdictAsync(document));
        }
    }

    [Fact]
    public async Task ByTheApi_AtOnce_SomeShareARoot_AndABadOneSpoilsNone()
    {
        // How many come together is the machine's; that any do is not left to one attempt.
        const int MaxRounds = 20;
        for (int round = 1; ; round++)
        {
            var posted = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => _issuer.PostAsync(
                "/v1/credentials",
                i == 7 ? GatewayHost.Row("Bad", "no-such-achievement") : GatewayHost.Row($"Posted {round} {i}"))));
            Assert.Equal(HttpStatusCode.BadRequest, posted[7].StatusCode);
            var roots = new List<string>();
            foreach (var answer in posted.Where((_, i) => i != 7))
            {
                Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
                var document = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
                Assert.Equal(
                    $"urn:uuid:{answer.Headers.Location!.ToString().Split('/')[^1]}", (string?)document["id"]);
                roots.Add((string)document["ledgerAnchor"]!["root"]!);
            }

            if (roots.Distinct().Count() < roots.Count) return;
            Assert.True(round < MaxRounds, "No two of sixteen at once were ever anchored together.");
        }
    }
}
