using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Contract;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// What verifiers outside find by OpenID Federation: members of the consortium, and what they are accredited for.
/// </summary>
public sealed class FederationTests(LinkedGatewaysFixture gateways) : IClassFixture<LinkedGatewaysFixture>
{
    private const string Aurora = "https://aurora.example";
    private const string Linden = "https://linden.example";
    private const string Marks = "urn:uuid:6f1d0c52-9f0e-4c5b-8a54-3d1f7b0f4f27#";

    private static readonly int[] Levels = [6];

    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _anchor = gateways.Partner;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Member_IsFoundUnderAnotherAsTrustAnchor_ByALibraryThatOthersWrote()
    {
        string programs = await NodePrograms.InstallAsync("federation", Cancelled);
        await BothAreKnownAsync();
        var input = new JsonObject
        {
            ["hosts"] = new JsonObject { [Aurora] = UrlOf(_issuer), [Linden] = UrlOf(_anchor) },
            ["asked"] = new JsonArray(
                Asked("member", Aurora, Linden), Asked("the other way", Linden, Aurora),
                Asked("nobody's anchor", Aurora, "https://stranger.example")),
        };
        var results = await ResolveAsync(programs, input);

        Assert.All(results.Values, result => Assert.Null((string?)result["error"]));
        var chain = Assert.Single(results["member"]["chains"]!.AsArray())!;
        Assert.Equal(Linden, (string?)chain["anchor"]);
        Assert.NotNull(chain["metadata"]!["federation_entity"]!["organization_name"]);
        var keys = JsonNode.Parse(await _anchor.Anyone.GetStringAsync(
            $"/v1/institutions/{_issuer.MspId}/jwks.json", Cancelled))!;
        Assert.True(JsonNode.DeepEquals(keys, chain["metadata"]!["openid_credential_issuer"]!["jwks"]));
        Assert.NotNull(chain["metadata"]!["openid_credential_issuer"]!["credential_endpoint"]);
        Assert.Single(results["the other way"]["chains"]!.AsArray());
        Assert.Empty(results["nobody's anchor"]["chains"]!.AsArray());
    }

    [Fact]
    public async Task Resolver_GivesChainAndMarks_AndAccreditationsOnlyWhileTheyAreInForce()
    {
        await BothAreKnownAsync();
        string accredited = $"/federation/trust-mark?sub={Aurora}&trust_mark_type={Uri.EscapeDataString(Marks)}";
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_anchor, accredited + "AccreditedIssuer"));

        await AdmitAnchorAsync();
        await GatewayHost.OkAsync(await _anchor.PostAsync("/v1/accreditations", new
        {
            mspId = _issuer.MspId,
            id = "all",
            scope = new { levels = Levels },
            reference = "https://linden.example/decisions/1",
        }));
        await Until.TrueAsync(
            async () => await StatusAsync(_anchor, accredited + "AccreditedIssuer") == HttpStatusCode.OK,
            () => "There is no mark of what was granted.");
        var mark = await ReadAsync(_anchor, accredited + "AccreditedIssuer", "trust-mark+jwt");
        Assert.Equal(Linden, (string?)mark["iss"]);
        Assert.Equal(Aurora, (string?)mark["sub"]);
        var granted = Assert.Single(mark["accreditations"]!.AsArray())!;
        Assert.Equal("did:web:linden.example", (string?)granted["accreditor"]);
        Assert.Equal(6, (int)granted["scopes"]![0]!["levels"]![0]!);

        var resolved = await ReadAsync(
            _anchor, $"/federation/resolve?sub={Aurora}&trust_anchor={Linden}", "resolve-response+jwt");
        Assert.Equal(3, resolved["trust_chain"]!.AsArray().Count);
        Assert.Equal(
            [Marks + "Member", Marks + "AccreditedIssuer"],
            resolved["trust_marks"]!.AsArray().Select(one => (string)one!["trust_mark_type"]!));

        await GatewayHost.OkAsync(await _anchor.PostAsync(
            $"/v1/accreditations/{_issuer.MspId}/all/suspension", new { }));
        await Until.TrueAsync(
            async () => await StatusAsync(_anchor, accredited + "AccreditedIssuer") == HttpStatusCode.NotFound,
            () => "What is suspended still has a mark.");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_anchor, accredited + "Member"));
    }

    [Fact]
    public async Task Configuration_HasTheMarksThatOtherMembersGive_OnceTheyWereAskedFor()
    {
        await BothAreKnownAsync();
        JsonArray? marks = null;
        await Until.TrueAsync(
            async () =>
            {
                var said = await ReadAsync(_anchor, "/.well-known/openid-federation", "entity-statement+jwt");
                return (marks = said["trust_marks"] as JsonArray) is not null;
            },
            () => "No member's mark is there.");
        var given = Assert.Single(marks!)!;
        Assert.Equal(Marks + "Member", (string?)given["trust_mark_type"]);
        var mark = ForgedToken.Of(System.Text.Encoding.ASCII.GetBytes((string)given["trust_mark"]!)).Payload;
        Assert.Equal((Aurora, Linden), ((string?)mark["iss"], (string?)mark["sub"]));
    }

    [Fact]
    public async Task Member_WhoseServerIsHostile_IsNotResolved_AndHangsNothing()
    {
        var tejo = gateways[LedgerFixture.Tejo];
        await tejo.EnsureVoterAsync();
        await tejo.ConfirmAsync();
        string entity = IssuerIdentity.UrlOf(tejo.Institution.Did)!;
        await Until.TrueAsync(
            async () => await StatusAsync(_anchor, "/federation/fetch?sub=" + entity) == HttpStatusCode.OK,
            () => "The member is not vouched for.");
        string elsewhere = UrlOf(_anchor) + "/healthz";
        byte[] stranger = await (await _issuer.Anyone.GetAsync("/.well-known/openid-federation", Cancelled))
            .Content.ReadAsByteArrayAsync(Cancelled);
        Func<HttpContext, Task>[] answers =
        [
            context => Task.Run(() => context.Response.Redirect(elsewhere), Cancelled),
            context => Task.Delay(Timeout.Infinite, context.RequestAborted),
            context => FloodAsync(context),
            context => context.Response.Body.WriteAsync(stranger).AsTask(),
            context => context.Response.WriteAsync("{}"),
        ];
        foreach (var answer in answers)
        {
            int asked = 0;
            gateways.Hostile.Answer = context =>
            {
                if (context.Request.Path == "/.well-known/openid-federation") Interlocked.Increment(ref asked);
                return answer(context);
            };
            using var resolved = await _anchor.Anyone.GetAsync(
                $"/federation/resolve?sub={entity}&trust_anchor={Linden}", Cancelled);
            string body = await resolved.Content.ReadAsStringAsync(Cancelled);
            Assert.Equal("invalid_trust_chain", (string?)JsonNode.Parse(body)!["error"]);
            Assert.Equal(1, asked);

            // Where a member's gateway is, strangers are not told.
            Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
            Assert.DoesNotContain("localhost", body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("?entity_type=federation_entity", true)]
    [InlineData("?entity_type=openid_credential_issuer", true)]
    [InlineData("?entity_type=openid_relying_party&entity_type=jwt_vc_issuer", true)]
    [InlineData("?entity_type=openid_relying_party", false)]
    public async Task List_IsNarrowedByWhatMembersAre(string query, bool isListed)
    {
        await BothAreKnownAsync();
        string list = await _anchor.Anyone.GetStringAsync("/federation/list" + query, Cancelled);
        Assert.Equal(isListed, list.Contains(Aurora, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Resolved_AreTheTypesThatAreAskedFor_AndOfTheLedgerAloneWhatItDecides()
    {
        await BothAreKnownAsync();
        string address = $"/federation/resolve?sub={Aurora}&trust_anchor={Linden}&entity_type=jwt_vc_issuer";
        var resolved = await ReadAsync(_anchor, address, "resolve-response+jwt");
        Assert.Equal("jwt_vc_issuer", Assert.Single(resolved["metadata"]!.AsObject()).Key);

        // What says the same is signed once, however often it is asked for.
        string own = await _anchor.Anyone.GetStringAsync("/federation/fetch?sub=" + Aurora, Cancelled);
        Assert.Equal(own, await _anchor.Anyone.GetStringAsync("/federation/fetch?sub=" + Aurora, Cancelled));
    }

    [Theory]
    [InlineData("/federation/fetch", HttpStatusCode.BadRequest, "invalid_request")]
    [InlineData("/federation/fetch?sub=https://stranger.example", HttpStatusCode.NotFound, "not_found")]
    [InlineData("/federation/fetch?sub=https://linden.example", HttpStatusCode.NotFound, "not_found")]
    [InlineData("/federation/list?trust_marked=true", HttpStatusCode.BadRequest, "unsupported_parameter")]
    [InlineData(
        "/federation/resolve?sub=https://aurora.example&trust_anchor=https://stranger.example",
        HttpStatusCode.NotFound, "invalid_trust_anchor")]
    [InlineData(
        "/federation/trust-mark?sub=https://aurora.example&trust_mark_type=x", HttpStatusCode.NotFound, "not_found")]
    public async Task Request_ThatCannotBeAnswered_IsRefusedInTheProtocolsOwnWords(
        string address, HttpStatusCode status, string code)
    {
        using var answer = await _anchor.Anyone.GetAsync(address, Cancelled);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancelled))!;
        Assert.Equal((status, code), (answer.StatusCode, (string?)body["error"]));
        Assert.NotEmpty((string)body["error_description"]!);
    }

    private static JsonObject Asked(string name, string entity, string anchor) => new()
    {
        ["name"] = name,
        ["entity"] = entity,
        ["anchors"] = new JsonArray(anchor),
    };

    private static async Task FloodAsync(HttpContext context)
    {
        byte[] much = new byte[64 * 1024];
        while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(much);
    }

    private static string UrlOf(GatewayHost host) => host.Anyone.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Waits until each gateway has read that the other's institution is confirmed.</summary>
    private async Task BothAreKnownAsync()
    {
        await Until.TrueAsync(
            async () => await StatusAsync(_anchor, "/federation/fetch?sub=" + Aurora) == HttpStatusCode.OK
                && await StatusAsync(_issuer, "/federation/fetch?sub=" + Linden) == HttpStatusCode.OK,
            () => "A member is not vouched for.");
    }

    private async Task AdmitAnchorAsync()
    {
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            "/v1/ballots", new { id = "admit-linden", action = "admitAccreditor", subject = _anchor.MspId }));
        await Agreed.AcceptAsync(gateways, "AuroraMSP.admit-linden");
        await _anchor.SaysAsync("/v1/consortium", "\"LindenMSP\",\"since\"");
    }

    private static async Task<HttpStatusCode> StatusAsync(GatewayHost host, string address)
    {
        using var answer = await host.Anyone.GetAsync(address, Cancelled);
        return answer.StatusCode;
    }

    private static async Task<JsonObject> ReadAsync(GatewayHost host, string address, string type)
    {
        using var answer = await GatewayHost.OkAsync(await host.Anyone.GetAsync(address, Cancelled));
        Assert.Equal("application/" + type, answer.Content.Headers.ContentType!.MediaType);
        var token = ForgedToken.Of(await answer.Content.ReadAsByteArrayAsync(Cancelled));
        Assert.Equal(type, (string?)token.Header["typ"]);
        return token.Payload;
    }

    private static async Task<Dictionary<string, JsonNode>> ResolveAsync(string programs, JsonObject input)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, input.ToJsonString(), Cancelled);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["resolve.mjs", file], programs), Until.Patience, Cancelled);
            Assert.True(exitCode == 0, output);
            return output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonNode.Parse(line)!)
                .ToDictionary(result => (string)result["name"]!);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
