using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>How far a presentation, and a request for one, may go: what is asked for, and how much of it.</summary>
public sealed class PresentationBoundsTests(PresentationFixture presenting) : IClassFixture<PresentationFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claims_ThatStandInTheTokenAlone_CanBeAskedFor_AndAreNotRefusedThen()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Asked For Its Issuer");
        string issuer = (string)SampleWallet.ClaimsOf(
            presenter.Present("a", "n").Split('~')[0])["iss"]!;
        foreach (var (values, isMet) in (IEnumerable<(string, bool)>)[(issuer, true), ("did:web:other.example", false)])
        {
            var asked = await presenting.AskAsync(Query(new JsonArray(
                new JsonObject { ["path"] = new JsonArray("iss"), ["values"] = new JsonArray(values) },
                new JsonObject { ["path"] = new JsonArray("vct") },
                new JsonObject { ["path"] = new JsonArray("nbf") },
                new JsonObject { ["path"] = new JsonArray("credentialSubject", "name") })));
            var request = await presenter.FetchAsync((string)asked["link"]!);
            var answer = await presenter.AnswerAsync(request, presenter.Present(request));
            Assert.Equal(isMet ? 200 : 400, answer.Status);
            if (!isMet)
                Assert.Contains("iss", (string)answer.Body["error_description"]!, StringComparison.Ordinal);
        }

        wallet.Dispose();
        presenter.Dispose();
    }

    [Fact]
    public async Task Credential_OfAnotherType_OrSeveralInOneText_OrWithinSomethingElse_IsRefused()
    {
        var (wallet, presenter, _) = await presenting.HoldAsync("Wrapped");
        var asked = await presenting.AskAsync(Query(null, "https://other.example/a-type"));
        var request = await presenter.FetchAsync((string)asked["link"]!);
        string good = presenter.Present(request);
        var envelope = new JsonObject
        {
            ["x"] = "a." + Convert.ToBase64String("{\"vct\":\"https://other.example/a-type\"}"u8).TrimEnd('=') + ".c",
            ["credential"] = good,
        };
        foreach (JsonNode one in (JsonNode[])[good, envelope, "see a.b.c " + good])
            await RefusedAsync(one);

        asked = await presenting.AskAsync();
        request = await presenter.FetchAsync((string)asked["link"]!);
        good = presenter.Present(request);
        string another = presenter.Present(request, []);
        await RefusedAsync(new JsonArray(good, another).ToJsonString());
        await RefusedAsync(new JsonObject { ["a"] = good, ["b"] = another });
        Assert.Equal(200, (await presenter.AnswerAsync(request, good)).Status);
        wallet.Dispose();
        presenter.Dispose();

        async Task RefusedAsync(JsonNode one) => WalletRefusalTests.Refused(
            "invalid_request",
            await presenter.AnswerAsync(request, new JsonObject
            {
                ["vp_token"] = new JsonObject { ["credential"] = new JsonArray(one.DeepClone()) },
                ["state"] = request.State,
            }));
    }

    [Fact]
    public async Task Strangers_AsManyAsMayAsk_KeepNobodyFromAskingWhoHasALogin()
    {
        var end = DateTimeOffset.UtcNow.AddHours(1);
        await presenting.Verifier.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare(
                """
                INSERT INTO presentation (id, owner, hash, client, query, mode, created_at, expires_at, anonymous)
                  VALUES ($0, $1, $1, 'x', '{}', 'direct_post', 0, $2, 1)
                """, 3);
            for (int i = 0; i < Presentations.MaxOpen; i++)
            {
                insert.With($"flood-{i}", LearnerSecret.HashOf($"{i}"), end.ToUnixTimeMilliseconds())
                    .ExecuteNonQuery();
            }
        });
        try
        {
            using var browser = new BrowserSession(presenting.Verifier.Anyone.BaseAddress!);
            using var refused = await browser.PostFormAsync("/verify/wallet", [("shown", "name"), ("lang", "en")]);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.Contains(
                "As many wallets are asked", await refused.Content.ReadAsStringAsync(Cancellation),
                StringComparison.Ordinal);
            Assert.Equal("waiting", (string?)(await presenting.AskAsync())["state"]);
        }
        finally
        {
            await presenting.Verifier.Services.GetRequiredService<Presentations>().SweepAsync(end.AddMinutes(1));
        }

        using var visitor = new AskingVisitor(presenting.Verifier);
        await visitor.AskAsync();
    }

    [Fact]
    public async Task Page_WhereNoWalletCanBeAsked_SaysSo_AndDoesNotOfferIt()
    {
        // It has not heard from its peer yet, and knows nobody's keys.
        await using var gateway = GatewayHost.Prepare(
            presenting[LedgerFixture.Tejo], await TestStore.NewAsync());
        gateway.StartsCut = true;
        await gateway.StartAsync();
        string page = await gateway.Anyone.GetStringAsync("/verify", Cancellation);
        Assert.DoesNotContain("id=\"ask-wallet\"", page, StringComparison.Ordinal);
        using var browser = new BrowserSession(gateway.Anyone.BaseAddress!);
        using var refused = await browser.PostFormAsync("/verify/wallet", [("shown", "name"), ("lang", "de")]);
        Assert.Equal("text/html", refused.Content.Headers.ContentType!.MediaType);
        Assert.Contains(
            "Es kann gerade keine Wallet gefragt werden",
            WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync(Cancellation)), StringComparison.Ordinal);
    }

    private static JsonObject Query(JsonArray? claims, string? type = null)
    {
        var credential = new JsonObject
        {
            ["id"] = "credential",
            ["format"] = "dc+sd-jwt",
            ["meta"] = type is null ? [] : new JsonObject { ["vct_values"] = new JsonArray(type) },
        };
        if (claims is not null) credential["claims"] = claims;
        return new JsonObject { ["dcqlQuery"] = new JsonObject { ["credentials"] = new JsonArray(credential) } };
    }
}
