using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Links of members' gateways are followed by another's page; nobody else's are, and nothing hangs.</summary>
[Collection(LinkedGatewaysTests.Name)]
public sealed partial class MemberLinkTests(LinkedGatewaysFixture gateways)
{
    private const string Secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Share_OfAnotherMember_IsAskedForThere_AndShowsWhatWasChosen()
    {
        string shared = await ShareAsync("Linked Learner", "name");
        string page = await VerifyAsync(shared);
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.Contains("Linked Learner", page, StringComparison.Ordinal);
        Assert.Contains("It was asked for at Aurora University, and verified here.", page, StringComparison.Ordinal);
        string hidden = await VerifyAsync(await ShareAsync("Unnamed Learner", "result"));
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", hidden, StringComparison.Ordinal);
        Assert.DoesNotContain("Unnamed", hidden, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c/{0}")]
    [InlineData("v1/credentials/{0}")]
    [InlineData("v1/credentials/urn%3Auuid%3A{0}")]
    public async Task Identifier_OfAnotherMember_TellsThatItStands_AndNotWhose(string address)
    {
        string id = GatewayHost.IdOf(await _issuer.IssueAsync("Quiet Learner"))["urn:uuid:".Length..];
        string page = await VerifyAsync(
            _issuer.Anyone.BaseAddress + address.Replace("{0}", id, StringComparison.Ordinal));
        Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Quiet Learner", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{issuer}claim/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "for the learner alone")]
    [InlineData("{issuer}sign-in", "leads to Aurora University")]
    [InlineData("{issuer}c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "shows no credential under that link")]
    [InlineData("{issuer}c/00000000-0000-4000-8000-000000000000", "shows no credential under that link")]
    [InlineData("http://127.0.0.1:1/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "did not answer")]
    [InlineData("http://127.0.0.1:2/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to 127.0.0.1")]
    [InlineData("http://169.254.169.254/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to 169.254.169.254")]
    [InlineData("https://aurora.example:8443/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to aurora.example")]
    [InlineData("http://credentials.aurora.example/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to credentials")]
    [InlineData("https://notaurora.example/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to notaurora.example")]
    [InlineData("https://x@aurora.example/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "leads to aurora.example")]
    [InlineData("https://credentials.aurora.example/c/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "Aurora University (credentials")]
    public async Task Link_ThatLeadsToNoCredential_IsRefusedWithWords(string link, string reason)
    {
        string page = await VerifyAsync(
            link.Replace("{issuer}", _issuer.Anyone.BaseAddress!.ToString(), StringComparison.Ordinal));
        Assert.Contains("Not opened", page, StringComparison.Ordinal);
        Assert.Contains(reason, WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_SlowHugeOrLeadingElsewhere_HangsNothing_AndIsAskedOnce()
    {
        gateways.Hostile.Answer = context => Task.Delay(TimeSpan.FromMinutes(2), context.RequestAborted);
        await IsRefusedAsync("did not answer");
        gateways.Hostile.Answer = async context =>
        {
            byte[] much = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(much, context.RequestAborted);
        };
        await IsRefusedAsync("did not answer");
        string own = gateways.Partner.Anyone.BaseAddress!.ToString();
        foreach (string elsewhere in (string[])[own + "v1/trust", "http://169.254.169.254/latest/meta-data/"])
        {
            gateways.Hostile.Answer = context =>
            {
                context.Response.Redirect(elsewhere);
                return Task.CompletedTask;
            };
            await IsRefusedAsync("did not answer");
        }
    }

    [Fact]
    public async Task Hostile_WrongDocument_IsNothingBetterThanAFile()
    {
        gateways.Hostile.Answer = context => context.Response.WriteAsJsonAsync(new { secret = "of the network" });
        string page = await IsRefusedAsync("is no credential");
        Assert.DoesNotContain("of the network", page, StringComparison.Ordinal);

        string altered = System.Text.Encoding.UTF8.GetString(await _issuer.IssueAsync("True Name"))
            .Replace("True Name", "False Name", StringComparison.Ordinal);
        gateways.Hostile.Answer = context =>
            context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(altered)).AsTask();
        Assert.Contains(
            "<h2 id=\"verdict-title\">Not valid</h2>", await VerifyAsync($"{gateways.Hostile.Url}/c/{Secret}"),
            StringComparison.Ordinal);
    }

    private async Task<string> IsRefusedAsync(string reason)
    {
        int before = gateways.Hostile.Asked;
        long begin = Stopwatch.GetTimestamp();
        string page = await VerifyAsync($"{gateways.Hostile.Url}/c/{Secret}");
        Assert.InRange(Stopwatch.GetElapsedTime(begin), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Contains(reason, page, StringComparison.Ordinal);
        Assert.Equal(before + 1, gateways.Hostile.Asked);
        return page;
    }

    private async Task<string> VerifyAsync(string link)
    {
        using var form = new MultipartFormDataContent { { new StringContent(link), "credential" } };
        using var answer = await gateways.Partner.Anyone.PostAsync("/verify", form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>Issues a credential, takes it over as its learner, and shows some of it by a link.</summary>
    private async Task<string> ShareAsync(string name, string shown)
    {
        var row = GatewayHost.Row(name);
        row["result"] = new JsonObject { ["value"] = "1.3" };
        using var issued = await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/credentials", row));
        using var device = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = _issuer.Anyone.BaseAddress,
        };
        string held = await LearnersDevice.TakeAsync(
            _issuer, device, GatewayHost.IdOf(await issued.Content.ReadAsByteArrayAsync(Cancellation)));
        using var made = await device.PostAsync(
            $"{held}/shares", new FormUrlEncodedContent([new("show", shown), new("until", "7")]), Cancellation);
        string page = await device.GetStringAsync(held, Cancellation);
        return new Uri(_issuer.Anyone.BaseAddress!, Shared().Match(page).Value).ToString();
    }

    [GeneratedRegex("/c/[A-Za-z0-9_-]{27}")]
    private static partial Regex Shared();
}

/// <summary>A learner's device, without a browser.</summary>
internal static class LearnersDevice
{
    /// <summary>Takes a credential over by a link that a portal would show; gives where it is held.</summary>
    public static async Task<string> TakeAsync(GatewayHost gateway, HttpClient device, string credential)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var made = await GatewayHost.OkAsync(
            await gateway.Registrar.PostAsync($"/v1/credentials/{credential}/claims", content: null, cancellation));
        string url = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(cancellation))!["url"]!;
        using var taken = await device.PostAsync(url, new FormUrlEncodedContent([]), cancellation);
        return taken.Headers.Location!.ToString().Split('?')[0];
    }
}
