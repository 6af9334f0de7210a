using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>An institution takes another name and DID, and its old one again; and one nobody has confirmed.</summary>
public sealed class InstitutionChangeTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private const string Other = "did:web:north.example";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private GatewayHost Issuer => gateways.Issuer;

    [Fact]
    public async Task Did_ChangedAndChangedBack_WhatWasIssuedUnderEachVerifiesEverywhere()
    {
        var documents = new List<byte[]> { await Issuer.IssueAsync("Under the First") };
        var changed = Issuer.Profile();
        changed["did"] = Other;
        changed["name"] = "University of the North";
        await ProposeAsync(changed);

        // Until the others have confirmed it, nothing changes.
        documents.Add(await Issuer.IssueAsync("While It Waits"));
        Assert.Equal(Issuer.Member.Institution.Did, IssuerOf(documents[1]));
        var waiting = await ReadAsync($"/v1/institutions/{Issuer.MspId}");
        Assert.Equal(Issuer.Member.Institution.Did, (string?)waiting["did"]);
        Assert.Equal(Other, (string?)waiting["proposed"]!["did"]);

        await ConfirmAsync(Other);
        documents.Add(await Issuer.IssueAsync("Under the Second"));
        Assert.Equal(Other, IssuerOf(documents[2]));
        await VerifiesAsync(documents);

        await ProposeAsync(Issuer.Profile());
        await ConfirmAsync(Issuer.Member.Institution.Did);
        documents.Add(await Issuer.IssueAsync("Under the First Again"));
        Assert.Equal(Issuer.Member.Institution.Did, IssuerOf(documents[3]));
        await VerifiesAsync(documents);

        // What knows nothing of the ledger finds the keys under the DID that a document names.
        var former = await ReadAsync($"/v1/institutions/{Issuer.MspId}/did.json?did={Other}");
        Assert.Equal(Other, (string?)former["id"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/did.json");
        request.Headers.Host = "north.example";
        using var answer = await Issuer.Anyone.SendAsync(request, Cancelled);
        Assert.Equal(Other, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!["id"]);
        var another = await ReadAsync($"/v1/institutions/{Issuer.MspId}/did.json?did=did:web:other.example");
        Assert.Equal(Issuer.Member.Institution.Did, (string?)another["id"]);
    }

    [Fact]
    public async Task Institution_ThatNobodyHasConfirmed_IsNeverValid()
    {
        await using var ledger = new LedgerFixture();
        await ledger.InitializeAsync();
        await using var host = await GatewayHost.StartAsync(ledger[LedgerFixture.Aurora]);
        await GatewayHost.OkAsync(
            await host.Registrar.PutAsJsonAsync("/v1/institution", host.Profile(), Cancelled));
        await GatewayHost.OkAsync(
            await host.PostAsync("/v1/achievements", GatewayHost.Achievement("data-literacy")));
        byte[] document = await host.IssueAsync("Whose Is It");
        var verdict = await host.VerifyAsync(document);
        Assert.Equal("indeterminate", (string?)verdict["verdict"]);
        var line = verdict["checks"]!.AsArray().Single(check => (string?)check!["check"] == "issuerKey")!;
        Assert.Equal(("unknown", "issuerUnconfirmed"), ((string?)line["outcome"], (string?)line["code"]));

        await host.PrepareAsync();
        await Until.TrueAsync(async () => await host.VerdictAsync(document) == "valid", () => "It is not valid yet.");
    }

    [Fact]
    public async Task Ballot_AboutAnIdentity_ShowsWhatIsVotedOnAndWhoIsAlike()
    {
        var claimed = gateways.Partner.Profile();
        claimed["website"] = "https://north.example/";
        await GatewayHost.OkAsync(
            await gateways.Partner.Registrar.PutAsJsonAsync("/v1/institution", claimed, Cancelled));
        try
        {
            await Issuer.SaysAsync($"/v1/institutions/{gateways.Partner.MspId}", "https://north.example/");
            using var proposed = await Issuer.PostAsync(
                "/v1/ballots", new { id = "who", action = "confirmIdentity", subject = gateways.Partner.MspId });
            var ballot = await proposed.Content.ReadFromJsonAsync<JsonNode>(Cancelled);
            Assert.Equal(HttpStatusCode.Created, proposed.StatusCode);
            Assert.Equal("https://north.example/", (string?)ballot!["says"]!["website"]);
            Assert.Equal(64, ((string?)ballot["identity"])!.Length);
            using var own = await gateways.Partner.PostAsync(
                $"/v1/ballots/{ballot["id"]}/votes", new { approve = true });
            Assert.False(own.IsSuccessStatusCode);
        }
        finally
        {
            await GatewayHost.OkAsync(await gateways.Partner.Registrar.PutAsJsonAsync(
                "/v1/institution", gateways.Partner.Profile(), Cancelled));
        }
    }

    [Theory]
    [InlineData("did", "did:web:aurora.example", HttpStatusCode.Conflict)]
    [InlineData("did", "did:web:aurora.example.", HttpStatusCode.BadRequest)]
    [InlineData("did", "did:web:aurora.example%3A443", HttpStatusCode.BadRequest)]
    [InlineData("name", "AURORA University", HttpStatusCode.Conflict)]
    public async Task Institution_ThatTakesAnothersName_IsRefused(string member, string value, HttpStatusCode expected)
    {
        var claimed = gateways.Partner.Profile();
        claimed[member] = value;
        using var answer = await gateways.Partner.Registrar.PutAsJsonAsync("/v1/institution", claimed, Cancelled);
        Assert.Equal(expected, answer.StatusCode);
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancelled);
        Assert.Equal($"/{member}", (string?)problem!["errors"]![0]!["pointer"]);
        var standing = await ReadAsync($"/v1/institutions/{gateways.Partner.MspId}");
        Assert.Equal(gateways.Partner.Member.Institution.Name, (string?)standing["name"]);
    }

    [Fact]
    public async Task Member_ThatLeaves_IssuesNoMore_AndComesBackByTheOthersWord()
    {
        byte[] document = await gateways.Partner.IssueAsync("Before Leaving");
        string partner = IssuerIdentity.UrlOf((string)gateways.Partner.Profile()["did"]!)!;
        await Issuer.SaysAsync("/federation/list", partner);
        using var unnamed = await gateways.Partner.PostAsync("/v1/consortium/departure", new { });
        Assert.Equal(HttpStatusCode.BadRequest, unnamed.StatusCode);
        using var other = await gateways.Partner.PostAsync(
            "/v1/consortium/departure", new { mspId = gateways.Issuer.MspId });
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        await GatewayHost.OkAsync(await gateways.Partner.PostAsync(
            "/v1/consortium/departure", new { mspId = gateways.Partner.MspId }));
        try
        {
            await Issuer.SaysAsync("/v1/consortium", $"\"former\":[{{\"mspId\":\"{gateways.Partner.MspId}\"");
            using var refused = await gateways.Partner.PostAsync("/v1/credentials", GatewayHost.Row("Too Late"));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal("valid", await Issuer.VerdictAsync(document));
            await SaysThatItLeftAsync(gateways.Partner);

            // Outside, nobody vouches for it any more, nor does it for others.
            using var statement = await Issuer.Anyone.GetAsync("/federation/fetch?sub=" + partner, Cancelled);
            Assert.Equal(HttpStatusCode.NotFound, statement.StatusCode);
            Assert.Equal("[]", await Issuer.Anyone.GetStringAsync("/federation/list", Cancelled));
            await gateways.Partner.SaysAsync("/federation/list", "[]");
            await Issuer.SettleAsync();
        }
        finally
        {
            using var alone = await gateways.Partner.Registrar.PutAsJsonAsync(
                "/v1/institution", gateways.Partner.Profile(), Cancelled);
            Assert.Equal(HttpStatusCode.Forbidden, alone.StatusCode);
            await GatewayHost.OkAsync(await Issuer.PostAsync(
                "/v1/ballots", new { id = "again", action = "admitMember", subject = gateways.Partner.MspId }));
            await Agreed.AcceptAsync(gateways, $"{Issuer.MspId}.again");
            await GatewayHost.OkAsync(await gateways.Partner.Registrar.PutAsJsonAsync(
                "/v1/institution", gateways.Partner.Profile(), Cancelled));
        }

        await Issuer.SaysAsync("/v1/consortium", $"\"{gateways.Partner.MspId}\"");
        await Issuer.SaysAsync("/v1/consortium", "\"former\":[]");
        await Issuer.SettleAsync();
        await gateways.Partner.SettleAsync();
        await gateways.Partner.IssueAsync("Back Again");
    }

    /// <summary>Whatever would lead to a credential says so before anything is kept.</summary>
    private static async Task SaysThatItLeftAsync(GatewayHost gone)
    {
        await gone.SaysAsync("/readyz", $"{gone.MspId} is no member of the consortium");
        using var ready = await gone.Anyone.GetAsync("/readyz", Cancelled);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var row = GatewayHost.Row("Too Late");
        (string Address, object Body)[] asked =
        [
            ("/v1/credentials?dryRun=true", row), ("/v1/batches?dryRun=true", new[] { row }),
            ("/v1/batches", new[] { row }),
        ];
        foreach (var (address, body) in asked)
        {
            using var answer = await gone.PostAsync(address, body);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            string said = await answer.Content.ReadAsStringAsync(Cancelled);
            Assert.Contains("other-institution", said, StringComparison.Ordinal);
            Assert.Contains("admitMember", said, StringComparison.Ordinal);
        }
    }

    private static string? IssuerOf(byte[] document) => (string?)JsonNode.Parse(document)!["issuer"]!["id"];

    private async Task ProposeAsync(JsonObject profile) => await GatewayHost.OkAsync(
        await Issuer.Registrar.PutAsJsonAsync("/v1/institution", profile, Cancelled));

    private async Task ConfirmAsync(string did)
    {
        await Issuer.Member.ConfirmAsync();
        await Until.TrueAsync(
            async () => (string?)(await ReadAsync($"/v1/institutions/{Issuer.MspId}"))["did"] == did,
            () => $"{did} is not in force.");
    }

    private async Task VerifiesAsync(IEnumerable<byte[]> documents)
    {
        foreach (byte[] document in documents)
        {
            foreach (var host in (GatewayHost[])[Issuer, gateways.Partner])
            {
                JsonNode? said = null;
                await Until.TrueAsync(
                    async () => (string?)(said = await host.VerifyAsync(document))["verdict"] == "valid",
                    () => $"{said}");
            }
        }
    }

    private async Task<JsonNode> ReadAsync(string path) =>
        JsonNode.Parse(await Issuer.Anyone.GetStringAsync(path, Cancelled))!;
}
