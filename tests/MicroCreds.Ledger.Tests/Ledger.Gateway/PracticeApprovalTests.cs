using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A practice whose credential needs a second pair of eyes, at a gateway that sends no mails.</summary>
public sealed class PracticeApprovalTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhereAnotherHasToApprove_ItIsIssuedOnceThatIsDone_AndWaitsAgainIfItIsTurnedDown()
    {
        await using var strict = await GatewayHost.StartAsync(
            ledger[LedgerFixture.Aurora], "Approval=all");
        await strict.PrepareAsync();
        var (rule, _) = await PracticeVisitor.SetUpAsync(
            strict, await PracticeVisitor.PublishAsync(strict), more: new { leastScore = 0.5 });
        using var learner = await PracticeVisitor.BeginAsync(strict.Anyone.BaseAddress!, rule, "Aino Approved");
        await learner.PassAsync();
        using var asked = await learner.PostAsync("request");
        using var made = await GatewayHost.OkAsync(
            await strict.PostAsync("/v1/api-keys", new { name = "Second", roles = (string[])["approver"] }));
        var key = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["key"]!;
        using var approver = strict.With((string)key!);
        string practice = $"/v1/practices/{(string)(await OnlyAsync(strict))["id"]!}";

        string held = await HoldAsync(strict, practice);
        using var again = await strict.PostAsync($"{practice}/award", new { });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.Contains(held, await again.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var turnedDown = await GatewayHost.OkAsync(
            await approver.PostAsJsonAsync($"{held}/refusal", new { reason = "not yet" }, Cancellation));
        Assert.Equal("asked", (string?)(await OnlyAsync(strict))["state"]);

        held = await HoldAsync(strict, practice);
        using var approved = await GatewayHost.OkAsync(
            await approver.PostAsync($"{held}/approval", content: null, Cancellation));
        await Until.TrueAsync(
            async () => (string?)(await OnlyAsync(strict))["credential"] is not null,
            () => "What was approved is not said to be issued.");
        Assert.Contains("/claim", await learner.PageAsync(), StringComparison.Ordinal);
    }

    private static async Task<JsonNode> OnlyAsync(GatewayHost gateway) => Assert.Single(JsonNode.Parse(
        await gateway.Registrar.GetStringAsync("/v1/practices", Cancellation))!["items"]!.AsArray())!;

    private static async Task<string> HoldAsync(GatewayHost gateway, string practice)
    {
        using var answer = await GatewayHost.OkAsync(await gateway.PostAsync($"{practice}/award", new { }));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["request"]!;
    }
}
