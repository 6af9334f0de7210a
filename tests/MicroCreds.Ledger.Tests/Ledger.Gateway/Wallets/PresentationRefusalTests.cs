using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Wallets;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// What a hostile wallet answers, each refused with words that say what is wrong; nothing of it is told to whoever
/// asked, and the request stays open for the wallet that it is for.
/// </summary>
public sealed class PresentationRefusalTests(PresentationFixture presenting)
    : IClassFixture<PresentationFixture>, IAsyncLifetime
{
    private SampleWallet _wallet = null!;
    private SamplePresenter _presenter = null!;
    private string _id = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        (_wallet, _presenter, _id) = await presenting.HoldAsync($"Learner {Guid.NewGuid():N}");

    public ValueTask DisposeAsync()
    {
        _wallet.Dispose();
        _presenter.Dispose();
        return ValueTask.CompletedTask;
    }

    // What a presentation is not to be, and a word of what the wallet is told.
    public static TheoryData<string, string> BadPresentations => new()
    {
        { "wrong nonce", "holderProofElsewhere" }, { "wrong audience", "holderProofElsewhere" },
        { "no nonce", "holderProofMalformed" }, { "no audience", "holderProofMalformed" },
        { "no iat", "holderProofMalformed" }, { "too old", "holderProofOutOfTime" },
        { "in the future", "holderProofOutOfTime" }, { "ended", "holderProofOutOfTime" },
        { "wrong sd_hash", "holderProofElsewhere" }, { "no sd_hash", "holderProofMalformed" },
        { "another's key", "holderProofForged" }, { "alg none", "holderProofMalformed" },
        { "HS256", "holderProofMalformed" }, { "typ", "holderProofMalformed" },
        { "key in the header", "holderProofMalformed" }, { "no proof", "holderProofMissing" },
        { "tampered", "signatureMismatch" }, { "a disclosure taken away", "holderProofElsewhere" },
        { "one more disclosure", "ProofMalformed" },
    };

    [Theory]
    [MemberData(nameof(BadPresentations))]
    public async Task Presentation_ThatIsNotGood_IsRefused_AndAGoodOneIsStillTaken(string fault, string told)
    {
        var asked = await presenting.AskAsync();
        var request = await _presenter.FetchAsync((string)asked["link"]!);
        var answer = await _presenter.AnswerAsync(request, Bad(fault, request));
        WalletRefusalTests.Refused("invalid_request", answer);
        if (fault != "one more disclosure")
            Assert.Contains(told, (string)answer.Body["error_description"]!, StringComparison.Ordinal);
        var read = await presenting.ReadAsync(asked);
        Assert.Equal(("waiting", null), ((string?)read["state"], read["credentials"]));
        Assert.Equal(200, (await _presenter.AnswerAsync(request, _presenter.Present(request))).Status);
    }

    [Fact]
    public async Task Answer_OfOneRequest_IsNoneToAnother_NorTwice()
    {
        var first = await presenting.AskAsync();
        var second = await presenting.AskAsync();
        var one = await _presenter.FetchAsync((string)first["link"]!);
        var other = await _presenter.FetchAsync((string)second["link"]!);
        string presented = _presenter.Present(one);
        JsonObject Answer(AskedRequest state) => new()
        {
            ["vp_token"] = new JsonObject { ["credential"] = new JsonArray(presented) },
            ["state"] = state.State,
        };

        // Encrypted for the one, sent to the other; with the other's state; and encrypted for the other.
        string sealedForOne = SamplePresenter.Seal(one, Answer(one));
        Refused("another key", await _presenter.PostAsync(other.ResponseUri, ("response", sealedForOne)));
        Refused("state", await _presenter.AnswerAsync(other, Answer(one)));
        Refused("holderProofElsewhere", await _presenter.AnswerAsync(other, Answer(other)));
        Assert.Equal(200, (await _presenter.PostAsync(one.ResponseUri, ("response", sealedForOne))).Status);
        Assert.Equal(404, (await _presenter.PostAsync(one.ResponseUri, ("response", sealedForOne))).Status);
        Assert.Equal("waiting", (string?)(await presenting.ReadAsync(second))["state"]);
    }

    [Fact]
    public async Task Encrypted_AnotherWayThanAsked_IsRefused()
    {
        var asked = await presenting.AskAsync();
        var request = await _presenter.FetchAsync((string)asked["link"]!);
        var answer = new JsonObject
        {
            ["vp_token"] = new JsonObject { ["credential"] = new JsonArray(_presenter.Present(request)) },
            ["state"] = request.State,
        };
        string good = SamplePresenter.Seal(request, answer);
        using var stranger = PresentationFixture.AnotherKey();
        string forAnother = EncryptionKey.Seal(
            Encoding.UTF8.GetBytes(answer.ToJsonString()),
            JsonSerializer.SerializeToElement(SampleWallet.JwkOf(stranger)), "A128GCM");
        Refused("another", await SendAsync(forAnother));
        Refused("five parts", await SendAsync("eyJ.a.b"));
        Refused("vp_token", await SendAsync(
            SamplePresenter.Seal(request, new JsonObject { ["state"] = request.State })));
        Refused("state", await SendAsync(
            SamplePresenter.Seal(request, new JsonObject { ["vp_token"] = new JsonObject() })));
        Refused("alg must be", await SendAsync(WithHeader(good, it => it["alg"] = "dir")));
        Refused("alg must be", await SendAsync(WithHeader(good, it => it["alg"] = "none")));
        Refused("enc must be", await SendAsync(WithHeader(good, it => it["enc"] = "A128CBC-HS256")));
        Refused("zip", await SendAsync(WithHeader(good, it => it["zip"] = "DEF")));
        Refused("crit", await SendAsync(WithHeader(good, it => it["crit"] = new JsonArray("x"))));
        Refused("damaged", await SendAsync(WithHeader(good, it => it["epk"]!["x"] = new string('A', 43))));
        Refused("damaged", await SendAsync(WithHeader(good, it => it.Remove("epk"))));
        Refused("damaged", await SendAsync(good[..^8] + "AAAAAAAA"));

        // In the open it is none, where it was to be encrypted.
        Refused("response is missing", await _presenter.PostAsync(
            request.ResponseUri, ("vp_token", answer["vp_token"]!.ToJsonString()), ("state", request.State)));
        Assert.Equal("waiting", (string?)(await presenting.ReadAsync(asked))["state"]);
        Assert.Equal(200, (await SendAsync(SamplePresenter.Seal(request, answer, "A128GCM"))).Status);

        Task<(int Status, JsonNode Body)> SendAsync(string token) =>
            _presenter.PostAsync(request.ResponseUri, ("response", token));
    }

    [Fact]
    public async Task Token_ThatIsNotWhatWasAskedFor_IsRefused()
    {
        var asked = await presenting.AskAsync(new JsonObject { ["responseMode"] = "direct_post" });
        var request = await _presenter.FetchAsync((string)asked["link"]!);
        string good = _presenter.Present(request);
        JsonArray many = new([.. Enumerable.Repeat(good, 21).Select(one => (JsonNode)one)]);
        Refused("does not ask for", await WithAsync(new JsonObject { ["another"] = new JsonArray(good) }));
        Refused("asks for one", await WithAsync(new JsonObject { ["credential"] = new JsonArray(good, good) }));
        Refused("list", await WithAsync(new JsonObject { ["credential"] = new JsonArray() }));
        Refused("list", await WithAsync(new JsonObject { ["credential"] = good }));
        Refused("lacks credential", await WithAsync(new JsonObject()));
        Refused("At most", await WithAsync(new JsonObject { ["credential"] = many }));
        Refused("JSON object", await WithAsync(new JsonArray(good)));
        Refused("texts or objects", await WithAsync(new JsonObject { ["credential"] = new JsonArray(1) }));
        Refused("credentialSubject/name", await WithAsync(
            new JsonObject { ["credential"] = new JsonArray(_presenter.Present(request, [])) }));
        Refused("no credential of this consortium", await WithAsync(
            new JsonObject { ["credential"] = new JsonArray(Foreign(request)) }));
        Refused("strict JSON", await _presenter.PostAsync(
            request.ResponseUri, ("vp_token", "{\"credential\":[],\"credential\":[]}"), ("state", request.State)));
        Refused("twice", await _presenter.PostAsync(
            request.ResponseUri, ("vp_token", "{}"), ("vp_token", "{}"), ("state", request.State)));
        Assert.Equal(200, (await WithAsync(new JsonObject { ["credential"] = new JsonArray(good) })).Status);

        Task<(int Status, JsonNode Body)> WithAsync(JsonNode token) => _presenter.PostAsync(
            request.ResponseUri, ("vp_token", token.ToJsonString()), ("state", request.State));
    }

    [Fact]
    public async Task More_ThanWasAskedFor_IsTaken_AndRevoked_IsTold()
    {
        var asked = await presenting.AskAsync();
        var request = await _presenter.FetchAsync((string)asked["link"]!);

        // What a wallet shows besides was its learner's to show: it is neither refused nor kept apart.
        Assert.Equal(200, (await _presenter.AnswerAsync(request, _presenter.Present(request))).Status);
        Assert.Equal("valid", (string?)(await presenting.ReadAsync(asked))["credentials"]![0]!["verdict"]!["verdict"]);
        await GatewayHost.OkAsync(await presenting.Issuer.PostAsync(
            $"/v1/credentials/{_id}/revocation", new { reason = "issuedInError" }));
        JsonNode? read = null;
        await Until.TrueAsync(
            async () => PresentationTests.CodeOf(
                (read = await presenting.ReadAsync(asked))["credentials"]![0]!, "status") == "revoked",
            () => $"It is not said to be revoked: {read}");
        Assert.Equal("invalid", (string?)read!["credentials"]![0]!["verdict"]!["verdict"]);
    }

    [Fact]
    public async Task HugeOrSlowOrUnknown_IsRefused_AndNothingHangs()
    {
        var asked = await presenting.AskAsync();
        var request = await _presenter.FetchAsync((string)asked["link"]!);
        Assert.Equal(413, (await _presenter.PostAsync(
            request.ResponseUri, ("response", new string('x', 600_000)))).Status);
        string nobody = request.ResponseUri.Replace(
            request.ResponseUri.Split('/')[^2], LearnerSecret.Draw(), StringComparison.Ordinal);
        Assert.Equal(404, (await _presenter.PostAsync(nobody, ("response", "x"))).Status);
        Assert.Equal(404, (await _presenter.PostAsync(
            $"{presenting.Verifier.Anyone.BaseAddress}wallet/presentation-requests/x/answer",
            ("response", "x"))).Status);
        Refused("wallet_nonce", await _presenter.PostAsync(
            SamplePresenter.Parts((string)asked["link"]!).Uri, ("wallet_nonce", new string('n', 501))));

        // A body that never comes holds nothing up, and is cut off by the server's own rule.
        var address = new Uri(request.ResponseUri);
        using var slow = new TcpClient();
        await slow.ConnectAsync(address.Host, address.Port, Cancellation);
        await slow.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 1000\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n\r\nresponse="),
            Cancellation);
        Assert.Equal(200, (await _presenter.AnswerAsync(request, _presenter.Present(request))).Status);
    }

    [Fact]
    public async Task Store_HasHashesOfSecretsAlone_AndForgetsWhatWasPresented_AndTheLogHasNothingOfIt()
    {
        var asked = await presenting.AskAsync(new JsonObject { ["redirectUri"] = "https://employer.example/" });
        var request = await _presenter.FetchAsync((string)asked["link"]!);
        string presented = _presenter.Present(request);
        var (_, body) = await _presenter.AnswerAsync(request, presented);
        string code = QueryHelpers.ParseQuery(new Uri((string)body["redirect_uri"]!).Query)["response_code"].ToString();
        string secret = SamplePresenter.Parts((string)asked["link"]!).Uri.Split('/')[^1];
        var store = presenting.Verifier.Services.GetRequiredService<GatewayStore>();
        using (var reader = store.Database.Read())
        {
            using var row = reader.Prepare(
                "SELECT owner, hash, same_hash, response_code FROM presentation WHERE id = $0", 1)
                .With((string)asked["id"]!).ExecuteReader();
            Assert.True(row.Read());
            for (int i = 0; i < 4; i++) Assert.Equal(SHA256.HashSizeInBytes, row.GetFieldValue<byte[]>(i).Length);
        }

        string log = presenting.Verifier.Log.Text;
        foreach (string said in (string[])[secret, code, request.State, presented.Split('~')[1]])
            Assert.DoesNotContain(said, log, StringComparison.Ordinal);

        var presentations = presenting.Verifier.Services.GetRequiredService<Presentations>();
        await presentations.SweepAsync(DateTimeOffset.UtcNow.AddMinutes(9));
        Assert.NotNull(presentations.FindBySecret(secret));
        await presentations.SweepAsync(DateTimeOffset.UtcNow.AddMinutes(11));
        Assert.Null(presentations.FindBySecret(secret));
    }

    private static void Refused(string told, (int Status, JsonNode Body) answer)
    {
        WalletRefusalTests.Refused("invalid_request", answer);
        Assert.Contains(told, (string)answer.Body["error_description"]!, StringComparison.Ordinal);
    }

    private string Bad(string fault, AskedRequest request)
    {
        using var thief = PresentationFixture.AnotherKey();
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string Claims(Action<JsonObject> change) => _presenter.Present(request.Client, request.Nonce, claims: change);
        string Header(Action<JsonObject> change) => _presenter.Present(request.Client, request.Nonce, header: change);
        string good = _presenter.Present(request);
        return fault switch
        {
            "wrong nonce" => _presenter.Present(request.Client, "another"),
            "wrong audience" => _presenter.Present("x509_san_dns:evil.example", request.Nonce),
            "no nonce" => Claims(it => it.Remove("nonce")),
            "no audience" => Claims(it => it.Remove("aud")),
            "no iat" => Claims(it => it.Remove("iat")),
            "too old" => Claims(it => it["iat"] = now - 7200),
            "in the future" => Claims(it => it["iat"] = now + 7200),
            "ended" => Claims(it => it["exp"] = now - 10),
            "wrong sd_hash" => Claims(it => it["sd_hash"] = new string('A', 43)),
            "no sd_hash" => Claims(it => it.Remove("sd_hash")),
            "another's key" => _presenter.Present(request.Client, request.Nonce, by: thief),
            "alg none" => Header(it => it["alg"] = "none"),
            "HS256" => Header(it => it["alg"] = "HS256"),
            "typ" => Header(it => it["typ"] = "JWT"),
            "key in the header" => Header(it => it["jwk"] = SampleWallet.JwkOf(thief)),
            "no proof" => good[..(good.LastIndexOf('~') + 1)],
            "tampered" => Tampered(good),
            "a disclosure taken away" => good.Remove(good.IndexOf('~'), good.IndexOf('~', good.IndexOf('~') + 1)
                - good.IndexOf('~')),
            _ => good.Insert(good.LastIndexOf('~'), "~" + WebEncoders.Base64UrlEncode("[\"a\",\"name\",\"x\"]"u8)),
        };
    }

    private static string Tampered(string presentation)
    {
        string[] parts = presentation.Split('.');
        var claims = JsonNode.Parse(WebEncoders.Base64UrlDecode(parts[1]))!;
        claims["name"] = "Another title";
        parts[1] = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        return string.Join('.', parts);
    }

    // An SD-JWT of somebody else's, with a good proof of its own.
    private static string Foreign(AskedRequest request)
    {
        using var key = PresentationFixture.AnotherKey();
        string token = SampleWallet.Sign(
            new JsonObject { ["alg"] = "ES256", ["typ"] = "dc+sd-jwt" },
            new JsonObject
            {
                ["iss"] = "https://elsewhere.example",
                ["vct"] = "urn:elsewhere",
                ["cnf"] = new JsonObject { ["jwk"] = SampleWallet.JwkOf(key) },
            },
            key);
        using var presenter = new SamplePresenter(token + "~", key);
        return presenter.Present(request);
    }

    private static string WithHeader(string token, Action<JsonObject> change)
    {
        string[] parts = token.Split('.');
        var header = JsonNode.Parse(WebEncoders.Base64UrlDecode(parts[0]))!.AsObject();
        change(header);
        parts[0] = WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(header.ToJsonString()));
        return string.Join('.', parts);
    }
}
