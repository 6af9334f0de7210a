using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What the audit log says of itself once somebody changed it and adapted its hashes.</summary>
public sealed class AdaptedAuditTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("x")]
    [InlineData("null")]
    [InlineData("[]")]
    public async Task Entry_ThatSaysNothing_BreaksTheChain_AndNoExport(string entry)
    {
        await using var gateway = await StartAsync();
        string hash = AuditEntry.HashOf(entry);
        await RunAsync(gateway, $"UPDATE audit_entry SET entry = '{entry}', hash = '{hash}' WHERE number = 4");
        var verdict = await VerifyAsync(gateway);
        Assert.Equal((false, 4), ((bool)verdict["whole"]!, (long)verdict["brokenAt"]!));
        string table = await gateway.Registrar.GetStringAsync("/v1/audit/export?format=csv", Cancellation);
        Assert.Contains($"\r\n4,,unreadable,,,,,,,,,,,{hash}\r\n5,20", table, StringComparison.Ordinal);
        string lines = await gateway.Registrar.GetStringAsync("/v1/audit/export?format=jsonl", Cancellation);
        Assert.Contains($"\n{entry}\n", lines, StringComparison.Ordinal);
        using var list = await gateway.Registrar.GetAsync("/v1/audit", Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, list.StatusCode);
    }

    [Fact]
    public async Task Front_ThatRetentionDidNotDrop_IsMissed()
    {
        await using var gateway = await StartAsync();
        await RunAsync(
            gateway,
            """
            UPDATE audit_head SET pruned_number = 4,
              pruned_hash = (SELECT hash FROM audit_entry WHERE number = 4)
            """);
        await RunAsync(gateway, "DELETE FROM audit_entry WHERE number <= 4");
        var verdict = await VerifyAsync(gateway);
        Assert.Equal((false, 4), ((bool)verdict["whole"]!, (long)verdict["brokenAt"]!));
        Assert.Contains("retention", (string?)verdict["fault"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("number=1")]
    [InlineData("hash=x")]
    public async Task Noted_ByHalf_IsRefused(string query)
    {
        using var answer = await gateways.Issuer.Registrar.GetAsync($"/v1/audit/verification?{query}", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<JsonNode> VerifyAsync(GatewayHost gateway) => JsonNode.Parse(
        await gateway.Registrar.GetStringAsync("/v1/audit/verification", Cancellation))!;

    private async Task<GatewayHost> StartAsync()
    {
        var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        for (int i = 0; i < 3; i++)
            await gateway.PostAsync("/v1/api-keys", new { name = "x", roles = (string[])["auditor"] });
        var log = gateway.Services.GetRequiredService<AuditLog>();
        await Until.TrueAsync(() => Task.FromResult(log.ReadHead().Number >= 6), () => $"{log.ReadHead()}");
        Assert.True((bool)(await VerifyAsync(gateway))["whole"]!);
        return gateway;
    }

    private static Task<int> RunAsync(GatewayHost gateway, string sql) =>
        gateway.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var command = connection.Prepare(sql, 0);
            return command.ExecuteNonQuery();
        });
}
