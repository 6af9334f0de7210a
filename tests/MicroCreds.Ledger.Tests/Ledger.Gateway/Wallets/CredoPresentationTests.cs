using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>Our requests in the hands of a wallet that others wrote: Credo, unmodified, fetches and presents.</summary>
public sealed class CredoPresentationTests(PresentationFixture presenting) : IClassFixture<PresentationFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetched_IsPresentedByDcql_InBothResponseModes_AndToThePage()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        string id = GatewayHost.IdOf(await presenting.Issuer.IssueAsync("Aino Virtanen"))["urn:uuid:".Length..];
        using var made = await GatewayHost.OkAsync(
            await presenting.Issuer.PostAsync($"/v1/credentials/{id}/wallet-offers", new { }));
        string offer = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["link"]!;
        var encrypted = await presenting.AskAsync(new JsonObject { ["achievement"] = "AuroraMSP/data-literacy" });
        var open = await presenting.AskAsync(
            new JsonObject
            {
                ["shown"] = new JsonArray("name", "result", "evidence"),
                ["responseMode"] = "direct_post",
            });
        using var browser = new AskingVisitor(presenting.Verifier);
        await browser.AskAsync();
        var presented = await RunAsync(
            folder, offer,
            [
                (string)encrypted["link"]!, GetOf((string)open["link"]!), browser.Across,
                await browser.SameOfAnotherAsync(),
            ]);
        Assert.All(presented, one => Assert.True((bool)one!["ok"]!, one.ToJsonString()));
        Assert.Equal(
            ["direct_post.jwt", "direct_post", "direct_post.jwt", "direct_post.jwt"],
            presented.Select(one => (string)one!["mode"]!));
        Assert.All(presented, one => Assert.Equal(
            "decentralized_identifier", (string?)one!["verifier"]!["clientIdPrefix"]));
        foreach (var asked in (JsonNode[])[encrypted, open])
        {
            var one = (await presenting.ReadAsync(asked))["credentials"]![0]!;
            Assert.Equal("valid", (string?)one["verdict"]!["verdict"]);
            Assert.Equal("Aino Virtanen", (string?)one["verdict"]!["credential"]!["recipient"]);
            Assert.Equal("holderProven", PresentationTests.CodeOf(one, "holder"));
        }

        // The page's own browser is shown it; on the same device, where the wallet leads to.
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", await browser.LookAsync(), StringComparison.Ordinal);
        string back = (string)presented[3]!["redirect"]!;
        Assert.Contains("response_code=", back, StringComparison.Ordinal);
        Assert.Contains(
            "<h2 id=\"verdict-title\">Valid</h2>", await browser.LookAsync(back), StringComparison.Ordinal);
    }

    private static string GetOf(string link) =>
        link.Replace("&request_uri_method=post", "", StringComparison.Ordinal);

    private async Task<JsonArray> RunAsync(string folder, string offer, string[] links)
    {
        // did:web is https by its method, and a test's gateway is http: so the documents are brought along.
        var documents = new JsonArray();
        foreach (var gateway in (GatewayHost[])[presenting.Issuer, presenting.Verifier])
            documents.Add(JsonNode.Parse(await gateway.Anyone.GetStringAsync("/.well-known/did.json", Cancellation)));
        var answer = await CredoWalletTests.RunWalletAsync(folder, new JsonObject
        {
            ["offer"] = offer,
            ["documents"] = documents,
            ["present"] = new JsonArray([.. links.Select(link => (JsonNode)link)]),
        });
        return answer["presented"]!.AsArray();
    }
}
