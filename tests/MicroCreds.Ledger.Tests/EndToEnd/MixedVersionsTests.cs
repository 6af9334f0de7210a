using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// One channel with peers of two Fabric versions, of which only the later takes many writes at a time: any three
/// endorse, so that one byte of difference would stop everything. Needs both: FABRIC_BIN and FABRIC_BIN_OTHER.
/// </summary>
public sealed class MixedVersionsTests : IAsyncLifetime
{
    private const string Other = "FABRIC_BIN_OTHER";
    private const int Cohort = 1_000;

    private readonly RunningConsortium _consortium = new();
    private string? _missing;
    private string? _later;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string[] both = [.. new[] { FabricBinaries.DirectoryVariable, Other }
            .Select(Environment.GetEnvironmentVariable).OfType<string>().Where(directory => directory.Length > 0)];
        if (RunningConsortium.Engine != "native" || both.Length < 2)
        {
            _missing = $"Two versions on one channel are tested with both at hand: scripts/test.sh --engine native, "
                + $"with FABRIC_BIN and {Other}.";
            return;
        }

        // What a later version writes into a channel's configuration, an earlier one may not know.
        string[] inOrder = [.. both.OrderBy(directory =>
            FabricBinaries.Find(directory, path: null, FabricBinaries.VersionOf).Version)];
        (_consortium.Binaries, _later) = (inOrder[0], inOrder[1]);
        await _consortium.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_missing is null)
        {
            await _consortium.DisposeAsync();
        }
    }

    [Fact]
    public async Task Ledger_EndorsedByPeersOfTwoVersions_IsTheSameOnEach()
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        var institutions = _consortium.Description.Institutions;
        var before = await institutions[0].IssueAsync(Registrar.Request("data-literacy", "Aada Ranta"));
        foreach (int i in (int[])[1, 3])
        {
            _consortium.Kill($"peer-{institutions[i].MspId}");
        }

        // Whoever is down comes back as the later version, on the ledger that it has.
        _consortium.Binaries = _later;
        await _consortium.HealAsync();
        Assert.Equal(2, (await ReadVersionsAsync()).Distinct().Count());

        var documents = await institutions[1].IssueBatchAsync(Batches.Rows(
            Enumerable.Range(0, Cohort).Select(i => Registrar.Request("battery-systems", $"Lernende {i}"))));
        var revoked = await institutions[0].IssueAsync(Registrar.Request("data-literacy", "Bruno Reis"));
        await institutions[0].SendAsync(
            HttpMethod.Post, $"/v1/credentials/{revoked.Id}/revocation", new { reason = "misconduct" });
        foreach (var institution in institutions)
        {
            await institution.VerifyUntilAsync(before.Document, "valid");
            await institution.VerifyUntilAsync(documents[^1], "valid");
            await institution.VerifyUntilAsync(revoked.Document, "invalid", "revoked");
        }

        string[] answers = await Task.WhenAll(institutions.Select(
            institution => AskAsync(institution, institutions[0].MspId, revoked.Root)));
        Assert.Single(answers.Distinct());
    }

    /// <summary>The versions that the peers tell of themselves.</summary>
    private async Task<string[]> ReadVersionsAsync()
    {
        using var http = new HttpClient();
        var ports = NativePorts.Read(Path.Combine(_consortium.State, "fabric", "ports.json"));
        return await Task.WhenAll(ports.PeerOperations.Values.Select(async endpoint =>
        {
            var told = await http.GetFromJsonAsync<JsonObject>(new Uri($"http://{endpoint}/version"), Cancelled);
            return (string)told!["Version"]!;
        }));
    }

    /// <summary>What an institution's own peer says of all issuances, and of the status of one.</summary>
    private async Task<string> AskAsync(RunningInstitution institution, string mspId, string root)
    {
        using var user = new LedgerUser(_consortium.Description, institution);
        ProposalOptions Own(params TransactionArgument[] arguments) =>
            new() { Arguments = arguments, EndorsingOrganizations = [institution.MspId] };
        byte[] all = await user.Contract.EvaluateAsync(
            TransactionNames.ListIssuances, Own("", Limits.MaxPageSize.ToString(), ""), Cancelled);
        byte[] status = await user.Contract.EvaluateAsync(
            TransactionNames.GetStatusHistory, Own(mspId, root, "0"), Cancelled);
        return Convert.ToHexString([.. all, .. status]);
    }
}
