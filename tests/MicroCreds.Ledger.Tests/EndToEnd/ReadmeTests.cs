using System.Diagnostics;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The README's flow, and what the document on issuing says, are run here.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class ReadmeTests(RunningConsortium consortium)
{
    private static readonly string Script = Path.Combine(Repository.Root, "tests", "readme", "flow.sh");

    [Fact]
    public void Readme_HoldsTheFlowToTheLetter() => Assert.Contains(
        $"```sh\n{File.ReadAllText(Script)}```", File.ReadAllText(Path.Combine(Repository.Root, "README.md")));

    [Fact]
    public async Task Flow_IssuesVerifiesRevokesAndVerifies()
    {
        string output = await RunAsync(Script);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("{\"verdict\":\"valid\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"state\":\"revoked\"", lines[1], StringComparison.Ordinal);
        if (!lines[2].StartsWith("{\"verdict\":\"invalid\"", StringComparison.Ordinal))
        {
            // A partner's peer on a busy machine may be further behind than the second that the flow waits.
            string document = await File.ReadAllTextAsync(
                Path.Combine(consortium.State, "credential.json"), TestContext.Current.CancellationToken);
            await consortium[1].VerifyUntilAsync(document, "invalid");
        }
    }

    [Fact]
    public async Task Issuing_RunsAsItsDocumentSays()
    {
        string document = await File.ReadAllTextAsync(
            Path.Combine(Repository.Root, "gateway", "docs", "issuing.md"), TestContext.Current.CancellationToken);
        string script = Path.Combine(consortium.State, "issuing.sh");
        await File.WriteAllTextAsync(
            script, string.Concat(document.Split("```sh\n").Skip(1).Select(block => block.Split("```")[0])),
            TestContext.Current.CancellationToken);
        string output = await RunAsync(script);
        Assert.Contains("\"ready\":2", output, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"suspended\"", output, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"superseded\"", output, StringComparison.Ordinal);
        Assert.Equal(
            2, (await File.ReadAllLinesAsync(
                Path.Combine(consortium.State, "many.ndjson"), TestContext.Current.CancellationToken)).Length);
    }

    /// <summary>Runs a script against the consortium, and returns what it wrote.</summary>
    private async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-eu", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["STATE"] = consortium.State,
                ["A"] = consortium[0].GatewayUrl,
                ["B"] = consortium[1].GatewayUrl,
            },
        };
        using var bash = Process.Start(start)!;
        var error = bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(bash.ExitCode == 0, $"{output}\n{await error}");
        return output;
    }
}
