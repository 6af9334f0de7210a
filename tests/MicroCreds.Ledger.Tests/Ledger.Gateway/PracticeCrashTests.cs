using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway that is killed without a warning while a practice leads to its credential.</summary>
public sealed class PracticeCrashTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private const int Kills = 2;
    private const int LongestMilliseconds = 250;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_WhileItIsIssued_ThereIsOneCredentialForIt()
    {
        int seed = Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using (var first = await GatewayHost.StartAsync(ledger[LedgerFixture.Tejo])) await first.PrepareAsync();
        using var gateway = new GatewayProcess(
            [.. GatewayHost.SettingsOf(ledger[LedgerFixture.Tejo]), .. await TestStore.NewAsync()]);
        await gateway.StartAsync();
        var (rule, _) = await PracticeVisitor.SetUpAsync(
            gateway.Registrar, await PracticeVisitor.PublishAsync(gateway.Registrar));
        for (int kill = 1; kill <= Kills; kill++)
        {
            using var learner = await PracticeVisitor.BeginAsync(
                gateway.Anyone.BaseAddress!, rule, $"Learner {kill}");
            await learner.PassAsync();
            using var asked = await learner.PostAsync("request");
            string practice = $"/v1/practices/{await IdAsync(gateway, "asked")}";
            var awarding = AwardAsync(gateway, practice);
            await Task.Delay(random.Next(LongestMilliseconds), Cancellation);
            gateway.Kill();
            await Task.WhenAny(awarding);
            await gateway.StartAsync();

            // Whoever does not know whether it was done presses again.
            await Until.TrueAsync(
                async () =>
                {
                    await AwardAsync(gateway, practice);
                    var now = await gateway.Registrar.GetFromJsonAsync<JsonNode>(practice, Cancellation);
                    return (string)now!["state"]! == "issued";
                },
                () => $"{practice} was not issued\n{gateway.Words}");
            await Until.TrueAsync(
                async () => await gateway.CountIssuedAsync() >= kill, () => $"kill {kill}: too few\n{gateway.Words}");
            Assert.Equal(kill, await gateway.CountIssuedAsync());
            Assert.Contains("/claim", await learner.PageAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task AwardAsync(GatewayProcess gateway, string practice)
    {
        try
        {
            (await gateway.Registrar.PostAsJsonAsync($"{practice}/award", new { }, Cancellation)).Dispose();
        }
        catch (HttpRequestException)
        {
            // It was killed meanwhile.
        }
    }

    private static async Task<string> IdAsync(GatewayProcess gateway, string state) => (string)Assert.Single(
        JsonNode.Parse(await gateway.Registrar.GetStringAsync(
            $"/v1/practices?state={state}", Cancellation))!["items"]!.AsArray())!["id"]!;
}
