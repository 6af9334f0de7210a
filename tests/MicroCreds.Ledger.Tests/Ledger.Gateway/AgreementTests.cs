using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class AgreementTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Agreement_ProposedAcceptedRecognizedAmendedLeft()
    {
        byte[] before = await _issuer.IssueAsync("Aino Before");
        await CreatedAsync(_issuer, "/v1/agreements", Proposal("AuroraMSP.pair", ratio: 0.8, cap: 4));
        string waiting = await _partner.SaysAsync("/v1/agreements?waiting=true", "\"AuroraMSP.pair\"");
        Assert.Contains("LindenMSP", waiting, StringComparison.Ordinal);

        // Nothing is recognized before it is accepted, and the answer says what is missing.
        var refused = await RecognizeAsync(_partner, before, "LindenMSP");
        Assert.Equal("notAccepted", (string?)refused["code"]);
        Assert.Contains("LindenMSP", (string?)refused["missing"], StringComparison.Ordinal);
        var wrong = new { digest = new string('0', 64) };
        using var other = await _partner.PostAsync("/v1/agreements/AuroraMSP.pair/versions/1/acceptance", wrong);
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements/AuroraMSP.pair/versions/1/acceptance", new { }));
        await _issuer.SaysAsync("/v1/agreements/AuroraMSP.pair", "\"state\":\"inForce\"");

        byte[] first = await _issuer.IssueAsync("Aino First");
        var found = await RecognizeAsync(_issuer, first, "LindenMSP");
        Assert.Equal(("recognized", 2.4, 1), Told(found));
        Assert.Equal("beforeAgreement", (string?)(await RecognizeAsync(_issuer, before, "LindenMSP"))["code"]);
        Assert.Equal("ownAward", (string?)(await RecognizeAsync(_issuer, first, "AuroraMSP"))["code"]);

        // The amendment applies from its day, and what was awarded before keeps its worth.
        await CreatedAsync(_issuer, "/v1/agreements/AuroraMSP.pair/versions", Proposal(null, ratio: 0.5));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.pair", "\"version\":2");
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements/AuroraMSP.pair/versions/2/acceptance", new { }));
        await _issuer.SaysAsync("/v1/agreements/AuroraMSP.pair", "\"inForce\",\"version\":2");
        byte[] second = await _issuer.IssueAsync("Aino Second");
        Assert.Equal(("recognized", 1.5, 2), Told(await RecognizeAsync(_issuer, second, "LindenMSP")));
        Assert.Equal(("recognized", 2.4, 1), Told(await RecognizeAsync(_issuer, first, "LindenMSP")));

        await GatewayHost.OkAsync(await _partner.PostAsync("/v1/agreements/AuroraMSP.pair/notice", new { }));
        await _issuer.SaysAsync("/v1/agreements/AuroraMSP.pair", "\"state\":\"ended\"");
        byte[] third = await _issuer.IssueAsync("Aino Third");
        Assert.Equal("afterAgreement", (string?)(await RecognizeAsync(_issuer, third, "LindenMSP"))["code"]);
        Assert.Equal(("recognized", 1.5, 2), Told(await RecognizeAsync(_issuer, second, "LindenMSP")));
    }

    [Fact]
    public async Task Recognition_OfAFile_CountsEachAchievementOnceAndUpToTheCap()
    {
        await _issuer.PrepareAsync("capped-one");
        await _issuer.PrepareAsync("capped-two");
        await CreatedAsync(_issuer, "/v1/agreements", Proposal(
            "AuroraMSP.capped", ratio: 1, cap: 5, achievements: ["capped-one", "capped-two"]));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.capped", "\"proposed\"");
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements/AuroraMSP.capped/versions/1/acceptance", new { }));
        await _issuer.SaysAsync("/v1/agreements/AuroraMSP.capped", "\"state\":\"inForce\"");
        var documents = new List<JsonNode>();
        foreach (string achievement in new[] { "capped-one", "capped-two", "capped-one" })
        {
            using var answer = await GatewayHost.OkAsync(await _issuer.PostAsync(
                "/v1/credentials", GatewayHost.Row($"Eetu {documents.Count}", achievement)));
            documents.Add((await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!);
        }

        var file = new JsonObject { ["credentials"] = new JsonArray([.. documents, documents[0].DeepClone()]) };
        using var sent = await GatewayHost.OkAsync(await _issuer.Anyone.PostAsJsonAsync(
            "/v1/recognitions?institution=LindenMSP", file, Cancellation));
        var report = (await sent.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var answers = report["items"]!.AsArray().Select(item => item!["recognitions"]![0]!).ToList();
        Assert.Equal(["recognized", "capReached", "alreadyCounted"], answers.Select(one => (string?)one["code"]));
        Assert.Equal(3, (double)answers[0]["credits"]!);
        Assert.Equal(3, (double)report["totals"]![0]!["credits"]!);
        var empty = new { credentials = Array.Empty<int>() };
        using var bad = await _issuer.Anyone.PostAsJsonAsync("/v1/recognitions", empty, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        using var nowhere = await _issuer.Anyone.GetAsync(
            "/v1/recognitions?credential=x&institution=NoMSP", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
    }

    [Fact]
    public async Task Recognition_OfARevokedCredential_IsRefusedByItsPlaceToo()
    {
        byte[] document = await _issuer.IssueAsync("Aino Revoked");
        string id = GatewayHost.IdOf(document);
        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        string place = $"{anchor["root"]}.{anchor["index"]}";
        var before = await ReadAsync(_issuer, $"/v1/recognitions?credential={place}");
        Assert.Contains(before["items"]![0]!["recognitions"]!.AsArray(), one => (string?)one!["code"] == "ownAward");
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        foreach (string name in new[] { place, id })
        {
            var report = await ReadAsync(_issuer, $"/v1/recognitions?credential={name}");
            Assert.All(
                report["items"]![0]!["recognitions"]!.AsArray(),
                one => Assert.Equal("notValid", (string?)one!["code"]));
        }
    }

    [Fact]
    public async Task Agreement_AsAnEndorsement_IsSignedByTheParty()
    {
        await CreatedAsync(
            _issuer, "/v1/agreements", Proposal("AuroraMSP.endorsed", ratio: 1, achievements: ["none-such"]));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.endorsed", "\"proposed\"");
        using var early = await EndorsementAsync(_partner);
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements/AuroraMSP.endorsed/versions/1/acceptance", new { }));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.endorsed", "\"state\":\"inForce\"");
        using var answer = await GatewayHost.OkAsync(await EndorsementAsync(_partner));
        Assert.Equal("application/vc", answer.Content.Headers.ContentType!.MediaType);
        var credential = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.Equal("did:web:linden.example", (string?)credential["issuer"]!["id"]);
        Assert.Equal("did:web:aurora.example", (string?)credential["credentialSubject"]!["id"]);
        Assert.Contains("EndorsementCredential", credential["type"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.StartsWith(
            "did:web:linden.example#", (string?)credential["proof"]![0]!["verificationMethod"],
            StringComparison.Ordinal);

        // The other party recognizes nothing by it, and endorses nobody: a "no" is none.
        await _issuer.SaysAsync("/v1/agreements/AuroraMSP.endorsed", "\"state\":\"inForce\"");
        using var nothing = await EndorsementAsync(_issuer);
        Assert.Equal(HttpStatusCode.Conflict, nothing.StatusCode);

        // Nor does the one that has left.
        await GatewayHost.OkAsync(await _partner.PostAsync("/v1/agreements/AuroraMSP.endorsed/notice", new { }));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.endorsed", "\"state\":\"ended\"");
        using var ended = await EndorsementAsync(_partner);
        Assert.Equal(HttpStatusCode.Conflict, ended.StatusCode);

        Assert.True(await IsAcceptedByOthersAsync(credential));
        credential["credentialSubject"]!["endorsementComment"] = "Everything is recognized.";
        Assert.False(await IsAcceptedByOthersAsync(credential));
    }

    [Fact]
    public async Task Agreement_ThatRecognizesAwardsAsNothing_IsNoEndorsement()
    {
        await CreatedAsync(
            _issuer, "/v1/agreements", Proposal("AuroraMSP.worthless", ratio: 0, achievements: ["none-such"]));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.worthless", "\"proposed\"");
        await GatewayHost.OkAsync(
            await _partner.PostAsync("/v1/agreements/AuroraMSP.worthless/versions/1/acceptance", new { }));
        await _partner.SaysAsync("/v1/agreements/AuroraMSP.worthless", "\"state\":\"inForce\"");
        using var answer = await EndorsementAsync(_partner, "AuroraMSP.worthless");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(
            "an endorsement is not given for that", await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agreement_WithoutALogin_OrBad_IsRefusedWithThePlace()
    {
        using var anyone = await _issuer.Anyone.PostAsJsonAsync(
            "/v1/agreements", Proposal("no", ratio: 1), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);
        using var alone = await _issuer.PostAsync("/v1/agreements", Proposal("no", ratio: -1));
        Assert.Equal(HttpStatusCode.BadRequest, alone.StatusCode);
        var problem = (await alone.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        Assert.EndsWith("/clauses/0/creditRatio", (string?)problem["errors"]![0]!["pointer"], StringComparison.Ordinal);
        using var none = await _issuer.PostAsync("/v1/agreements/AuroraMSP.nowhere/notice", new { });
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    private static JsonObject Proposal(string? id, double ratio, double? cap = null, string[]? achievements = null)
    {
        var clause = new JsonObject
        {
            ["id"] = "short-courses",
            ["recognizedBy"] = new JsonArray("LindenMSP"),
            ["awardedBy"] = new JsonArray("AuroraMSP"),
            ["scope"] = new JsonObject
            {
                ["achievements"] = new JsonArray([.. (achievements ?? ["data-literacy"]).Select(a => (JsonNode)a)]),
            },
            ["creditRatio"] = ratio,
        };
        if (cap is not null) clause["maxCreditsPerLearner"] = cap;
        var proposal = new JsonObject
        {
            ["name"] = "Short courses",
            ["parties"] = new JsonArray("AuroraMSP", "LindenMSP"),
            ["clauses"] = new JsonArray(clause),
            ["noticeDays"] = 0,
        };
        if (id is not null) proposal["id"] = id;
        return proposal;
    }

    private static (string? Code, double Credits, int Version) Told(JsonNode answer) =>
        ((string?)answer["code"], (double)answer["credits"]!, (int)answer["version"]!);

    private static async Task CreatedAsync(GatewayHost host, string path, JsonObject body)
    {
        using var answer = await host.PostAsync(path, body);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Tells whether Digital Bazaar's verifier accepts an endorsement, by the partner's DID document.
    /// </summary>
    private async Task<bool> IsAcceptedByOthersAsync(JsonNode endorsement)
    {
        string programs = await NodePrograms.InstallAsync("credentials", Cancellation);
        var sample = new JsonObject
        {
            ["name"] = "endorsement",
            ["credential"] = endorsement.DeepClone(),
            ["controller"] = await ReadAsync(_partner, $"/v1/institutions/{_partner.MspId}/did.json"),
            ["lists"] = new JsonObject(),
            ["at"] = TimeProvider.System.GetUtcNow().ToString("O"),
        };
        string input = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(input, new JsonArray(sample).ToJsonString(), Cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["verify.mjs", input], programs), Until.Patience, Cancellation);
            Assert.True(exitCode == 0, output);
            var result = JsonNode.Parse(output.Split('\n').Single(line => line.StartsWith('{')))!;
            Assert.True((bool)result["terms"]!, output);
            return (bool)result["verified"]!;
        }
        finally
        {
            File.Delete(input);
        }
    }

    private static Task<HttpResponseMessage> EndorsementAsync(
        GatewayHost host, string agreement = "AuroraMSP.endorsed")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/v1/agreements/" + agreement);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vc"));
        return host.Anyone.SendAsync(request);
    }

    private static async Task<JsonNode> RecognizeAsync(GatewayHost host, byte[] document, string institution)
    {
        // A gateway can be a moment behind the one that issued.
        JsonNode? answer = null;
        await Until.TrueAsync(
            async () =>
            {
                using var content = new ByteArrayContent(document);
                using var sent = await GatewayHost.OkAsync(await host.Anyone.PostAsync(
                    $"/v1/recognitions?institution={institution}", content));
                answer = (await sent.Content.ReadFromJsonAsync<JsonNode>())!["items"]![0]!["recognitions"]![0]!;
                return (string?)answer["code"] != "notVerified";
            },
            () => $"not verified: {answer}");
        return answer!;
    }

    private static async Task<JsonNode> ReadAsync(GatewayHost host, string path) =>
        (await host.Anyone.GetFromJsonAsync<JsonNode>(path))!;
}
