using System.Diagnostics;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>Members sign each other's heads as the network comes up: no credential rests on one's word.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class CarriedProofTests(RunningConsortium consortium) : IDisposable
{
    // Of the four that the sample has.
    private const string Needed = "3";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("carried-proof-").FullName;

    private string Document => Path.Combine(_folder, "credential.json");

    private string Trust => Path.Combine(_folder, "trust.json");

    private string Proof => Path.Combine(_folder, "credential.tlog-proof");

    private string[] Gateways => [.. consortium.Description.Institutions.Select(one => one.GatewayUrl)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Credential_IsInForceByTheWordOfMostMembers_UntilTheySayOtherwise()
    {
        var issued = await consortium[0].IssueAsync(Registrar.Request("data-literacy", "Sisko Carries"));
        await File.WriteAllTextAsync(Document, issued.Document, TestContext.Current.CancellationToken);
        await UntilAsync("log", ["trust", .. Gateways, "--needed", Needed, "--out", Trust]);
        var verdict = await ProvenAsync(consortium[1].GatewayUrl, "In force as of ");
        Assert.Contains("AuroraMSP, LindenMSP", verdict.Output, StringComparison.Ordinal);

        await consortium[0].SendAsync(
            HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "issuedInError" });
        await ProvenAsync(consortium[2].GatewayUrl, "revoked");
    }

    /// <summary>Fetches proofs until one says what is expected: signatures come a moment after the block.</summary>
    private async Task<MicroCredsProgram.Run> ProvenAsync(string gateway, string expected)
    {
        for (long begin = Stopwatch.GetTimestamp(); ; await Task.Delay(500, TestContext.Current.CancellationToken))
        {
            await UntilAsync(
                "log", ["prove", Document, "--gateway", gateway, "--log-trust", Trust, "--out", Proof]);
            var run = await MicroCredsProgram.RunAsync("verify", Document, "--proof", Proof, "--log-trust", Trust);
            if (run.Output.Contains(expected, StringComparison.OrdinalIgnoreCase)) return run;
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, run.Output + run.Error);
        }
    }

    /// <summary>Runs a command until it succeeds: keys of the log come to the ledger by themselves.</summary>
    private static async Task UntilAsync(string command, params string[] arguments)
    {
        for (long begin = Stopwatch.GetTimestamp(); ; await Task.Delay(500, TestContext.Current.CancellationToken))
        {
            var run = await MicroCredsProgram.RunAsync([command, .. arguments]);
            if (run.Code == 0) return;
            Assert.True(Stopwatch.GetElapsedTime(begin) < Patience, run.Output + run.Error);
        }
    }
}
