using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Two gateways of one institution on one database: any answers any request, and one leads.</summary>
public sealed class InstancesTests(InstancesFixture instances) : IClassFixture<InstancesFixture>
{
    private static readonly string[] Registrars = ["registrar"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Any_AnswersAnyRequest_AndOneLeads()
    {
        await using var two = await instances.StartTwoAsync();
        var (leader, follower) = await two.RolesAsync();
        foreach (var (at, other) in new[] { (leader, follower), (follower, leader) })
        {
            byte[] document = await at.IssueAsync("Any Learner");
            string address = "/v1/credentials/" + GatewayHost.IdOf(document);
            Assert.Equal(document, await other.Registrar.GetByteArrayAsync(address, Cancellation));
            await Until.TrueAsync(
                async () => await other.VerdictAsync(document) == "valid", () => "the other does not know it");
        }

        var (ofLeader, ofFollower) = (
            await Instances.ReadAsync(leader.Anyone), await Instances.ReadAsync(follower.Anyone));
        Assert.Equal((string?)ofLeader["name"], (string?)ofLeader["leader"]);
        Assert.NotEqual((string?)ofLeader["name"], (string?)ofFollower["name"]);
        await Until.TrueAsync(
            async () => (string?)(await Instances.ReadAsync(follower.Anyone))["leader"] == (string?)ofLeader["name"],
            () => $"the follower does not know who leads: {ofFollower}");
        Assert.Contains("microcreds_leads 1", await leader.SaysAsync("/metrics", "leads"), StringComparison.Ordinal);
        Assert.Contains("microcreds_leads 0", await follower.SaysAsync("/metrics", "leads"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SameRequest_AtBothAtOnce_IsIssuedOnce()
    {
        await using var two = await instances.StartTwoAsync();
        int before = await CountAsync();
        const int Rounds = 8;
        for (int round = 0; round < Rounds; round++)
        {
            var row = GatewayHost.Row("Twice Asked");
            bool isNamed = round % 2 == 0;
            string key = Guid.NewGuid().ToString();
            var places = await Task.WhenAll(two.All.Concat(two.All).Select(
                host => UntilIssuedAsync(() => isNamed
                    ? host.PostAsync("/v1/credentials", row, key)
                    : host.PostAsync("/v1/credentials", row))));
            Assert.Single(places.Distinct());
        }

        Assert.Equal(before + Rounds, await CountAsync());
    }

    [Fact]
    public async Task ApiKey_MadeAndWithdrawnAtOne_HoldsAtTheOther()
    {
        await using var two = await instances.StartTwoAsync();
        var (at, other) = (two.All[0], two.All[1]);
        using var made = await GatewayHost.OkAsync(await at.PostAsync(
            "/v1/api-keys", new { name = "Of one instance", roles = Registrars }));
        var key = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        using var client = other.With((string)key["key"]!);
        await UntilAnswersAsync(client, HttpStatusCode.OK);

        // Not on the ledger, which would tell the other, too.
        at.Wire.IsCut = true;
        try
        {
            using var withdrawn = await at.Registrar.DeleteAsync($"/v1/api-keys/{key["id"]}", Cancellation);
            var answer = await withdrawn.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
            Assert.False((bool?)answer!["withdrawalOnLedger"]);
            await UntilAnswersAsync(client, HttpStatusCode.Unauthorized);
        }
        finally
        {
            at.Wire.IsCut = false;
        }
    }

    [Fact]
    public async Task Batch_AcceptedByTheFollower_IsIssued_AndEachTellsHowFarItIs()
    {
        await using var two = await instances.StartTwoAsync();
        var (leader, follower) = await two.RolesAsync();
        leader.Wire.Faults.Enqueue(new LedgerUnavailableException("The peer is away, a test says."));
        var batch = await AcceptAsync(follower, 3);
        string? waited = null;
        foreach (var host in two.All)
        {
            await UntilIssuedAsync(host, batch, seen => waited ??= (string?)seen["waits"]);
            var list = await host.Registrar.GetFromJsonAsync<JsonNode>($"{batch}/credentials", Cancellation);
            Assert.Equal(3, list!["items"]!.AsArray().Count);
        }

        Assert.True(waited is null || waited.Contains("away", StringComparison.Ordinal), waited);
    }

    [Fact]
    public async Task LeaderStops_TheOtherLeads_AndFinishesWhatIsThere()
    {
        await using var two = await instances.StartTwoAsync();
        var (leader, follower) = await two.RolesAsync();
        leader.Wire.IsCut = true;
        var batch = await AcceptAsync(follower, 3);
        await two.StopAsync(leader);
        await Until.TrueAsync(() => Instances.LeadsAsync(follower), () => "nobody leads");
        await UntilIssuedAsync(follower, batch);
    }

    [Fact]
    public async Task Refused_WhileAnotherInstanceSubmitsTheSame_IsNotForgotten()
    {
        await using var two = await instances.StartTwoAsync();
        var (at, other) = (two.All[0], two.All[1]);
        const string Key = "forgotten-never";
        var row = GatewayHost.Row("Kept Learner");

        // What the other claims, and cannot send yet, the first must not take back.
        other.Wire.Faults.Enqueue(new OutcomeUnknownException("x", new TimeoutException()));
        var isClaimed = new TaskCompletionSource();
        at.Wire.Before = async () =>
        {
            at.Wire.Before = null;
            using var claimed = await other.PostAsync("/v1/credentials", row, Key);
            isClaimed.SetResult();
            throw new LedgerRefusedException("Retired, says a test.", ErrorCodes.AchievementRetired);
        };
        using var refused = await at.PostAsync("/v1/credentials", row, Key);
        await isClaimed.Task;
        string text = await refused.Content.ReadAsStringAsync(Cancellation);
        Assert.True(
            refused.IsSuccessStatusCode || text.Contains("issuance-waits", StringComparison.Ordinal), text);
        using var again = await other.PostAsync("/v1/credentials", row, Key);
        await GatewayHost.OkAsync(again);
    }

    [Fact]
    public async Task Batch_BuiltByTwoAtOnce_HasTheDocumentsOfOne()
    {
        await using var two = await instances.StartTwoAsync();
        var (leader, follower) = await two.RolesAsync();
        leader.Wire.IsCut = true;
        var issuances = follower.Services.GetRequiredService<IssuanceStore>();
        var batch = await AcceptAsync(follower, 500);
        var stored = issuances.Find(batch.Split('/')[^1])!;

        // As who led before, and does not know yet that it does not any more.
        var builder = follower.Services.GetRequiredService<BatchBuilder>();
        for (int i = 0; i < 3; i++)
        {
            try
            {
                await builder.BuildAsync(stored, Cancellation);
            }
            catch (BuiltElsewhereException)
            {
                continue;
            }
        }

        leader.Wire.IsCut = false;
        await UntilIssuedAsync(follower, batch);
        Assert.Equal(500, follower.Services.GetRequiredService<DocumentStore>().Count(stored.Number));
        var list = await follower.Registrar.GetFromJsonAsync<JsonNode>($"{batch}/credentials", Cancellation);
        byte[] document = Encoding.UTF8.GetBytes(list!["items"]![7]!.ToJsonString());
        await Until.TrueAsync(
            async () => await follower.VerdictAsync(document) == "valid", () => "the document is not valid");
    }

    private static async Task<string> AcceptAsync(GatewayHost host, int rows)
    {
        using var accepted = await GatewayHost.OkAsync(await host.PostAsync(
            "/v1/batches", Enumerable.Range(0, rows).Select(i => GatewayHost.Row($"Learner {i}")).ToArray()));
        return accepted.Headers.Location!.ToString();
    }

    /// <summary>As a registrar's program would: the same request again, as long as it is told to.</summary>
    private static async Task<string> UntilIssuedAsync(Func<Task<HttpResponseMessage>> post)
    {
        string said = "";
        string? place = null;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await post();
                said = await answer.Content.ReadAsStringAsync(Cancellation);
                place = answer.IsSuccessStatusCode ? answer.Headers.Location!.ToString() : null;
                Assert.True(place is not null || answer.StatusCode == HttpStatusCode.ServiceUnavailable, said);
                return place is not null;
            },
            () => $"it was not issued: {said}");
        return place!;
    }

    private static async Task UntilIssuedAsync(GatewayHost host, string batch, Action<JsonNode>? see = null)
    {
        JsonNode? seen = null;
        await Until.TrueAsync(
            async () =>
            {
                seen = await host.Registrar.GetFromJsonAsync<JsonNode>(batch, Cancellation);
                see?.Invoke(seen!);
                return (string?)seen!["state"] == "issued";
            },
            () => $"the batch is {seen}");
    }

    private static Task UntilAnswersAsync(HttpClient client, HttpStatusCode code) => Until.TrueAsync(
        async () =>
        {
            using var answer = await client.GetAsync("/v1/api-keys", Cancellation);
            return answer.StatusCode == code;
        },
        () => $"the key was not answered {code}");

    private async Task<int> CountAsync()
    {
        int count = 0;
        string bookmark = "";
        do
        {
            var page = await instances[LedgerFixture.Aurora].EvaluateAsync<Page<Issuance>>(
                TransactionNames.ListIssuances, LedgerFixture.Aurora, Limits.MaxPageSize, bookmark);
            count += page.Items.Count;
            bookmark = page.Next ?? "";
        }
        while (bookmark.Length > 0);
        return count;
    }
}
