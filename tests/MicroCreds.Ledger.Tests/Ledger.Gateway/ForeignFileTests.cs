using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What is not of this consortium, at its door.</summary>
public sealed class ForeignFileTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Post_EveryForeignFile_IsNamedAndNotBlamed()
    {
        var wrong = new List<string>();
        foreach (string file in ForeignFiles.All.Select(row => row.Data))
        {
            using var content = new ByteArrayContent(ForeignFiles.Read(file));
            using var answer = await gateways.Issuer.Anyone.PostAsync("/v1/verifications", content, Cancellation);
            string said = await answer.Content.ReadAsStringAsync(Cancellation);
            var verdict = answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(said) : null;
            if ((string?)verdict?["verdict"] != "foreign"
                || (string?)verdict["foreign"]!["kind"] != ForeignFiles.KindOf(file))
                wrong.Add($"{file}: {(int)answer.StatusCode} {said[..Math.Min(said.Length, 200)]}");
        }

        Assert.Empty(wrong);
        string figures = await gateways.Issuer.Anyone.GetStringAsync("/metrics", Cancellation);
        Assert.Contains("verdict=\"foreign\"", figures, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_OursInAnEnvelope_IsValid()
    {
        byte[] document = await gateways.Issuer.IssueAsync("In An Envelope");
        byte[] envelope = [.. "{\"credential\":"u8, .. document, (byte)'}'];
        var verdict = await gateways.Issuer.VerifyAsync(envelope);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.Equal("envelope", (string?)verdict["unwrapped"]![0]);
    }

    [Theory]
    [InlineData("certificate: 0815")]
    [InlineData("0b5f9f1e-7a55-4a0e-9a0d-2f1c1c6d1c11")]
    [InlineData("urn:uuid:0b5f9f1e-7a55-4a0e-9a0d-2f1c1c6d1c11")]
    [InlineData("did:web:aurora.example")]
    [InlineData("Zeugnis-Nr.:AB/17")]
    public async Task Page_NumberOrName_IsNoProgram(string text)
    {
        using var form = new MultipartFormDataContent { { new StringContent(text), "credential" } };
        using var answer = await gateways.Issuer.Anyone.PostAsync("/verify", form, Cancellation);
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("could run a program", page, StringComparison.Ordinal);
    }
}
