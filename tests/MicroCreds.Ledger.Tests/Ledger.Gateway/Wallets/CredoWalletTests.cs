using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>Our offers in the hands of a wallet that others wrote: Credo, unmodified.</summary>
public sealed class CredoWalletTests(WalletFixture wallets) : IClassFixture<WalletFixture>
{
    private readonly GatewayHost _gateway = wallets.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claimed_IsOfferedByTheLearnersPage_Fetched_AndHolds()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var (browser, held) = await wallets.ClaimAsync(await wallets.IssueAsync("Aino Virtanen"));
        using var offered = await browser.PostFormAsync($"{held}/wallet-offers", []);
        string url = _gateway.Anyone.BaseAddress + offered.Headers.Location!.ToString().TrimStart('/');
        var got = await RunAsync(folder, new JsonObject
        {
            ["offer"] = "openid-credential-offer://?credential_offer_uri=" + Uri.EscapeDataString(url),
        });
        Assert.Equal("DPoP", (string?)got["tokenType"]);
        Assert.Equal(1, (int?)got["notified"]);
        string credential = (string)got["credentials"]![0]![0]!;

        // Bound to the wallet's key, and as good as any other copy, also at another member's gateway.
        var bound = SampleWallet.ClaimsOf(credential.Split('~')[0])["cnf"]!["jwk"]!;
        Assert.Equal((string)got["keys"]![0]!["x"]!, (string)bound["x"]!);
        var verdict = await wallets.Strict.VerifyAsync(Encoding.ASCII.GetBytes(credential));
        Assert.Equal("valid", (string?)verdict["verdict"]);

        // The learner sees that the wallet has kept it.
        using var page = await browser.GetAsync(held);
        Assert.Contains(
            "which has kept it", await page.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        browser.Dispose();
    }

    [Fact]
    public async Task Batch_WithATransactionCode_BindsEachCopyToAKeyOfItsOwn()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var offer = await wallets.OfferAsync(
            await wallets.IssueAsync("Many Copies"), new { transactionCode = true });
        var got = await RunAsync(folder, new JsonObject
        {
            ["offer"] = (string)offer["link"]!,
            ["txCode"] = (string)offer["transactionCode"]!,
            ["copies"] = 3,
            ["algorithm"] = "EdDSA",
        });
        string[] copies = [.. got["credentials"]![0]!.AsArray().Select(one => (string)one!)];
        string[] keys =
        [
            .. copies.Select(one => (string)SampleWallet.ClaimsOf(one.Split('~')[0])["cnf"]!["jwk"]!["x"]!),
        ];
        Assert.Equal(got["keys"]!.AsArray().Select(key => (string)key!["x"]!), keys);
        Assert.Equal(3, keys.Distinct().Count());
        foreach (string copy in copies)
            Assert.Equal("valid", await wallets.Strict.VerdictAsync(Encoding.ASCII.GetBytes(copy)));
    }

    [Fact]
    public async Task Replaced_IsFetchedAnew_ByTheRefreshToken()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        string old = await wallets.IssueAsync("Wrong Name");
        string corrected = await wallets.IssueAsync("Right Name");
        var offer = await wallets.OfferAsync(old);
        var got = await RunAsync(folder, new JsonObject
        {
            ["offer"] = (string)offer["link"]!,
            ["again"] = true,
            ["between"] = new JsonObject
            {
                ["url"] = $"{_gateway.Anyone.BaseAddress}v1/credentials/{old}/revocation",
                ["key"] = GatewayHost.ApiKey,
                ["body"] = new JsonObject { ["reason"] = "superseded", ["replacedBy"] = "urn:uuid:" + corrected },
            },
        });
        Assert.Equal("urn:uuid:" + old, IdOf((string)got["credentials"]![0]![0]!));
        Assert.Equal("urn:uuid:" + corrected, IdOf((string)got["again"]![0]![0]!));
    }

    [Fact]
    public async Task Waiting_IsFetchedLater_OnceItIsApproved()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var strict = wallets.Strict;
        using var asked = await strict.PostAsync("/v1/credentials", GatewayHost.Row("Patient Learner"));
        string request = asked.Headers.Location!.ToString();
        using var made = await GatewayHost.OkAsync(await strict.PostAsync($"{request}/wallet-offers", new { }));
        var offer = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        using var key = await GatewayHost.OkAsync(await strict.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = "an approver", ["roles"] = new JsonArray("approver") }));
        var got = await RunAsync(
            folder,
            new JsonObject
            {
                ["offer"] = (string)offer["link"]!,
                ["later"] = true,
                ["between"] = new JsonObject
                {
                    ["url"] = strict.Anyone.BaseAddress + request.TrimStart('/') + "/approval",
                    ["key"] = (string)JsonNode.Parse(await key.Content.ReadAsStringAsync(Cancellation))!["key"]!,
                },
            },
            strict);
        Assert.Equal(1, (int?)got["deferred"]);
        string credential = (string)got["credentials"]![0]![0]!;
        Assert.Equal("valid", await _gateway.VerdictAsync(Encoding.ASCII.GetBytes(credential)));
    }

    [Fact]
    public async Task Authorization_ByTheDeviceThatHoldsIt_LetsAWalletFetchWhatItsLearnerChose()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        string id = await wallets.IssueAsync("Choosing Learner");
        var (browser, held) = await wallets.ClaimAsync(id);
        var got = await RunAsync(folder, new JsonObject
        {
            ["issuer"] = _gateway.Anyone.BaseAddress!.ToString().TrimEnd('/'),
            ["forms"] = new JsonArray(SampleWallet.SdJwt),
            ["client"] = "https://wallet.example",
            ["redirect"] = "https://wallet.example/back",
            ["cookie"] = wallets.CookieOf(browser),
            ["credential"] = held.Split('/')[^1],
        });
        Assert.Equal("urn:uuid:" + id, IdOf((string)got["credentials"]![0]![0]!));
        browser.Dispose();
    }

    private static string IdOf(string credential) => (string)SampleWallet.ClaimsOf(credential.Split('~')[0])["id"]!;

    private async Task<JsonNode> RunAsync(string folder, JsonObject input, GatewayHost? issuer = null)
    {
        string identity = await (issuer ?? _gateway).Anyone.GetStringAsync("/.well-known/did.json", Cancellation);
        input["issuerDocument"] = JsonNode.Parse(identity);
        return await RunWalletAsync(folder, input);
    }

    /// <summary>Has Credo do what an input says; see wallet.mjs.</summary>
    internal static async Task<JsonNode> RunWalletAsync(string folder, JsonObject input)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, input.ToJsonString(), Cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["wallet.mjs", file], folder), Until.Patience, Cancellation);
            Assert.True(exitCode == 0, output);
            string line = output.Split('\n').Last(one => one.StartsWith('{'));
            var answer = JsonNode.Parse(line)!;
            Assert.True(answer["error"] is null, line);
            return answer;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
