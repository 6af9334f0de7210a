using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>What the command line says when it is used wrongly, without any gateway.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("microcreds-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Help_ExplainsTheExitCodes()
    {
        var help = (await MicroCredsProgram.RunAsync("--help")).Ends(0);
        foreach (string code in new[] { "0 ", "1 ", "2 ", "64", "65", "66", "69", "73", "77" })
            Assert.Contains($"\n    {code}", help.Output, StringComparison.Ordinal);
        foreach (string command in new[] { "verify", "issue", "revoke", "suspend", "reinstate", "status", "bundle" })
            Assert.Contains($"\n  {command}", help.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("nonsense")]
    [InlineData("revoke", "some-id")]
    [InlineData("revoke", "some-id", "--reason", "because")]
    [InlineData("status", "some-id")]
    [InlineData("status", "some-id", "--gateway", "not an address")]
    [InlineData("issue", "--gateway", "http://127.0.0.1:1")]
    [InlineData("issue", "--achievement", "a", "--name", "b", "--gateway", "http://creds.example")]
    [InlineData("log", "trust", "http://creds.example")]
    [InlineData("log", "trust", "--as-said", "http://creds.example")]
    [InlineData("trust", "--gateway", "http://creds.example")]
    [InlineData("verify", "-", "--max-age", "-5")]
    [InlineData("verify", "-", "--max-age", "soon")]
    [InlineData("verify", "-", "--max-age", "5y")]
    public async Task Run_NotUnderstood_Ends64(params string[] arguments)
    {
        var run = (await MicroCredsProgram.RunAsync(arguments, null, "key")).Ends(64);
        Assert.NotEmpty(run.Error);
    }

    [Theory]
    [InlineData("5m")]
    [InlineData("12h")]
    [InlineData("3d")]
    [InlineData("3")]
    public async Task Verify_MaxAge_IsMinutesHoursOrDays(string age) =>
        (await MicroCredsProgram.RunAsync(["verify", "-", "--max-age", age], "{}"u8.ToArray())).Ends(2);

    [Fact]
    public async Task Verify_FileThatIsNotThere_Ends66AndNamesIt()
    {
        var run = (await MicroCredsProgram.RunAsync("verify", "no-such-file.json")).Ends(66);
        Assert.Contains("no-such-file.json", run.Output, StringComparison.Ordinal);
        (await MicroCredsProgram.RunAsync("verify", _folder)).Ends(66);
        (await MicroCredsProgram.RunAsync("verify", Path.Combine(_folder, "*.json"))).Ends(66);
        (await MicroCredsProgram.RunAsync("verify", "-", "--trust", "no-such-trust.json")).Ends(66);
    }

    [Fact]
    public async Task Verify_NoBundleAndNoGateway_IsIndeterminateAndSaysTheWay()
    {
        var run = (await MicroCredsProgram.RunAsync(["verify", "-"], "{}"u8.ToArray())).Ends(2);
        Assert.Contains("--gateway", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_BundleWithEscapesInIt_WritesNoneToTheTerminal()
    {
        string file = Path.Combine(_folder, "bad.json");
        await File.WriteAllTextAsync(
            file, """{"type":"OfflineBundle","credential":{},"\u001b[2Jvalid\u202e":1}""",
            TestContext.Current.CancellationToken);
        var run = (await MicroCredsProgram.RunAsync("verify", file)).Ends(1);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotContain('\u202e', run.Output);
    }

    [Fact]
    public async Task Verify_GatewayThatIsNotThere_Ends69() => (await MicroCredsProgram.RunAsync(
        ["verify", "-", "--gateway", "http://127.0.0.1:1"], "{}"u8.ToArray())).Ends(69);
}
