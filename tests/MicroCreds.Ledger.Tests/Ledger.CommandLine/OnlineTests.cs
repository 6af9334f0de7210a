using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Forms;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>The command line against gateways, and then without them.</summary>
public sealed class OnlineTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>, IDisposable
{
    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly string _folder = Directory.CreateTempSubdirectory("microcreds-cli-").FullName;

    private string Url => _issuer.Anyone.BaseAddress!.ToString();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Issue_Verify_Suspend_Reinstate_Revoke_EachSaysHowItStands()
    {
        string file = await IssueAsync("Command Line Learner");
        var valid = (await RunAsync("verify", file)).Ends(0);
        Assert.StartsWith("valid", valid.Output, StringComparison.Ordinal);
        Assert.Contains("Command Line Learner", valid.Output, StringComparison.Ordinal);
        (await RunAsync("status", file)).Ends(0);

        (await RunAsync("suspend", file, "--reason", "underReview")).Ends(0);
        Assert.Contains("Suspended", (await RunAsync("verify", file)).Ends(1).Output, StringComparison.Ordinal);
        (await RunAsync("reinstate", file)).Ends(0);
        (await RunAsync("verify", file)).Ends(0);

        (await RunAsync("revoke", file, "--reason", "misconduct")).Ends(0);
        var revoked = JsonNode.Parse((await RunAsync("verify", file, "--json")).Ends(1).Output)!;
        Assert.Equal("invalid", (string?)revoked["verdict"]);
        Assert.Equal(file, (string?)revoked["input"]);
        var status = JsonNode.Parse((await RunAsync("status", file, "--json")).Ends(1).Output)!;
        Assert.Equal("revoked", (string?)status["state"]);
        Assert.Equal("misconduct", (string?)status["history"]![0]!["reason"]);
        Assert.Equal(3, status["history"]!.AsArray().Count);
    }

    [Fact]
    public async Task Issue_RowsOfAFile_WritesAFileForEachAndVerifiesTheFolder()
    {
        string rows = Path.Combine(_folder, "rows.ndjson");
        await File.WriteAllLinesAsync(
            rows, Enumerable.Range(0, 25).Select(i => GatewayHost.Row($"Row Learner {i}").ToJsonString()),
            TestContext.Current.CancellationToken);
        string output = Path.Combine(_folder, "issued");
        var issued = (await RunAsync("issue", "--rows", rows, "--out", output, "--json")).Ends(0);
        Assert.Equal(25, issued.Lines.Length);
        Assert.Equal(25, Directory.GetFiles(output).Length);
        var verified = (await RunAsync("verify", output)).Ends(0);
        Assert.Equal(25, verified.Lines.Count(line => !line.StartsWith(' ')));

        // The same file again finds the same credentials.
        string again = Path.Combine(_folder, "again");
        (await RunAsync("issue", "--rows", rows, "--out", again)).Ends(0);
        Assert.Equal(
            Directory.GetFiles(output).Select(Path.GetFileName).Order(),
            Directory.GetFiles(again).Select(Path.GetFileName).Order());

        string some = Directory.GetFiles(output)[3];
        (await RunAsync("revoke", some, "--reason", "other")).Ends(0);
        var mixed = (await RunAsync("verify", Path.Combine(output, "*.json"))).Ends(1);
        Assert.Equal(24, mixed.Lines.Count(line => line.StartsWith("valid", StringComparison.Ordinal)));
        Assert.Contains(mixed.Lines, line => line.StartsWith("invalid", StringComparison.Ordinal)
            && line.Contains(some, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bundle_WithPinnedTrust_VerifiesWithoutAGateway()
    {
        string file = await IssueAsync("Bundle Learner");
        string bundle = Path.Combine(_folder, "bundle.json");
        string trust = Path.Combine(_folder, "trust.json");
        (await RunAsync("bundle", file, "--out", bundle)).Ends(0);
        (await RunAsync("trust", "--out", trust)).Ends(0);
        string[] offline = ["verify", bundle, "--trust", trust];
        var verdict = (await MicroCredsProgram.RunAsync(offline)).Ends(0);
        Assert.Contains("as of block", verdict.Output, StringComparison.Ordinal);
        Assert.Contains($"({_issuer.MspId})", verdict.Output, StringComparison.Ordinal);

        // Without roots of one's own it is nobody's word.
        var unpinned = (await MicroCredsProgram.RunAsync("verify", bundle)).Ends(2);
        Assert.StartsWith("indeterminate", unpinned.Output, StringComparison.Ordinal);

        string text = await File.ReadAllTextAsync(bundle, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            bundle, text.Replace("Bundle Learner", "Bundle Fraud", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        (await MicroCredsProgram.RunAsync(offline)).Ends(1);

        // A gateway reads the credential inside.
        await File.WriteAllTextAsync(bundle, text, TestContext.Current.CancellationToken);
        (await RunAsync("verify", bundle)).Ends(0);
    }

    [Fact]
    public async Task Verify_StandardInputAndAddress()
    {
        byte[] document = await _issuer.IssueAsync("Piped Learner");
        (await MicroCredsProgram.RunAsync(["verify", "-", "--gateway", Url], document)).Ends(0);

        // An address of this machine is fetched only where that was asked for.
        string address = Url + "v1/trust";
        var refused = (await RunAsync("verify", address)).Ends(66);
        Assert.Contains("only https", refused.Output, StringComparison.Ordinal);
        var fetched = (await RunAsync("verify", address, "--allow-loopback")).Ends(2);
        Assert.StartsWith("foreign", fetched.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCommand_WithoutOrWithAWrongKey_IsNotPermitted()
    {
        string[] issue = ["issue", "--achievement", "data-literacy", "--name", "Nobody", "--gateway", Url];
        Assert.Contains(
            "MICROCREDS_API_KEY", (await MicroCredsProgram.RunAsync(issue)).Ends(77).Error, StringComparison.Ordinal);
        (await MicroCredsProgram.RunAsync(issue, null, "wrong-key-wrong-key-wrong-key-wrong-key")).Ends(77);

        string keyFile = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(keyFile, GatewayHost.ApiKey + "\n", TestContext.Current.CancellationToken);
        (await MicroCredsProgram.RunAsync([.. issue, "--api-key-file", keyFile], null)).Ends(0);
    }

    [Fact]
    public async Task AnyCommand_RefusedByTheGateway_SaysWhatAndWhy()
    {
        var unknown = await RunAsync("issue", "--achievement", "no-such-thing", "--name", "Somebody");
        Assert.Contains("/achievement", unknown.Ends(65).Error, StringComparison.Ordinal);
        var missing = await RunAsync("revoke", Guid.NewGuid().ToString(), "--reason", "other");
        Assert.Contains("404", missing.Ends(65).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_FolderWithAnEmptyFile_GivesTheOthersTheirVerdicts()
    {
        string good = await IssueAsync("Learner Beside An Empty File");
        string empty = Path.Combine(_folder, "empty.json");
        await File.WriteAllTextAsync(empty, "\n", TestContext.Current.CancellationToken);
        var run = (await RunAsync("verify", _folder)).Ends(65);
        Assert.Contains(run.Lines, line => line.StartsWith("valid", StringComparison.Ordinal)
            && line.Contains(good, StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("error", StringComparison.Ordinal)
            && line.EndsWith("empty.json: It is empty.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("issue", "--achievement", "data-literacy", "--name", "Learner Without A File")]
    [InlineData("trust")]
    public async Task AnyCommand_WhoseAnswerCannotBeWritten_Ends73BeforeAnythingIsDone(params string[] arguments)
    {
        string nowhere = Path.Combine(_folder, "no-such-folder", "x.json");
        var run = (await RunAsync([.. arguments, "--out", nowhere])).Ends(73);
        Assert.Contains("nothing was done", run.Error, StringComparison.Ordinal);
        Assert.Contains(nowhere, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issue_RowsWithSeveralFaults_TellsEachOfThem()
    {
        string rows = Path.Combine(_folder, "faulty.ndjson");
        var nameless = GatewayHost.Row("");
        await File.WriteAllLinesAsync(
            rows,
            [GatewayHost.Row("Row Learner").ToJsonString(), nameless.ToJsonString(), nameless.ToJsonString()],
            TestContext.Current.CancellationToken);
        var run = (await RunAsync("issue", "--rows", rows, "--out", Path.Combine(_folder, "none"))).Ends(65);
        Assert.Contains("row 2, ", run.Error, StringComparison.Ordinal);
        Assert.Contains("\n  row 3, ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_TellsEachRow_AndIssuesNothing()
    {
        string rows = Path.Combine(_folder, "dry.ndjson");
        string learner = $"Dry {Guid.NewGuid():N}";
        string row = GatewayHost.Row(learner).ToJsonString();
        await File.WriteAllLinesAsync(
            rows, [row, GatewayHost.Row("").ToJsonString(), row], TestContext.Current.CancellationToken);
        var run = (await RunAsync("issue", "--rows", rows, "--dry-run")).Ends(65);
        Assert.Contains("faulty         row 2, /recipient/name: ", run.Output, StringComparison.Ordinal);
        Assert.StartsWith("3 rows: 1 ready, 1 faulty, 0 to decide, 1 twice", run.Lines[^1], StringComparison.Ordinal);
        var json = JsonNode.Parse((await RunAsync("issue", "--rows", rows, "--dry-run", "--json")).Ends(65).Output)!;
        Assert.Equal(1, (int)json["ready"]!);

        string[] one = ["issue", "--achievement", "data-literacy", "--name", learner, "--dry-run"];
        Assert.Equal("ready", (await RunAsync(one)).Ends(0).Lines.Single());
        await RunAsync("issue", "--achievement", "data-literacy", "--name", learner);
        Assert.StartsWith(
            "possibleDuplicate urn:uuid:", (await RunAsync(one)).Ends(65).Lines.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_WithAFileThatIsNoCredential_RevokesNone()
    {
        string good = await IssueAsync("Learner Named First");
        string other = Path.Combine(_folder, "other.txt");
        await File.WriteAllTextAsync(other, "hello", TestContext.Current.CancellationToken);
        (await RunAsync("revoke", good, other, "--reason", "other")).Ends(65);
        (await RunAsync("status", good)).Ends(0);
    }

    [Fact]
    public async Task Issue_ForAWallet_IsBoundToItsKey_AndAskedForItsProof()
    {
        using var wallet = IssuerPrivateKey.Generate();
        string key = Path.Combine(_folder, "wallet.jwk");
        await File.WriteAllTextAsync(
            key, HolderKeys.PublicOf(wallet).GetRawText(), TestContext.Current.CancellationToken);
        string file = Path.Combine(_folder, "bound.json");
        (await RunAsync(
            "issue", "--achievement", "data-literacy", "--name", "Wallet Learner", "--holder-key", key, "--out", file))
            .Ends(0);
        Assert.Contains("note", (await RunAsync("verify", file)).Ends(0).Output, StringComparison.Ordinal);
        var asked = await RunAsync("verify", file, "--audience", "https://verifier.example", "--nonce", "a b&c");
        Assert.Contains("holder", asked.Ends(1).Output, StringComparison.Ordinal);
        (await RunAsync("verify", file, "--nonce", "1")).Ends(64);
    }

    private async Task<string> IssueAsync(string name)
    {
        string file = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        (await RunAsync("issue", "--achievement", "data-literacy", "--name", name, "--out", file)).Ends(0);
        return file;
    }

    private Task<MicroCredsProgram.Run> RunAsync(params string[] arguments) =>
        MicroCredsProgram.RunAsync([.. arguments, "--gateway", Url], null, GatewayHost.ApiKey);
}
