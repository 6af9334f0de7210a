using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>A text from paper, in a terminal.</summary>
public sealed class CompactTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>, IDisposable
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly string _folder = Directory.CreateTempSubdirectory("microcreds-cli-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Url => _issuer.Anyone.BaseAddress!.ToString();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Verify_Text_ByAGateway_ByATrustFile_AndByABundle()
    {
        string text = await TextAsync("Terminal Paper");
        var online = (await MicroCredsProgram.RunAsync("verify", text, "--gateway", Url)).Ends(0);
        Assert.StartsWith("valid", online.Output, StringComparison.Ordinal);
        Assert.Contains("Terminal Paper", online.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(text, online.Output, StringComparison.Ordinal);

        string trust = Path.Combine(_folder, "trust.json");
        (await MicroCredsProgram.RunAsync("trust", "--out", trust, "--gateway", Url)).Ends(0);
        var alone = (await MicroCredsProgram.RunAsync("verify", text, "--trust", trust)).Ends(2);
        Assert.Contains("stands on the ledger", alone.Output, StringComparison.Ordinal);

        var believed = (await MicroCredsProgram.RunAsync(
            "verify", text, "--trust", trust, "--gateway", Url, "--json")).Ends(0);
        var verdict = JsonNode.Parse(believed.Output)!;
        Assert.Equal("Terminal Paper", (string?)verdict["credential"]!["recipient"]);
        Assert.Contains(
            verdict["checks"]!.AsArray(), check => (string?)check!["code"] == "rootsPinned");

        string bundle = Path.Combine(_folder, "bundle.json");
        (await MicroCredsProgram.RunAsync("bundle", text, "--out", bundle, "--gateway", Url)).Ends(0);
        Assert.Equal(text, (string?)JsonNode.Parse(await File.ReadAllTextAsync(bundle, Cancellation))!["credential"]);
        (await MicroCredsProgram.RunAsync("verify", bundle, "--trust", trust)).Ends(0);
    }

    [Fact]
    public async Task Verify_FileWithADamagedText_IsInvalid()
    {
        string file = Path.Combine(_folder, "paper.txt");
        string text = await TextAsync("Damaged Paper");
        await File.WriteAllTextAsync(file, text[..^6] + "\n", Cancellation);
        var run = (await MicroCredsProgram.RunAsync("verify", file, "--gateway", Url)).Ends(1);
        Assert.Contains("damaged", run.Output, StringComparison.Ordinal);
    }

    private async Task<string> TextAsync(string name)
    {
        string id = GatewayHost.IdOf(await _issuer.IssueAsync(name));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/credentials/" + id);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(CompactText.MediaType));
        using var answer = await GatewayHost.OkAsync(await _issuer.Registrar.SendAsync(request, Cancellation));
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
