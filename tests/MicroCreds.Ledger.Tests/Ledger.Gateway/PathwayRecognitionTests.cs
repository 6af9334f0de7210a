using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Another institution's credential on a pathway: by an agreement, for what it gives.</summary>
public sealed class PathwayRecognitionTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _owner = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    [Fact]
    public async Task CredentialFromAbroad_CountsOnceBothHaveAgreed_ForTheAgreementsCredits()
    {
        var credentials = await SamplePathway.IssueAsync(_owner, "recognized", "Oskar Berg", "part-one");
        var course = GatewayHost.Achievement("kurs");
        (course["fieldOfStudy"], course["eqfLevel"], course["credits"]) = ("0613", 6, 5);
        await GatewayHost.OkAsync(await _partner.PostAsync("/v1/achievements", course));
        using var issued = await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/credentials", GatewayHost.Row("Oskar Berg", "kurs")));
        credentials.Add(JsonNode.Parse(await issued.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));

        var before = await EvaluateUntilAsync(credentials, found => found["notCounted"]!.AsArray().Count == 1);
        Assert.Equal("notRecognized", (string?)before["notCounted"]![0]!["reason"]);
        Assert.Equal(3, (double)before["credits"]!["counted"]!);

        string agreement = await AgreeAsync(
            new AgreementClause { Id = "computing", CreditRatio = 0.8, Scope = new() { Fields = ["06"] } });
        var after = await EvaluateUntilAsync(credentials, found => (double)found["credits"]!["counted"]! > 3);
        var counted = after["groups"]![1]!["counted"]![0]!;
        Assert.Equal("kurs", (string?)counted["achievement"]!["id"]);
        Assert.Equal(4, (double)counted["credits"]!);
        Assert.Equal(agreement, (string?)counted["agreement"]!["id"]);
        Assert.Equal(1, (int)counted["agreement"]!["version"]!);
        Assert.Equal(7, (double)after["credits"]!["counted"]!);
    }

    [Fact]
    public async Task ClauseForTheAccredited_TakesOnlyWhatWasAwardedUnderAnAccreditation()
    {
        await AgreeAsync(new AgreementClause
        {
            Id = "accredited",
            AccreditedOnly = true,
            Scope = new() { Fields = ["05"] },
        });
        var achievement = Samples.Achievement(_partner.Member) with { FieldOfStudy = "0541" };
        var recognitions = _owner.Services.GetRequiredService<OwnersRecognitions>();
        await Until.TrueAsync(
            () => Task.FromResult(
                recognitions.Of(_owner.MspId, (_, _) => true)(achievement, DateTimeOffset.UtcNow).Count == 1),
            () => "the agreement does not arrive");
        Assert.Empty(recognitions.Of(_owner.MspId, (_, _) => false)(achievement, DateTimeOffset.UtcNow));
    }

    /// <summary>The owner proposes, the partner accepts, each by its own key and identity.</summary>
    private async Task<string> AgreeAsync(AgreementClause clause)
    {
        var (key, registered) = KeyOf(_owner);
        var proposal = Agreed.Agreement(_owner.Member, _partner.Member) with
        {
            KeyId = registered.Id,
            Clauses = [clause],
        };
        await LedgerMember.SubmitAsync<Agreement>(
            _owner.Member.Admin, TransactionNames.ProposeAgreement, key.Sign(proposal));
        var (partnersKey, partners) = KeyOf(_partner);
        var acceptance = Agreed.Acceptance(_partner.Member, proposal) with { KeyId = partners.Id };
        await LedgerMember.SubmitAsync<Agreement>(
            _partner.Member.Admin, TransactionNames.AcceptAgreement, partnersKey.Sign(acceptance));
        return proposal.Id;
    }

    private static (IssuerKey Key, SigningKey Registered) KeyOf(GatewayHost host) =>
        host.Services.GetRequiredService<IssuerKeys>().FindActive(
            host.Services.GetRequiredService<LedgerProjection>().Institutions[host.MspId])!.Value;

    /// <summary>The other gateway's blocks may be a moment behind.</summary>
    private async Task<JsonNode> EvaluateUntilAsync(JsonArray credentials, Func<JsonNode, bool> isThere)
    {
        JsonNode found = new JsonObject();
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await _owner.Anyone.PostAsJsonAsync(
                    "/v1/pathways/AuroraMSP/recognized/1/evaluations",
                    new JsonObject { ["credentials"] = credentials.DeepClone() },
                    TestContext.Current.CancellationToken);
                found = (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
                return found["evaluation"] is { } evaluation && isThere(evaluation);
            },
            () => found.ToJsonString());
        return found["evaluation"]!;
    }
}
