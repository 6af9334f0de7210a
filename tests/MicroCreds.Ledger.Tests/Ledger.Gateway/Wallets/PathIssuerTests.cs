using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>
/// An issuer and verifier whose identifier has a path: its metadata lie behind the well-known part, all else below the
/// path; from the offer to what is presented, in a wallet that others wrote, by the certificate of an Ed25519 key.
/// </summary>
public sealed partial class PathIssuerTests(PathIssuerFixture issuer) : IClassFixture<PathIssuerFixture>, IDisposable
{
    private const string Issuer = "https://aurora.example" + PathIssuerFixture.Path;

    private readonly HttpClient _anyone = new(new HttpClientHandler { AllowAutoRedirect = false });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Host => new Uri(issuer.Url).GetLeftPart(UriPartial.Authority);

    public void Dispose() => _anyone.Dispose();

    [Fact]
    public async Task Metadata_LieBehindTheWellKnownPart_AndNameWhatIsBelowThePath()
    {
        var issuing = await ReadAsync("/.well-known/openid-credential-issuer" + PathIssuerFixture.Path);
        Assert.Equal(issuer.Url, (string?)issuing["credential_issuer"]);
        Assert.Equal(issuer.Url + "/wallet/credential", (string?)issuing["credential_endpoint"]);
        var server = await ReadAsync("/.well-known/oauth-authorization-server" + PathIssuerFixture.Path);
        Assert.Equal(issuer.Url, (string?)server["issuer"]);
        var keys = await ReadAsync("/.well-known/jwt-vc-issuer" + PathIssuerFixture.Path);
        Assert.Equal(Issuer, (string?)keys["issuer"]);
        Assert.Equal(PathIssuerFixture.Did, (string?)(await ReadAsync(PathIssuerFixture.Path + "/did.json"))["id"]);
        string type = (string)issuing["credential_configurations_supported"]![SampleWallet.SdJwt]!["vct"]!;
        Assert.StartsWith(issuer.Url + "/", type, StringComparison.Ordinal);
        string path = new Uri(type).AbsolutePath;
        Assert.Equal(type, (string?)(await ReadAsync(path))["vct"]);
        Assert.Equal(type, (string?)(await ReadAsync("/.well-known/vct" + path))["vct"]);
        foreach (string place in (string[])["openid-credential-issuer", "jwt-vc-issuer", "vct/none"])
        {
            using var none = await _anyone.GetAsync($"{Host}/.well-known/{place}", Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Fact]
    public async Task Credo_FetchesWhatIsOffered_AndPresentsIt_ToTheHostOfTheCertificate()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var offer = await issuer.OfferAsync("Below A Path");
        Assert.StartsWith(issuer.Url + "/wallet/offers/", (string)offer["url"]!, StringComparison.Ordinal);
        using var made = await GatewayHost.OkAsync(
            await issuer.Gateway.PostAsync("/v1/presentation-requests", new { issuer = "AuroraMSP" }));
        var asked = (await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
        var got = await CredoWalletTests.RunWalletAsync(folder, new JsonObject
        {
            ["offer"] = (string)offer["link"]!,
            ["documents"] = new JsonArray(await ReadAsync(PathIssuerFixture.Path + "/did.json")),
            ["trusted"] = new JsonArray(issuer.Root),
            ["present"] = new JsonArray((string)asked["link"]!),
        });
        Assert.Equal("DPoP", (string?)got["tokenType"]);
        Assert.Equal(1, (int?)got["notified"]);
        var presented = got["presented"]!.AsArray().Single()!;
        Assert.Equal("x509_san_dns", (string?)presented["verifier"]!["clientIdPrefix"]);
        Assert.Equal("x509_san_dns:localhost", (string?)presented["verifier"]!["effectiveClientId"]);
        string read = await issuer.Gateway.Registrar.GetStringAsync(
            $"/v1/presentation-requests/{asked["id"]}", Cancellation);
        var one = JsonNode.Parse(read)!["credentials"]![0]!;
        Assert.Equal("valid", (string?)one["verdict"]!["verdict"]);
        Assert.Equal("holderProven", PresentationTests.CodeOf(one, "holder"));

        // Another member's gateway takes it, too; and the list lies where its token says.
        string credential = (string)got["credentials"]![0]![0]!;
        Assert.Equal("valid", await issuer.Other.VerdictAsync(Encoding.ASCII.GetBytes(credential)));
        var token = ForgedToken.Of(Encoding.ASCII.GetBytes(credential.Split('~')[0]));
        Assert.Equal(Issuer, (string?)token.Payload["iss"]);
        Assert.Single(token.Header["x5c"]!.AsArray());
        string uri = (string)token.Payload["status"]!["status_list"]!["uri"]!;
        Assert.StartsWith(issuer.Url + "/v1/status-lists/", uri, StringComparison.Ordinal);
        var list = ForgedToken.Of(await _anyone.GetByteArrayAsync(uri, Cancellation));
        Assert.Equal(uri, (string?)list.Payload["sub"]);
    }

    [Fact]
    public async Task Token_IsBoundByTheAddressWithItsPath_WhetherAProxyTakesThatAwayOrNot()
    {
        foreach (string address in (string[])[issuer.Url, issuer.Gateway.Anyone.BaseAddress!.ToString()])
        {
            // To the gateway's own port comes what a proxy has cut.
            using var wallet = new SampleWallet(new Uri(address), issuer.Url);
            var offer = await issuer.OfferAsync($"Bound At {address.Length}");
            string cut = new Uri((string)offer["url"]!).AbsolutePath[PathIssuerFixture.Path.Length..];
            var read = (await issuer.Gateway.Anyone.GetFromJsonAsync<JsonNode>(cut, Cancellation))!;
            string code = (string)read["grants"]![SampleWallet.PreAuthorized]!["pre-authorized_code"]!;
            string place = new Uri(address).AbsolutePath.TrimEnd('/');
            (string, string)[] form = [("grant_type", SampleWallet.PreAuthorized), ("pre-authorized_code", code)];
            var (status, body) = await wallet.PostAsync(
                place + "/wallet/token", form, wallet.Bound("/wallet/token"));
            Assert.True(status == 200, body.ToJsonString());
            Assert.Equal("DPoP", (string?)body["token_type"]);
        }
    }

    [Fact]
    public async Task Pages_LeadBelowThePath_AndWhatTheyNeedIsThere()
    {
        var offer = await issuer.OfferAsync("Shown On A Page");
        string[] pages = ["/verify", "/progress", "/me", new Uri((string)offer["url"]!).AbsolutePath];
        foreach (string page in pages)
        {
            string place = page.StartsWith(PathIssuerFixture.Path, StringComparison.Ordinal)
                ? page : PathIssuerFixture.Path + page;
            using var request = new HttpRequestMessage(HttpMethod.Get, Host + place)
            {
                Headers = { { "Accept", "text/html" } },
            };
            using var answer = await GatewayHost.OkAsync(await _anyone.SendAsync(request, Cancellation));
            string html = await answer.Content.ReadAsStringAsync(Cancellation);
            var leads = Leads().Matches(html).Select(one => one.Groups[1].Value).ToList();
            Assert.NotEmpty(leads);
            Assert.All(leads, lead => Assert.StartsWith(PathIssuerFixture.Path + "/", lead, StringComparison.Ordinal));
            foreach (string file in leads.Where(lead => lead.EndsWith(".css", StringComparison.Ordinal)
                || lead.EndsWith(".js", StringComparison.Ordinal) || lead.EndsWith(".svg", StringComparison.Ordinal)))
            {
                using var found = await _anyone.GetAsync(Host + file, Cancellation);
                Assert.True(found.IsSuccessStatusCode, file);
            }
        }

        using var root = await _anyone.GetAsync(issuer.Url + "/", Cancellation);
        Assert.Equal(PathIssuerFixture.Path + "/verify", root.Headers.Location!.ToString());

        // A question to a wallet comes back to its page.
        using var visitor = new AskingVisitor(issuer.Gateway);
        await visitor.AskAsync();
        Assert.StartsWith(PathIssuerFixture.Path + "/verify/wallet/", visitor.Address, StringComparison.Ordinal);
        Assert.Contains("client_id=x509_san_dns%3Alocalhost", visitor.Across, StringComparison.Ordinal);
    }

    [GeneratedRegex("(?:href|src|action)=\"(/[^\"]*)\"")]
    private static partial Regex Leads();

    private async Task<JsonNode> ReadAsync(string path)
    {
        using var answer = await GatewayHost.OkAsync(await _anyone.GetAsync(Host + path, Cancellation));
        return (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
    }
}
