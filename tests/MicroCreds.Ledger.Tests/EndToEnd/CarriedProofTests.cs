using System.Net;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>Members sign each other's heads as the network comes up: no credential rests on one's word.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class CarriedProofTests(RunningConsortium consortium) : IDisposable
{
    // Of the four that the sample has.
    private const string Needed = "3";

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
        await SucceedsAsync(["log", "trust", .. Gateways, "--needed", Needed, "--out", Trust]);
        var verdict = await ProvenAsync(consortium[1].GatewayUrl, "In force as of ");
        Assert.Contains("AuroraMSP, LindenMSP", verdict.Output, StringComparison.Ordinal);

        var (status, problem) = await consortium[0].SendAsync(
            HttpMethod.Post, $"{issued.Location}/revocation", new { reason = "issuedInError" });
        Assert.True(status == HttpStatusCode.OK, problem?.ToString());
        await ProvenAsync(consortium[2].GatewayUrl, "revoked");
    }

    /// <summary>Fetches proofs until one says what is expected: signatures come a moment after the block.</summary>
    private async Task<MicroCredsProgram.Run> ProvenAsync(string gateway, string expected)
    {
        MicroCredsProgram.Run run = null!;
        await Until.TrueAsync(
            async () =>
            {
                await SucceedsAsync(
                    ["log", "prove", Document, "--gateway", gateway, "--log-trust", Trust, "--out", Proof]);
                run = await MicroCredsProgram.RunAsync("verify", Document, "--proof", Proof, "--log-trust", Trust);
                return run.Output.Contains(expected, StringComparison.OrdinalIgnoreCase);
            },
            () => run.Output + run.Error, Until.PauseOfProcesses);
        return run;
    }

    /// <summary>Runs a command until it succeeds: keys of the log come to the ledger by themselves.</summary>
    private static async Task SucceedsAsync(string[] arguments)
    {
        MicroCredsProgram.Run run = null!;
        await Until.TrueAsync(
            async () => (run = await MicroCredsProgram.RunAsync(arguments)).Code == 0,
            () => run.Output + run.Error, Until.PauseOfProcesses);
    }
}
