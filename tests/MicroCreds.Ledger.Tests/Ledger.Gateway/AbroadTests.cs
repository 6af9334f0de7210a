using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Two consortia, each with a network of its own, whose members have the same names; one recognizes the other's awards
/// by an agreement, and verifies them by their proofs alone.
/// </summary>
public sealed class AbroadTests(GatewaysFixture here, AbroadTests.Elsewhere there)
    : IClassFixture<GatewaysFixture>, IClassFixture<AbroadTests.Elsewhere>
{
    private const string Id = "abroad-2026";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CredentialOfTheOtherConsortium_IsVerifiedByItsProof_AndRecognizedByTheVersionThatRules()
    {
        byte[] document = await there.Issuer.IssueAsync("From Abroad");
        var anchor = CredentialReader.Read(document).Anchor;
        byte[] proof = await ProofAsync(anchor);

        // Nobody has agreed yet, so it is another ledger's, and its proof is nobody's word.
        var verdict = await AskAsync(document, proof);
        Assert.Equal("invalid", (string?)verdict["verdict"]);
        Assert.Null(verdict["abroad"]);

        await AgreeAsync("/v1/agreements", Terms(await TrustAsync(), 1440, credits: 5));
        verdict = await AskAsync(document, null);
        Assert.Equal("indeterminate", (string?)verdict["verdict"]);
        Assert.Contains("its proof comes along", (string?)verdict["abroad"]!["missing"], StringComparison.Ordinal);

        // Whom another institution agreed to believe is its own affair: this one agreed to nothing.
        verdict = await AskAsync(document, proof, here.Partner);
        Assert.Equal("invalid", (string?)verdict["verdict"]);
        Assert.Null(verdict["abroad"]);
        using var replayed = await here.Issuer.Anyone.PostAsync(
            "/v1/verifications?audience=https://verifier.example&nonce=0123456789abcdef",
            new ByteArrayContent(BodyOf(document, proof)), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, replayed.StatusCode);

        // What was awarded before the agreement is valid, and counts for nothing by it.
        verdict = await AskAsync(document, proof);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.Equal("beforeAgreement", (string?)Recognition(verdict)["code"]);
        await AgreeAsync(
            $"/v1/agreements/AuroraMSP.{Id}/versions", Terms(await TrustAsync(), 1440, credits: 6, id: null));
        document = await there.Issuer.IssueAsync("Under The Agreement");
        anchor = CredentialReader.Read(document).Anchor;
        proof = await ProofAsync(anchor);
        verdict = await AskAsync(document, proof);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        var abroad = verdict["abroad"]!;
        Assert.Equal(anchor.Ledger, (string?)abroad["ledger"]);
        Assert.Equal(["AuroraMSP"], abroad["members"]!.AsArray().Select(one => (string?)one));
        Assert.NotNull((string?)abroad["asOf"]);
        var recognition = Recognition(verdict);
        Assert.Equal((true, 6.0, 2), (
            (bool)recognition["recognized"]!, (double)recognition["credits"]!, (int)recognition["version"]!));
        Assert.Contains($"AuroraMSP.{Id}, version 2", (string?)recognition["detail"], StringComparison.Ordinal);
        await RevokedAsync(document, anchor);
    }

    [Theory]
    [InlineData("ledger", "/abroad/ledger")]
    [InlineData("trust", "/abroad/trust")]
    [InlineData("age", "/abroad/maxHeadAgeMinutes")]
    [InlineData("accredited", "/clauses/0/accreditedOnly")]
    public async Task AgreementWithAnotherConsortium_ThatCannotBeMeant_IsRefusedWithItsPlace(string what, string field)
    {
        var terms = Terms(await TrustAsync(), what == "age" ? 0 : 60, credits: 1, id: $"wrong-{what}");
        var abroad = terms["abroad"]!.AsObject();
        if (what == "ledger") abroad["ledger"] = await LedgerAsync(here);
        if (what == "trust") abroad["trust"] = "{}";
        if (what == "accredited") terms["clauses"]![0]!["accreditedOnly"] = true;
        using var answer = await here.Issuer.Registrar.PostAsJsonAsync("/v1/agreements", terms, Cancelled);
        string said = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(field, said, StringComparison.Ordinal);
    }

    /// <summary>A proof of after the revocation says so; one of before is as old as its head.</summary>
    private async Task RevokedAsync(byte[] document, LedgerAnchorDocument anchor)
    {
        await GatewayHost.OkAsync(await there.Issuer.PostAsync(
            $"/v1/credentials/{GatewayHost.IdOf(document)}/revocation", new { reason = "issuedInError" }));
        JsonNode verdict = null!;
        await Until.TrueAsync(
            async () =>
            {
                verdict = await AskAsync(document, await ProofAsync(anchor));
                return (string?)verdict["verdict"] == "invalid";
            },
            () => $"{verdict}");
        Assert.Empty(verdict["abroad"]!["recognitions"]!.AsArray());
    }

    private static JsonNode Recognition(JsonNode verdict) =>
        Assert.Single(verdict["abroad"]!["recognitions"]!.AsArray())!;

    private static JsonObject Terms(LogTrust trust, int minutes, double credits, string? id = Id) => new()
    {
        ["id"] = id,
        ["name"] = "What the northern universities award",
        ["parties"] = new JsonArray("AuroraMSP"),
        ["clauses"] = new JsonArray(new JsonObject
        {
            ["id"] = "all-of-aurora",
            ["awardedBy"] = new JsonArray("AuroraMSP"),
            ["credits"] = credits,
        }),
        ["abroad"] = new JsonObject
        {
            ["ledger"] = trust.Ledger,
            ["name"] = "Northern universities",
            ["trust"] = Encoding.UTF8.GetString(CanonicalJson.Serialize(trust)),
            ["maxHeadAgeMinutes"] = minutes,
        },
    };

    private async Task AgreeAsync(string address, JsonObject terms)
    {
        if (terms["id"] is null) terms.Remove("id");
        using var answer = await GatewayHost.OkAsync(
            await here.Issuer.Registrar.PostAsJsonAsync(address, terms, Cancelled));
    }

    /// <summary>The key of the other consortium's first member, as its ledger has it.</summary>
    private async Task<LogTrust> TrustAsync()
    {
        var log = (await there.Issuer.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!;
        var members = LedgerJson.Deserialize<TrustedCosigner[]>(Encoding.UTF8.GetBytes($"{log["members"]}"));
        return new LogTrust
        {
            Ledger = (string)log["origin"]!,
            Members = [members.Single(one => one.Name == "AuroraMSP")],
        };
    }

    private static async Task<string> LedgerAsync(GatewaysFixture gateways) =>
        (string)(await gateways.Issuer.Anyone.GetFromJsonAsync<JsonNode>("/v1/log", Cancelled))!["origin"]!;

    private async Task<byte[]> ProofAsync(LedgerAnchorDocument anchor)
    {
        string path = string.Create(
            CultureInfo.InvariantCulture, $"/v1/log/proofs/{anchor.MspId}/{anchor.Root}/{anchor.Index}");
        HttpResponseMessage answer = null!;
        await Until.TrueAsync(
            async () => (answer = await there.Issuer.Anyone.GetAsync(path, Cancelled)).IsSuccessStatusCode,
            () => $"{answer}");
        return await answer.Content.ReadAsByteArrayAsync(Cancelled);
    }

    /// <summary>Asks the gateway here, which knows nobody there.</summary>
    private Task<JsonNode> AskAsync(byte[] document, byte[]? proof, GatewayHost? at = null) =>
        (at ?? here.Issuer).VerifyAsync(proof is null ? document : BodyOf(document, proof));

    private static byte[] BodyOf(byte[] document, byte[] proof) => CanonicalJson.Serialize(new
    {
        credential = JsonNode.Parse(document),
        proof = Encoding.UTF8.GetString(proof),
    });

    /// <summary>The other consortium.</summary>
    public sealed class Elsewhere : IAsyncLifetime
    {
        private readonly GatewaysFixture _gateways = new();

        internal GatewayHost Issuer => _gateways.Issuer;

        public ValueTask InitializeAsync() => ((IAsyncLifetime)_gateways).InitializeAsync();

        public ValueTask DisposeAsync() => ((IAsyncDisposable)_gateways).DisposeAsync();
    }
}
