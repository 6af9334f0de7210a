using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>The program at an institution where everything is approved by a second person.</summary>
public sealed class WaitingTests(ApprovalFixture approval) : IClassFixture<ApprovalFixture>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("waiting-").FullName;

    [Fact]
    public async Task Issue_WhatHasToBeApproved_SaysThatItWaits_AndWritesNoCredential()
    {
        string file = Path.Combine(_folder, "credential.json");
        var one = (await RunAsync("issue", "--achievement", "data-literacy", "--name", "Waits", "--out", file)).Ends(3);
        Assert.StartsWith("waits          /v1/issuing-requests/", one.Lines.Single(), StringComparison.Ordinal);
        Assert.False(File.Exists(file));

        string rows = Path.Combine(_folder, "rows.ndjson");
        await File.WriteAllTextAsync(
            rows, GatewayHost.Row("Waits Too").ToJsonString() + "\n", TestContext.Current.CancellationToken);
        var many = (await RunAsync("issue", "--rows", rows, "--out", _folder, "--json")).Ends(3);
        Assert.StartsWith("{\"waits\":", many.Lines.Single(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<MicroCredsProgram.Run> RunAsync(params string[] arguments) => MicroCredsProgram.RunAsync(
        [.. arguments, "--gateway", approval.Strict.Anyone.BaseAddress!.ToString()], input: null, GatewayHost.ApiKey);
}
