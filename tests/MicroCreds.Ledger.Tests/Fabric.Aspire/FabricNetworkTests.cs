using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using MicroCreds.Fabric.Aspire;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Fabric.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Aspire;

/// <summary>A network in an Aspire application, started as its host starts it, without the host's orchestrator.
/// </summary>
public sealed class FabricNetworkTests
{
    private const string One = "Org1MSP";
    private const string Two = "Org2MSP";

    private readonly IDistributedApplicationBuilder _builder = DistributedApplication.CreateBuilder(
        new DistributedApplicationOptions { DisableDashboard = true });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_WithAReference_CallsTheChaincode_ThroughItsOrganization()
    {
        var server = Executable("server");
        var client = Executable("client");
        var network = _builder.AddFabricNetwork("fabric");
        network.AddOrganization("one", One).WithChaincode("assets", server);
        client.WithReference(network.AddOrganization("two", Two), chaincode: "assets", section: "Ledger");
        await using var application = _builder.Build();
        await StartAsync(application, network.Resource);

        var told = await AspireClient.EnvironmentOfAsync(server);
        Assert.Equal("assets", told["CORE_CHAINCODE_ID_NAME"]);
        await using var chaincode = await ChaincodeServer.StartAsync(
            AssetContract.Create(),
            ChaincodeServerOptions.FromEnvironment(told.GetValueOrDefault) with
            {
                LoggerFactory = NullLoggerFactory.Instance,
            },
            Cancel);
        await using var services = await AspireClient.ServicesOfAsync(client, "Ledger");
        var contract = services.GetRequiredService<FabricContract>();
        await contract.SubmitAsync("Put", ["a", "1"], Cancel);
        Assert.Equal("1", System.Text.Encoding.UTF8.GetString(await contract.EvaluateAsync("Read", ["a"], Cancel)));
        string[] resources = ["fabric", "one", "two"];
        Assert.All(resources, name => Assert.Equal(KnownResourceStates.Running, StateOf(application, name)));
    }

    [Fact]
    public async Task Description_IsChangedBeforeTheStart_AndWhatIsWrongIsTold()
    {
        var network = _builder.AddFabricNetwork("fabric").WithDescription(consortium => consortium with
        {
            Channel = "No Channel",
        });
        var client = Executable("client").WithReference(network.AddOrganization("one", One));
        await using var application = _builder.Build();
        await StartAsync(application, network.Resource);
        Assert.Equal(KnownResourceStates.FailedToStart, StateOf(application, "fabric"));
        var e = await Assert.ThrowsAnyAsync<Exception>(() => AspireClient.EnvironmentOfAsync(client));
        var reason = Assert.IsType<DevNetworkException>(e.GetBaseException());
        Assert.Contains("No Channel", reason.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Organization_OrServer_GivenTwice_IsRefused()
    {
        var network = _builder.AddFabricNetwork("fabric");
        var one = network.AddOrganization("one", One).WithChaincode("assets", Executable("server"));
        Assert.Contains(
            "give other another", Assert.Throws<ArgumentException>(() => network.AddOrganization("other", One)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "has a server of the chaincode assets already",
            Assert.Throws<ArgumentException>(() => one.WithChaincode("assets", Executable("another"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_IsMoreThanHalfOfThoseWithAServer_AndNothingIsPublished()
    {
        var network = _builder.AddFabricNetwork("fabric");
        var server = Executable("server");
        foreach (string name in new[] { "a", "b", "c" })
            network.AddOrganization(name, $"{name}MSP").WithChaincode("assets", server);

        network.AddOrganization("d", "dMSP");
        var described = network.Resource.Describe();
        Assert.Equal(
            "OutOf(2, 'aMSP.peer', 'bMSP.peer', 'cMSP.peer')", described.Chaincodes.Single().EndorsementPolicy);
        Assert.Equal(3, described.Chaincodes.Single().Servers.Values.Distinct().Count());
        Assert.All(
            network.Resource.Organizations.Prepend<IResource>(network.Resource),
            resource => Assert.Contains(ManifestPublishingCallbackAnnotation.Ignore, resource.Annotations));
    }

    private IResourceBuilder<ExecutableResource> Executable(string name) =>
        _builder.AddExecutable(name, "program", ".");

    /// <summary>As the orchestrator does for a resource that it does not know.</summary>
    private Task StartAsync(DistributedApplication application, FabricNetworkResource network) =>
        _builder.Eventing.PublishAsync(
            new InitializeResourceEvent(
                network, _builder.Eventing, application.Services.GetRequiredService<ResourceLoggerService>(),
                application.Services.GetRequiredService<ResourceNotificationService>(), application.Services),
            Cancel);

    private static string? StateOf(DistributedApplication application, string resource) =>
        application.ResourceNotifications.TryGetCurrentState(resource, out var now) ? now.Snapshot.State?.Text : null;
}
