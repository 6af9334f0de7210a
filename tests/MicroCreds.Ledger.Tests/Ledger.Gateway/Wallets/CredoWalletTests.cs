using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway.Wallets;

/// <summary>Our offers in the hands of a wallet that others wrote: Credo, unmodified.</summary>
public sealed class CredoWalletTests(WalletFixture wallets) : IClassFixture<WalletFixture>
{
    private readonly GatewayHost _gateway = wallets.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Claimed_IsOfferedByTheLearnersPage_Fetched_AndHolds()
    {
        string folder = await NodePrograms.InstallAsync("wallets", Cancellation);
        var (device, held, _) = await wallets.ClaimAsync(await wallets.IssueAsync("Aino Virtanen"));
        using var offered = await device.PostAsync(
            $"{held}/wallet-offers", new FormUrlEncodedContent([]), Cancellation);
        string url = _gateway.Anyone.BaseAddress + offered.Headers.Location!.ToString().TrimStart('/');
        var got = await RunAsync(folder, new JsonObject
        {
            ["offer"] = "openid-credential-offer://?credential_offer_uri=" + Uri.EscapeDataString(url),
        });
        Assert.Equal("DPoP", (string?)got["tokenType"]);
        Assert.Equal(1, (int?)got["notified"]);
        string credential = (string)got["credentials"]![0]![0]!;

        // Bound to the wallet's key, and as good as any other copy, also at another member's gateway.
        var bound = SampleWallet.ClaimsOf(credential.Split('~')[0])["cnf"]!["jwk"]!;
        Assert.Equal((string)got["keys"]![0]!["x"]!, (string)bound["x"]!);
        var verdict = await wallets.Strict.VerifyAsync(Encoding.ASCII.GetBytes(credential));
        Assert.Equal("valid", (string?)verdict["verdict"]);

        // The learner sees that the wallet has kept it.
        string page = await device.GetStringAsync(held, Cancellation);
        Assert.Contains("which has kept it", page, StringComparison.Ordinal);
    }

    private async Task<JsonNode> RunAsync(string folder, JsonObject input)
    {
        string identity = await _gateway.Anyone.GetStringAsync("/.well-known/did.json", Cancellation);
        input["issuerDocument"] = JsonNode.Parse(
            identity.Replace("\"JsonWebKey\"", "\"JsonWebKey2020\"", StringComparison.Ordinal));
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, input.ToJsonString(), Cancellation);
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start("node", ["wallet.mjs", file], folder), Until.Patience, Cancellation);
            Assert.True(exitCode == 0, output);
            string line = output.Split('\n').Last(one => one.StartsWith('{'));
            var answer = JsonNode.Parse(line)!;
            Assert.True(answer["error"] is null, line);
            return answer;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
