using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Extensions;
using MicroCreds.Fabric.Extensions.Chaincodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.Chaincode;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Extensions;

/// <summary>A chaincode as a service of a host.</summary>
public sealed class HostedChaincodeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Chaincode_IsServedWhileTheHostRuns_AndItsHealthSaysToWhom()
    {
        using var host = Build("127.0.0.1:0");
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(checks));
        await host.StartAsync(Cancel);
        var server = host.Services.GetRequiredService<HostedChaincode>().Server!;
        Assert.Equal(HealthStatus.Degraded, await StatusAsync(checks));

        await using (var peer = await ScriptedPeer.ConnectAsync(server.Endpoint))
        {
            Assert.Equal("assets", peer.RegisteredName);
            await peer.InvokeAsync("tx", "Greet");
            var response = await peer.ExpectResponseAsync("tx");
            Assert.Equal("hello from the host", response.Payload.ToStringUtf8());
            Assert.Equal(HealthStatus.Healthy, await StatusAsync(checks));
        }

        await Until.TrueAsync(
            async () => await StatusAsync(checks) == HealthStatus.Degraded, () => "The peer's stream stays open.");
        await host.StopAsync(Cancel);
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(checks));
    }

    [Fact]
    public async Task WrongSettings_KeepTheHostFromStarting()
    {
        using var host = Build("nowhere");
        var e = await Assert.ThrowsAsync<ChaincodeOptionsException>(() => host.StartAsync(Cancel));
        Assert.Contains("nowhere", e.Message, StringComparison.Ordinal);
    }

    private static async Task<HealthStatus> StatusAsync(HealthCheckService checks) =>
        (await checks.CheckHealthAsync(Cancel)).Entries["chaincode"].Status;

    private static IHost Build(string address)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["CHAINCODE_SERVER_ADDRESS"] = address,
            ["CORE_CHAINCODE_ID_NAME"] = "assets",
        });
        builder.Services.AddSingleton(new Greeting("hello from the host"));
        builder.Services.AddChaincode<Greeter>(options => options with { ShutdownTimeout = TimeSpan.FromSeconds(1) });
        builder.Services.AddHealthChecks().AddChaincode();
        return builder.Build();
    }

    private sealed record Greeting(string Text);

    private sealed class Greeter(Greeting greeting) : IChaincode
    {
        public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken) =>
            new(Response.Success(greeting.Text));
    }
}
