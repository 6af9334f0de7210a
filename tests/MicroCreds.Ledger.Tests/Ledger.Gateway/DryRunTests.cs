using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>?dryRun=true tells what would be done, and does nothing.</summary>
public sealed class DryRunTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batch_IsSortedIntoAllKinds_AndNothingIsKept()
    {
        var issued = GatewayHost.Row("Dry Issued");
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", issued.DeepClone()));
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials", Named("Dry Namesake")));
        var ready = GatewayHost.Row("Dry Ready");
        var faulty = GatewayHost.Row("Dry Faulty", "no-such");
        faulty["recipient"]!["email"] = "none";
        long before = Issuances();
        string lists = StatusListsUsed();
        var told = await AskAsync("/v1/batches", new JsonArray(
            ready, ready.DeepClone(), faulty, issued.DeepClone(), Named("Dry Namesake"), Named("")));
        Assert.Equal((6, 1), ((int)told["rows"]!, (int)told["ready"]!));
        Assert.Equal("""[{"row":2,"sameAsRow":1}]""", told["duplicates"]!.ToJsonString());
        Assert.Equal([3, 6], told["faulty"]!.AsArray().Select(row => (int)row!["row"]!));
        Assert.Equal(
            ["/recipient/email", "/achievement"],
            told["faulty"]![0]!["errors"]!.AsArray().Select(error => (string)error!["pointer"]!));
        Assert.Equal(4, (int)told["alreadyIssued"]![0]!["row"]!);
        Assert.StartsWith("urn:uuid:", (string)told["alreadyIssued"]![0]!["credential"]!, StringComparison.Ordinal);
        Assert.Equal(5, (int)told["possibleDuplicates"]![0]!["row"]!);
        Assert.Equal((before, lists), (Issuances(), StatusListsUsed()));
    }

    [Fact]
    public async Task Credential_IsReady_ThenAlreadyIssued_AndOnlyTheRealRequestIssues()
    {
        var row = GatewayHost.Row("Dry One");
        long before = Issuances();
        Assert.Equal("ready", (string?)(await AskAsync("/v1/credentials", row))["outcome"]);
        Assert.Equal("faulty", (string?)(await AskAsync("/v1/credentials", Named("")))["outcome"]);
        Assert.Equal(before, Issuances());
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/credentials?dryRun=false", row.DeepClone()));
        Assert.Equal("alreadyIssued", (string?)(await AskAsync("/v1/credentials", row))["outcome"]);
        Assert.Equal("possibleDuplicate", (string?)(await AskAsync("/v1/credentials", Named("Dry One")))["outcome"]);
    }

    [Theory]
    [InlineData("/v1/credentials?dryRun=yes")]
    [InlineData("/v1/batches?dryRun=")]
    [InlineData("/v1/batches?dryRun=TRUE")]
    public async Task Parameter_ThatSaysNeither_IsRefused_AndNothingIsDone(string address)
    {
        long before = Issuances();
        using var answer = await _gateway.PostAsync(address, GatewayHost.Row("Dry Unclear"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(before, Issuances());
    }

    private static JsonObject Named(string name) => new()
    {
        ["achievement"] = "data-literacy",
        ["recipient"] = new JsonObject { ["name"] = name },
    };

    private async Task<JsonNode> AskAsync(string address, JsonNode body)
    {
        using var answer = await GatewayHost.OkAsync(
            await _gateway.PostAsync($"{address}?dryRun=true", body.DeepClone()));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private long Issuances() => (long)Ask("SELECT count(*) FROM issuance");

    private string StatusListsUsed() => $"{Ask("SELECT sum(used) FROM status_list")}";

    private object Ask(string question)
    {
        using var reader = _gateway.Services.GetRequiredService<GatewayStore>().Database.Read();
        return reader.Prepare(question, 0).ExecuteScalar()!;
    }
}
