using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Evaluating;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class PathwayProgressTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Evaluation_CountsWhatIsValid_AndListsTheOthersWithTheReason()
    {
        var credentials = await SamplePathway.IssueAsync(
            _issuer, "progress", "Aino Virtanen", "part-one", "part-two", "part-three");
        string revoked = ((string)credentials[2]!["id"]!)["urn:uuid:".Length..];
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{revoked}/revocation", new { reason = "issuedInError" }));
        var tampered = credentials[1]!.DeepClone();
        tampered["credentialSubject"]!["name"] = "Somebody Else";
        credentials.Add(tampered);
        credentials.Add(credentials[0]!.DeepClone());
        credentials.Add("not.a.token");

        var answer = await EvaluateAsync("progress", credentials);
        var evaluation = answer["evaluation"]!;
        Assert.False((bool)evaluation["complete"]!);
        Assert.Equal(6, (double)evaluation["credits"]!["counted"]!);
        Assert.Equal("part-one", (string?)evaluation["groups"]![0]!["counted"]![0]!["achievement"]!["id"]);
        Assert.Equal("part-two", (string?)evaluation["groups"]![1]!["counted"]![0]!["achievement"]!["id"]);
        Assert.Equal(3, (double)evaluation["groups"]![1]!["credits"]!["missing"]!);
        Assert.Equal(1, (int)answer["learners"]!);
        Assert.Equal(
            [null, null, "revoked", "signatureMismatch", "sentTwice", "foreign"],
            answer["credentials"]!.AsArray().Select(one => (string?)one!["reason"]));
        Assert.Equal(
            [true, true, false, false, false, false],
            answer["credentials"]!.AsArray().Select(one => (bool)one!["isTaken"]!));

        // What is missing can be taken: the third part, valid this time, or anything else in the field.
        Assert.Single(evaluation["ways"]![0]!["steps"]!.AsArray());
        Assert.True((bool)evaluation["waysAreProven"]!);
        Assert.Contains(
            evaluation["suggestions"]!.AsArray(),
            step => (string?)step!["take"]!["achievement"]!["id"] == "part-three"
                && step["reasons"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task Evaluation_TakesCompactForms()
    {
        var credentials = await SamplePathway.IssueAsync(_issuer, "compact", "Eero Salo", "part-one");
        string id = ((string)credentials[0]!["id"]!)["urn:uuid:".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/vc+jwt"));
        using var token = await GatewayHost.OkAsync(
            await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken));
        string text = await token.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var answer = await EvaluateAsync("compact", [text]);
        Assert.True(
            (double)answer["evaluation"]!["credits"]!["counted"]! == 3, answer.ToJsonString());
    }

    [Fact]
    public async Task Evaluation_BadRequests_AreRefusedWithThePlace()
    {
        await SamplePathway.IssueAsync(_issuer, "bad-requests", "Nobody");
        const string Path = "/v1/pathways/AuroraMSP/bad-requests/1/evaluations";
        await RefusedAsync(Path, new JsonObject { ["credentials"] = new JsonArray(7) }, "/credentials/0");
        var many = new JsonArray(
            [.. Enumerable.Range(0, CredentialSet.MaxCredentials + 1).Select(_ => (JsonNode)"a")]);
        await RefusedAsync(Path, new JsonObject { ["credentials"] = many }, "/credentials");
        await RefusedAsync(
            Path,
            new JsonObject
            {
                ["credentials"] = new JsonArray(),
                ["goal"] = new JsonObject { ["skills"] = new JsonArray("") },
            },
            "/goal/skills");
        using var missing = await _issuer.Anyone.PostAsJsonAsync(
            "/v1/pathways/AuroraMSP/bad-requests/9/evaluations", new { credentials = Array.Empty<object>() },
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Evaluation_WithTheLedgerOutOfReach_IsNoAnswer()
    {
        var credentials = await SamplePathway.IssueAsync(_issuer, "out-of-reach", "Liisa Koski", "part-one");
        _issuer.Wire.IsCut = true;
        try
        {
            await EndToEnd.Until.TrueAsync(
                async () =>
                {
                    using var answer = await PostAsync("out-of-reach", credentials);
                    return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
                },
                () => "an evaluation without the ledger");
        }
        finally
        {
            _issuer.Wire.IsCut = false;
        }

        await EndToEnd.Until.TrueAsync(
            async () =>
            {
                using var answer = await PostAsync("out-of-reach", credentials);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            () => "no evaluation after the ledger came back");
    }

    [Fact]
    public async Task Award_OfACompletePathway_NamesItsParts_AndIsIssuedOnce()
    {
        var credentials = await SamplePathway.IssueAsync(
            _issuer, "awarded", "Kaisa Niemi", "part-one", "part-two", "part-three");
        var body = new JsonObject
        {
            ["credentials"] = credentials.DeepClone(),
            ["recipient"] = new JsonObject { ["name"] = "Kaisa Niemi" },
        };
        using var anyone = await _issuer.Anyone.PostAsJsonAsync(
            "/v1/pathways/awarded/1/awards", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);

        using var first = await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/pathways/awarded/1/awards", body));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        byte[] document = await first.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal("valid", await _issuer.VerdictAsync(document));
        var award = JsonNode.Parse(document)!;
        Assert.Equal("AuroraMSP", (string?)award["ledgerAnchor"]!["mspId"]);
        Assert.EndsWith(
            $"/achievements/{SamplePathway.Award}/1", (string?)award["credentialSubject"]!["achievement"]!["id"],
            StringComparison.Ordinal);
        Assert.Equal(
            credentials.Select(one => (string?)one!["id"]).Order(StringComparer.Ordinal),
            award["evidence"]!.AsArray().Select(part => (string?)part!["id"]).Order(StringComparer.Ordinal));
        Assert.All(award["evidence"]!.AsArray(), part => Assert.Contains(
            (string)credentials.Single(one => (string?)one!["id"] == (string?)part!["id"])!["ledgerAnchor"]!["root"]!,
            (string)part!["description"]!, StringComparison.Ordinal));

        using var again = await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/pathways/awarded/1/awards", body));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.Equal("true", again.Headers.GetValues("Idempotency-Replayed").Single());
    }

    [Fact]
    public async Task Award_OfWhatIsNotComplete_NotOnesOwn_OrRetired_IsRefused()
    {
        var credentials = await SamplePathway.IssueAsync(
            _issuer, "refused-award", "Veikko Lehto", "part-one", "part-two");
        var others = await SamplePathway.IssueAsync(_issuer, "refused-award", "Another Learner", "part-three");
        const string Path = "/v1/pathways/refused-award/1/awards";
        var body = new JsonObject
        {
            ["credentials"] = credentials,
            ["recipient"] = new JsonObject { ["name"] = "Veikko Lehto" },
        };
        using var incomplete = await _issuer.PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.Conflict, incomplete.StatusCode);
        Assert.Contains("Electives", await TextOf(incomplete), StringComparison.Ordinal);

        credentials.Add(others[0]!.DeepClone());
        using var mixed = await _issuer.PostAsync(Path, body);
        Assert.True(mixed.StatusCode == HttpStatusCode.BadRequest, await TextOf(mixed));
        Assert.Contains("/recipient/name", await TextOf(mixed), StringComparison.Ordinal);
        Assert.DoesNotContain("Another Learner", await TextOf(mixed), StringComparison.Ordinal);

        using var abroad = await gateways.Partner.PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.NotFound, abroad.StatusCode);
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/pathways/refused-award/1/retirement", new { }));
        using var retired = await _issuer.PostAsync(Path, body);
        Assert.Equal(HttpStatusCode.Conflict, retired.StatusCode);
    }

    private async Task<JsonNode> EvaluateAsync(string pathway, JsonArray credentials)
    {
        using var answer = await GatewayHost.OkAsync(await PostAsync(pathway, credentials));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
    }

    private Task<HttpResponseMessage> PostAsync(string pathway, JsonArray credentials) =>
        _issuer.Anyone.PostAsJsonAsync(
            $"/v1/pathways/AuroraMSP/{pathway}/1/evaluations",
            new JsonObject { ["credentials"] = credentials.DeepClone() }, TestContext.Current.CancellationToken);

    private async Task RefusedAsync(string path, JsonObject body, string pointer)
    {
        using var answer = await _issuer.Anyone.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, await TextOf(answer));
        var problem = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.Equal(pointer, (string?)problem!["errors"]![0]!["pointer"]);
    }

    private static Task<string> TextOf(HttpResponseMessage answer) =>
        answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
