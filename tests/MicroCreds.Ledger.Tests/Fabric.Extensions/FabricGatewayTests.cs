using System.Text;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Extensions;
using MicroCreds.Fabric.Extensions.Gateways;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.Fabric.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Extensions;

/// <summary>Gateways as services of a host.</summary>
public sealed class FabricGatewayTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private ScriptedGateway _peer = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _peer = await ScriptedGateway.StartAsync();
        await File.WriteAllTextAsync(_folder.File("user.crt"), NodeVectors.CertificatePem, Cancel);
        await File.WriteAllTextAsync(_folder.File("user.key"), NodeVectors.PrivateKeyPem, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _peer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Configured_IsInjected_ByItsName_OverOneConnection()
    {
        using var host = Build(services => services
            .AddFabricGateway(Section())
            .AddFabricGateway("admin", Section(("Contract", "admins"), ("EvaluateTimeout", "00:00:07"))));
        await host.StartAsync(Cancel);
        var contract = host.Services.GetRequiredService<FabricContract>();
        var admins = host.Services.GetRequiredKeyedService<FabricContract>("admin");
        Assert.Equal(((string?)null, "admins"), (contract.ContractName, admins.ContractName));
        Assert.Equal("evaluated", Encoding.UTF8.GetString(await contract.EvaluateAsync("Get", [], Cancel)));
        Assert.Equal("evaluated", Encoding.UTF8.GetString(await admins.EvaluateAsync("Get", [], Cancel)));
        Assert.NotSame(
            host.Services.GetRequiredService<FabricGateway>(),
            host.Services.GetRequiredKeyedService<FabricGateway>("admin"));
        Assert.Equal(1, host.Services.GetRequiredService<OpenGateways>().Connections);

        host.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => contract.EvaluateAsync("Get", [], Cancel));
    }

    [Fact]
    public async Task WrongSettings_KeepTheHostFromStarting_EachFaultNamed()
    {
        using var host = Build(services => services
            .AddFabricGateway(Section(("Endpoint", "nowhere"), ("CertificateFile", _folder.File("absent.crt"))))
            .AddFabricGateway("admin", Section(("Channel", null), ("KeyFile", null), ("TlsKeyFile", "x"))));
        var e = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancel));
        string said = string.Join('\n', (e as AggregateException)?.InnerExceptions.Select(one => one.Message)
            ?? [e.Message]);
        foreach (string fault in (string[])
            [
                "The Fabric gateway: Endpoint", "nowhere", "absent.crt", "The Fabric gateway \"admin\": Channel",
                "\"admin\": TlsCertificateFile and TlsKeyFile are set both or neither.", "no ISigner is registered",
            ])
        {
            Assert.Contains(fault, said, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MisspeltSetting_IsRefused()
    {
        using var host = Build(services => services.AddFabricGateway(Section(("Chanel", "c"))));
        var e = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync(Cancel));
        Assert.Contains("Chanel", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KeyElsewhere_SignsByTheServiceOfTheGatewaysName()
    {
        using var host = Build(services => services
            .AddKeyedSingleton<ISigner>("hsm", ScriptedGateway.Signer)
            .AddFabricGateway("hsm", Section(("KeyFile", null))));
        await host.StartAsync(Cancel);
        await host.Services.GetRequiredKeyedService<FabricContract>("hsm").EvaluateAsync("Get", [], Cancel);
    }

    [Fact]
    public async Task Health_IsWhetherThePeerAnswers()
    {
        _peer.OnDeliver = (_, _, stream, _) => stream.WriteAsync(
            new DeliverResponse { FilteredBlock = new FilteredBlock { Number = 4 } });
        using var host = Build(services => services.AddFabricGateway(Section()).AddHealthChecks().AddFabricGateway());
        await host.StartAsync(Cancel);
        var checks = host.Services.GetRequiredService<HealthCheckService>();
        var healthy = (await checks.CheckHealthAsync(Cancel)).Entries["fabric"];
        Assert.Equal((HealthStatus.Healthy, (object)4UL), (healthy.Status, healthy.Data["block"]));

        _peer.OnDeliver = (_, _, stream, _) => stream.WriteAsync(
            new DeliverResponse { Status = MicroCreds.Fabric.Protocol.Common.Status.Forbidden });
        var refused = (await checks.CheckHealthAsync(Cancel)).Entries["fabric"];
        Assert.Equal(HealthStatus.Unhealthy, refused.Status);
        Assert.Contains("FORBIDDEN", refused.Description, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task HealthCheck_OfAGatewayWithoutAChannel_KeepsTheHostFromStarting()
    {
        using var host = Build(services => services
            .AddFabricGateway(Section(("Channel", null), ("Chaincode", null)))
            .AddFabricGateway("admin", Section())
            .AddHealthChecks().AddFabricGateway().AddFabricGateway("admin"));
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains("Channel is not set: the health check", e.Message, StringComparison.Ordinal);

        // As in a host that nobody starts.
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["fabric"].Status);
        Assert.Contains("Channel is not set", report.Entries["fabric"].Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HealthCheck_OfAGatewayThatIsNotAdded_KeepsTheHostFromStarting()
    {
        using var host = Build(services => services
            .AddFabricGateway(Section()).AddHealthChecks().AddFabricGateway("admni"));
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Cancel));
        Assert.Contains("The Fabric gateway \"admni\"", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ContractOfNoChaincode_SaysWhatIsMissing()
    {
        using var host = Build(services => services.AddFabricGateway(Section(("Chaincode", null))));
        await host.StartAsync(Cancel);
        _ = host.Services.GetRequiredService<FabricNetwork>();
        var e = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<FabricContract>());
        Assert.Contains("Chaincode is not set", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsByCode_AreCheckedAlike()
    {
        using var host = Build(services => services.AddFabricGateway(settings => settings.Endpoint = _peer.Endpoint));
        var e = Assert.Throws<OptionsValidationException>(() => host.Services.GetRequiredService<FabricGateway>());
        Assert.Contains("MspId is not set", e.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Action<IServiceCollection> add)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        add(builder.Services);
        return builder.Build();
    }

    private IConfiguration Section(params (string Name, string? Value)[] changes)
    {
        var values = new Dictionary<string, string?>
        {
            ["Endpoint"] = _peer.Endpoint,
            ["Plaintext"] = "true",
            ["MspId"] = NodeVectors.MspId,
            ["CertificateFile"] = _folder.File("user.crt"),
            ["KeyFile"] = _folder.File("user.key"),
            ["Channel"] = NodeVectors.Channel,
            ["Chaincode"] = NodeVectors.Chaincode,
        };
        foreach (var (name, value) in changes)
        {
            values[name] = value;
            if (value is null) values.Remove(name);
        }

        return new ConfigurationBuilder().AddInMemoryCollection(values).Build();
    }
}
