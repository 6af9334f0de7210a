using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Which pathways can be milestones of another.</summary>
public sealed class MilestoneTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Milestones_ThatCannotBe_AreRefused_AndOthersCannotSetThem()
    {
        var (pathway, _) = await AwardApplicationTests.CompleteAsync(_gateway);
        string step = await MilestonePageTests.PublishStepAsync(_gateway, pathway);
        await RefusedAsync(pathway, pathway, "/items/0");
        await RefusedAsync(pathway, "never-published", "/items/0");
        using var anyone = await _gateway.Anyone.PutAsJsonAsync(
            $"/v1/pathways/{pathway}/1/milestones", MilestonePageTests.Body(step, true), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        await GatewayHost.OkAsync(await _gateway.Registrar.PutAsJsonAsync(
            $"/v1/pathways/{pathway}/1/milestones", MilestonePageTests.Body(step, false), Cancellation));
        var read = await _gateway.Anyone.GetFromJsonAsync<JsonNode>(
            $"/v1/pathways/{pathway}/1/milestones", Cancellation);
        Assert.Equal(step, (string?)Assert.Single(read!["items"]!.AsArray())!["step"]);
    }

    private async Task RefusedAsync(string pathway, string step, string pointer)
    {
        using var answer = await _gateway.Registrar.PutAsJsonAsync(
            $"/v1/pathways/{pathway}/1/milestones", MilestonePageTests.Body(step, true), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
        Assert.Equal(pointer, (string?)problem!["errors"]![0]!["pointer"]);
    }
}
