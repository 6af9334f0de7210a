using System.Reflection;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using AssetTransfer;
using AssetTransfer.Interfaces;
using MicroCreds.Fabric.Aspire;
using MicroCreds.Fabric.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Aspire;

/// <summary>
/// A whole Aspire application by Aspire's own testing host, whose orchestrator starts the sample chaincode as a
/// process: where the orchestrator is, which comes as a package for each system (<c>TakesAspireOrchestrator=true</c>
/// as the tests are restored).
/// </summary>
public sealed class TestingHostTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Application_StartsNetworkAndChaincode_AndItsClientsCallThem()
    {
        string orchestrator = typeof(TestingHostTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(one => one.Key == "dcpclipath").Value!;
        Assert.SkipUnless(
            File.Exists(orchestrator),
            "Aspire's orchestrator is not among the packages: restore with TakesAspireOrchestrator=true.");
        var builder = DistributedApplicationTestingBuilder.Create(
            [$"DcpPublisher:CliPath={orchestrator}", "DcpPublisher:DashboardPath=none"],
            (options, _) => options.DisableDashboard = true);
        var chaincode = builder.AddExecutable(
            "assets", "dotnet", AppContext.BaseDirectory, typeof(SampleChaincode).Assembly.Location);
        var network = builder.AddFabricNetwork("fabric");
        var org1 = network.AddOrganization("org1", "Org1MSP").WithChaincode("assets", chaincode);
        var client = builder.AddExecutable("client", "sleep", ".", "infinity").WithReference(org1, "assets");
        await using var application = await builder.BuildAsync(Cancel);
        await application.StartAsync(Cancel);
        await application.ResourceNotifications.WaitForResourceAsync("client", KnownResourceStates.Running, Cancel);
        await application.ResourceNotifications.WaitForResourceHealthyAsync("fabric", Cancel);
        await using var services = await AspireClient.ServicesOfAsync(client, "Fabric");
        var assets = services.GetRequiredService<FabricNetwork>().GetContract("assets", "basic").As<IBasicAssets>();
        await CallUntilServedAsync(() => assets.InitLedgerAsync());
        Assert.Equal("Tomoko", (await assets.ReadAssetAsync("asset1")).Owner);
        string state = (await network.Resource.Running).StateDirectory;
        Assert.True(Directory.Exists(state));
        await application.StopAsync(Cancel);
        Assert.False(Directory.Exists(state));
    }

    /// <summary>The chaincode's process listens a moment after it is started.</summary>
    private static Task CallUntilServedAsync(Func<Task> call)
    {
        string said = "";
        return EndToEnd.Until.TrueAsync(
            async () =>
            {
                try
                {
                    await call();
                    return true;
                }
                catch (EndorseException e) when (e.ChaincodeAnswer is null)
                {
                    said = e.Message;
                    return false;
                }
            },
            () => said);
    }
}
