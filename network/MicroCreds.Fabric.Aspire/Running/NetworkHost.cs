using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using MicroCreds.Fabric.DevNetwork;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Aspire.Running;

/// <summary>Runs the networks of an application, which end with it: after those who call them.</summary>
internal sealed partial class NetworkHost : IAsyncDisposable
{
    private readonly ConcurrentBag<DevNetwork.DevNetwork> _networks = [];

    /// <param name="lifetime">The application's: few dispose one that has ended, and keys must not stay behind.</param>
    public NetworkHost(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopped.Register(() => DisposeAsync().AsTask().GetAwaiter().GetResult());

    /// <summary>What the dashboard shows before the start.</summary>
    public static CustomResourceSnapshot NotStarted(string type) => new()
    {
        ResourceType = type,
        State = KnownResourceStates.NotStarted,
        Properties = [],
    };

    /// <summary>Starts a network, and tells the application how that goes.</summary>
    public static async Task StartAsync(
        FabricNetworkResource resource, InitializeResourceEvent start, CancellationToken cancellationToken)
    {
        await TellAsync(resource, start.Notifications, KnownResourceStates.Starting).ConfigureAwait(false);
        try
        {
            await start.Eventing.PublishAsync(
                new BeforeResourceStartedEvent(resource, start.Services), cancellationToken).ConfigureAwait(false);
            var network = await DevNetwork.DevNetwork.StartAsync(
                new DevNetworkOptions
                {
                    Consortium = resource.Describe(),
                    StateDirectory = resource.StateDirectory,
                    InMemory = resource.StateDirectory is null,
                    LoggerFactory = OneLog.FactoryOf(start.Logger),
                },
                cancellationToken).ConfigureAwait(false);
            start.Services.GetRequiredService<NetworkHost>().Keep(network);
            resource.Started(network);
        }
        catch (Exception e)
        {
            LogNotStarted(start.Logger, e, resource.Name);
            resource.Failed(e);
            await TellAsync(resource, start.Notifications, KnownResourceStates.FailedToStart).ConfigureAwait(false);
            return;
        }

        await TellAsync(resource, start.Notifications, KnownResourceStates.Running).ConfigureAwait(false);
    }

    private void Keep(DevNetwork.DevNetwork network) => _networks.Add(network);

    public async ValueTask DisposeAsync()
    {
        while (_networks.TryTake(out var network)) await network.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Organisations are in the state of their network.</summary>
    private static async Task TellAsync(
        FabricNetworkResource resource, ResourceNotificationService notifications, string state)
    {
        foreach (var one in resource.Organizations.Prepend<IResource>(resource))
        {
            await notifications.PublishUpdateAsync(one, snapshot => snapshot with
            {
                State = state,
                StartTimeStamp = snapshot.StartTimeStamp ?? DateTime.UtcNow,
                Properties = one is FabricOrganizationResource organization
                    ? [new ResourcePropertySnapshot("MSP id", organization.MspId)]
                    : snapshot.Properties,
            }).ConfigureAwait(false);
        }
    }

    [LoggerMessage(LogLevel.Error, "The network {Name} does not start")]
    private static partial void LogNotStarted(ILogger logger, Exception reason, string name);

    /// <summary>What the network says of itself goes to its resource's log; of what it is made of, warnings.</summary>
    private sealed class OneLog(ILogger log) : ILoggerProvider
    {
        public static ILoggerFactory FactoryOf(ILogger log) => LoggerFactory.Create(logging => logging
            .AddProvider(new OneLog(log)).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning));

        public ILogger CreateLogger(string categoryName) => log;

        public void Dispose()
        {
            // The log is the resource's.
        }
    }
}
