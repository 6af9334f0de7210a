using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Possessing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>Asking wallets by the API: what is asked, and what comes of a good answer.</summary>
public sealed class PresentationTests(PresentationFixture presenting) : IClassFixture<PresentationFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("direct_post.jwt")]
    [InlineData("direct_post")]
    public async Task Asked_Presented_IsReadWithItsVerdict_AndWhoRecognizesIt(string mode)
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Aino Virtanen");
        var asked = await presenting.AskAsync(new JsonObject
        {
            ["achievement"] = "AuroraMSP/data-literacy",
            ["issuer"] = "AuroraMSP",
            ["minCredits"] = 3,
            ["minEqfLevel"] = 8,
            ["responseMode"] = mode,
        });
        Assert.StartsWith("<svg", (string)asked["picture"]!, StringComparison.Ordinal);
        Assert.Equal("waiting", (string?)(await presenting.ReadAsync(asked))["state"]);
        var request = await presenter.FetchAsync((string)asked["link"]!);
        Assert.Equal((200, 0), StateOf(await presenter.AnswerAsync(request, presenter.Present(request, ["name"]))));

        var read = await presenting.ReadAsync(asked);
        Assert.Equal("answered", (string?)read["state"]);
        var one = read["credentials"]!.AsArray().Single()!;
        Assert.Equal("valid", (string?)one["verdict"]!["verdict"]);
        Assert.Equal("Aino Virtanen", (string?)one["verdict"]!["credential"]!["recipient"]);
        Assert.Equal("holderProven", CodeOf(one, "holder"));
        Assert.Equal(["minEqfLevel"], one["unmet"]!.AsArray().Select(code => (string)code!));
        Assert.NotNull(read["recognition"]!["items"]);

        // It is answered once, its request is gone, and whoever forgets it has forgotten it.
        WalletRefusalTests.Refused(
            "invalid_request", await presenter.AnswerAsync(request, presenter.Present(request)), 404);
        Assert.Equal(404, (await presenter.PostAsync(SamplePresenter.Parts((string)asked["link"]!).Uri)).Status);
        await GatewayHost.OkAsync(await presenting.Verifier.Registrar.DeleteAsync(
            $"/v1/presentation-requests/{asked["id"]}", Cancellation));
        Assert.Equal(
            HttpStatusCode.NotFound, await PresentationFixture.StatusAsync(asked, presenting.Verifier.Registrar));
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Request_IsSignedByTheInstitution_AndSaysAllThatAWalletNeeds()
    {
        var asked = await presenting.AskAsync(new JsonObject { ["shown"] = new JsonArray("name", "evidence") });
        using var presenter = new SamplePresenter("", PresentationFixture.AnotherKey());
        string link = (string)asked["link"]!;
        Assert.StartsWith(
            "openid4vp://?client_id=decentralized_identifier%3Adid%3Aweb%3A", link, StringComparison.Ordinal);
        Assert.Contains("request_uri_method=post", link, StringComparison.Ordinal);
        var got = await presenter.FetchAsync(link);
        var posted = await presenter.FetchAsync(link, ("wallet_nonce", "a nonce"), ("wallet_metadata", "{}"));
        Assert.Equal("application/oauth-authz-req+jwt", got.MediaType);
        Assert.Null(got.Claims["wallet_nonce"]);
        Assert.Equal("a nonce", (string?)posted.Claims["wallet_nonce"]);
        Assert.Equal((got.Nonce, got.State), (posted.Nonce, posted.State));

        // By the key that the DID document has, under the name that the header has.
        string did = got.Client["decentralized_identifier:".Length..];
        Assert.StartsWith(did + "#", (string)got.Header["kid"]!, StringComparison.Ordinal);
        var document = JsonNode.Parse(await presenting.Verifier.Anyone.GetStringAsync(
            "/.well-known/did.json", Cancellation))!;
        var method = document["verificationMethod"]!.AsArray().Single(
            one => (string?)one!["id"] == (string?)got.Header["kid"])!;
        var key = PossessionToken.ReadKey(System.Text.Json.JsonSerializer.SerializeToElement(method["publicKeyJwk"]));
        PossessionToken.Read(got.Token, "oauth-authz-req+jwt", _ => key);

        var claims = got.Claims;
        Assert.Equal("https://self-issued.me/v2", (string?)claims["aud"]);
        Assert.Equal(("vp_token", "direct_post.jwt"), ((string?)claims["response_type"], got.Mode));
        var query = claims["dcql_query"]!["credentials"]![0]!;
        Assert.Equal("dc+sd-jwt", (string?)query["format"]);
        string[] types = [.. query["meta"]!["vct_values"]!.AsArray().Select(one => (string)one!)];
        Assert.Contains(presenting.Issuer.Anyone.BaseAddress + "credential-types/micro-credential/1", types);
        Assert.Equal(
            """[["name","evidence"],["name"]]""", query["claim_sets"]!.ToJsonString());
        Assert.Equal(
            ["credentialSubject/name", "evidence"],
            query["claims"]!.AsArray().Select(one => string.Join('/', one!["path"]!.AsArray())));
        var metadata = claims["client_metadata"]!;
        Assert.Equal("ECDH-ES", (string?)metadata["jwks"]!["keys"]![0]!["alg"]);
        Assert.Equal(2, metadata["encrypted_response_enc_values_supported"]!.AsArray().Count);
        Assert.NotNull(metadata["vp_formats_supported"]!["dc+sd-jwt"]!["kb-jwt_alg_values"]);
        Assert.Null(claims["transaction_data"]);
    }

    [Fact]
    public async Task Several_ThatACredentialMayLack_AreAskedForAsFarAsItHasThem()
    {
        // This one has neither a result nor evidence.
        var (wallet, presenter, _) = await presenting.HoldAsync("Has No Result");
        var asked = await presenting.AskAsync(new JsonObject
        {
            ["issuer"] = "AuroraMSP",
            ["shown"] = new JsonArray("evidence", "name", "result"),
        });
        var request = await presenter.FetchAsync((string)asked["link"]!);
        var query = request.Claims["dcql_query"]!["credentials"]![0]!;
        Assert.Equal(
            """[["name","result","evidence","issuer"],["name","evidence","issuer"],"""
            + """["name","result","issuer"],["name","issuer"]]""",
            query["claim_sets"]!.ToJsonString());
        var nameless = await presenter.AnswerAsync(request, presenter.Present(request, []));
        WalletRefusalTests.Refused("invalid_request", nameless);
        Assert.Equal(200, (await presenter.AnswerAsync(request, presenter.Present(request, ["name"]))).Status);
        var read = await presenting.ReadAsync(asked);
        Assert.Equal("valid", (string?)read["credentials"]![0]!["verdict"]!["verdict"]);
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Request_FetchedAHundredTimes_StaysTheSame_AndIsAnsweredOnce()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Often Fetched");
        var asked = await presenting.AskAsync();
        var requests = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => presenter.FetchAsync((string)asked["link"]!)));
        Assert.Single(requests.Select(one => one.Nonce).Distinct());
        var answers = await Task.WhenAll(requests.Take(8).Select(
            one => presenter.AnswerAsync(one, presenter.Present(one))));
        Assert.Single(answers, answer => answer.Status == 200);
        Assert.All(answers.Where(answer => answer.Status != 200), answer => Assert.Equal(404, answer.Status));
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Answer_IsToldToWhoAskedAlone_AndOnlyWithTheCodeThatThePageGot()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Led Back");
        var asked = await presenting.AskAsync(
            new JsonObject { ["redirectUri"] = "https://employer.example/back?case=1" });
        var request = await presenter.FetchAsync((string)asked["link"]!);
        var (status, body) = await presenter.AnswerAsync(request, presenter.Present(request));
        Assert.Equal(200, status);
        string back = (string)body["redirect_uri"]!;
        Assert.StartsWith("https://employer.example/back?case=1&response_code=", back, StringComparison.Ordinal);
        var verifier = presenting.Verifier;
        Assert.Equal(HttpStatusCode.BadRequest, await PresentationFixture.StatusAsync(asked, verifier.Registrar));
        Assert.Equal(
            HttpStatusCode.NotFound,
            await PresentationFixture.StatusAsync(
                asked, verifier.Registrar, "?responseCode=AAAAAAAAAAAAAAAAAAAAAAAAAAA"));
        string code = "?responseCode=" + back.Split("response_code=")[1];
        Assert.Equal("answered", (string?)(await presenting.ReadAsync(asked, code))["state"]);

        // Not to another caller of the same gateway, and not to anybody.
        using var key = await GatewayHost.OkAsync(await verifier.PostAsync(
            "/v1/api-keys", new { name = "another employer", roles = (string[])["reader"] }));
        using var another = verifier.With(
            (string)JsonNode.Parse(await key.Content.ReadAsStringAsync(Cancellation))!["key"]!);
        Assert.Equal(HttpStatusCode.NotFound, await PresentationFixture.StatusAsync(asked, another, code));
        Assert.Equal(HttpStatusCode.Unauthorized, await PresentationFixture.StatusAsync(asked, verifier.Anyone, code));
        string log = await verifier.Registrar.GetStringAsync("/v1/audit", Cancellation);
        Assert.Contains($"presentation-request:{asked["id"]}", log, StringComparison.Ordinal);
        Assert.DoesNotContain("Led Back", log, StringComparison.Ordinal);
        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Wallet_ThatRefuses_IsTold_AndEndsTheRequest()
    {
        using var presenter = new SamplePresenter("", PresentationFixture.AnotherKey());
        foreach (string mode in (string[])["direct_post", "direct_post.jwt"])
        {
            var asked = await presenting.AskAsync(new JsonObject { ["responseMode"] = mode });
            var request = await presenter.FetchAsync((string)asked["link"]!);
            Assert.Equal(400, (await presenter.PostAsync(request.ResponseUri, ("error", "access_denied"))).Status);
            var (status, _) = await presenter.PostAsync(
                request.ResponseUri, ("error", "access_denied"), ("state", request.State));
            Assert.Equal(200, status);
            var read = await presenting.ReadAsync(asked);
            Assert.Equal(("refused", "access_denied"), ((string?)read["state"], (string?)read["refusal"]));
        }
    }

    [Theory]
    [InlineData("""{"minEqfLevel":9}""", "/minEqfLevel")]
    [InlineData("""{"minCredits":-1}""", "/minCredits")]
    [InlineData("""{"shown":["leafSalt"]}""", "/shown")]
    [InlineData("""{"format":"mso_mdoc"}""", "/format")]
    [InlineData("""{"responseMode":"query"}""", "/responseMode")]
    [InlineData("""{"achievement":"no-such"}""", "/achievement")]
    [InlineData("""{"issuer":"NoMSP"}""", "/issuer")]
    [InlineData("""{"redirectUri":"http://employer.example/"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"https://10.0.0.1/"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"https://[::1]/"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"https://localhost/"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"https://a:b@employer.example/"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"javascript:alert(1)"}""", "/redirectUri")]
    [InlineData("""{"redirectUri":"https://employer.example/#x"}""", "/redirectUri")]
    [InlineData("""{"transaction_data":["x"]}""", "/transaction_data")]
    [InlineData("""{"dcqlQuery":{"credentials":[]}}""", "/dcqlQuery/credentials")]
    public async Task Wanted_ThatCannotBeAskedFor_IsRefusedByItsPlace(string wanted, string place)
    {
        using var answer = await presenting.Verifier.PostAsync("/v1/presentation-requests", JsonNode.Parse(wanted)!);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Contains(place, problem["errors"]![0]!["pointer"]!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":"a","format":"mso_mdoc","meta":{}}""", "format")]
    [InlineData("""{"id":"a b","format":"dc+sd-jwt","meta":{}}""", "id")]
    [InlineData("""{"id":"a","format":"dc+sd-jwt"}""", "meta")]
    [InlineData("""{"id":"a","format":"dc+sd-jwt","meta":{},"trusted_authorities":[]}""", "trusted_authorities")]
    [InlineData("""{"id":"a","format":"dc+sd-jwt","meta":{},"claims":[{"path":[true]}]}""", "claims/0/path")]
    [InlineData(
        """{"id":"a","format":"dc+sd-jwt","meta":{},"claims":[{"id":"x","path":["a"]},{"id":"x","path":["b"]}]}""",
        "claims")]
    [InlineData(
        """{"id":"a","format":"dc+sd-jwt","meta":{},"claims":[{"path":["a",null]},{"path":["a",null]}]}""", "claims")]
    [InlineData(
        """{"id":"a","format":"dc+sd-jwt","meta":{},"claims":[{"path":["a"],"values":[1.5]}]}""", "claims/0/values")]
    [InlineData("""{"id":"a","format":"dc+sd-jwt","meta":{},"claim_sets":[["x"]]}""", "claim_sets")]
    public Task Query_ThatIsNone_IsRefusedByItsPlace(string credential, string place) =>
        Wanted_ThatCannotBeAskedFor_IsRefusedByItsPlace(
            $$$"""{"dcqlQuery":{"credentials":[{{{credential}}}]}}""", "/dcqlQuery/credentials/0/" + place);

    internal static string CodeOf(JsonNode credential, string check) => (string)credential["verdict"]!["checks"]!
        .AsArray().Single(one => (string?)one!["check"] == check)!["code"]!;

    private static (int Status, int Members) StateOf((int Status, JsonNode Body) answer) =>
        (answer.Status, answer.Body.AsObject().Count);
}
