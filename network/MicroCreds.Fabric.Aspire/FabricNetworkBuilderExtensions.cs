using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using MicroCreds.Fabric.Aspire.Running;
using MicroCreds.Fabric.DevNetwork;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MicroCreds.Fabric.Aspire;

/// <summary>Adds a development network of Fabric to an Aspire application.</summary>
/// <remarks>
/// The network runs in the host's own process, ready in about a second, and is left out of what is published:
/// production is Fabric itself.
/// </remarks>
public static class FabricNetworkBuilderExtensions
{
    /// <summary>The section of a project's configuration that a reference sets: "Fabric".</summary>
    public const string DefaultSection = "Fabric";

    /// <summary>Adds a network, to which organisations and chaincodes are added.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="channel">The channel's name. Default is "mychannel".</param>
    public static IResourceBuilder<FabricNetworkResource> AddFabricNetwork(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, string channel = "mychannel")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(channel);
        builder.Services.TryAddSingleton<NetworkHost>();
        return builder.AddResource(new FabricNetworkResource(name, channel))
            .WithInitialState(NetworkHost.NotStarted("Fabric network"))
            .ExcludeFromManifest()
            .OnInitializeResource(NetworkHost.StartAsync);
    }

    /// <summary>Adds an organisation with one peer.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">The resource's name, which its domain begins with too.</param>
    /// <param name="mspId">The MSP id, for instance <c>Org1MSP</c>.</param>
    /// <exception cref="ArgumentException">The network has an organisation with that MSP id already.</exception>
    public static IResourceBuilder<FabricOrganizationResource> AddOrganization(
        this IResourceBuilder<FabricNetworkResource> network, [ResourceName] string name, string mspId)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(mspId);
        if (network.Resource.Organizations.FirstOrDefault(one => one.MspId == mspId) is { } other)
        {
            throw new ArgumentException(
                $"{mspId} is the MSP id of {other.Name} already: give {name} another.", nameof(mspId));
        }

        var organization = new FabricOrganizationResource(name, mspId, network.Resource);
        network.Resource.Add(organization);
        return network.ApplicationBuilder.AddResource(organization)
            .WithInitialState(NetworkHost.NotStarted("Fabric organisation"))
            .ExcludeFromManifest();
    }

    /// <summary>
    /// Lets the organisation's peer dial a chaincode server: a project or any other resource that reads
    /// <c>CHAINCODE_SERVER_ADDRESS</c> and <c>CORE_CHAINCODE_ID_NAME</c>, which are set in its environment.
    /// </summary>
    /// <typeparam name="T">What the server is.</typeparam>
    /// <param name="organization">The organisation.</param>
    /// <param name="chaincode">The name under which clients call the chaincode.</param>
    /// <param name="server">The server, which listens on a port of this machine.</param>
    /// <remarks>
    /// More than half of the organisations with a server must endorse;
    /// <see cref="WithDescription"/> changes that, and adds collections.
    /// </remarks>
    /// <exception cref="ArgumentException">The organisation has a server of that chaincode already.</exception>
    public static IResourceBuilder<FabricOrganizationResource> WithChaincode<T>(
        this IResourceBuilder<FabricOrganizationResource> organization, string chaincode, IResourceBuilder<T> server)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(organization);
        ArgumentException.ThrowIfNullOrEmpty(chaincode);
        ArgumentNullException.ThrowIfNull(server);
        string address = FreePort.TakeAddress();
        organization.Resource.Parent.AddServer(chaincode, organization.Resource, address);
        server.WithEnvironment("CHAINCODE_SERVER_ADDRESS", address)
            .WithEnvironment("CORE_CHAINCODE_ID_NAME", chaincode);
        return organization.WithReferenceRelationship(server.Resource);
    }

    /// <summary>
    /// Tells a resource how it reaches the organisation's peer, as the organisation's user: by the settings of a
    /// gateway in its environment, as <c>AddFabricGateway(configuration.GetSection("Fabric"))</c> of
    /// <c>MicroCreds.Fabric.Extensions</c> reads them. It starts when the network runs.
    /// </summary>
    /// <typeparam name="T">What the resource is.</typeparam>
    /// <param name="builder">The resource.</param>
    /// <param name="organization">The organisation.</param>
    /// <param name="chaincode">The chaincode that it calls. Default is null: it says so itself.</param>
    /// <param name="section">The section of its configuration. Default is <see cref="DefaultSection"/>.</param>
    public static IResourceBuilder<T> WithReference<T>(
        this IResourceBuilder<T> builder, IResourceBuilder<FabricOrganizationResource> organization,
        string? chaincode = null, string section = DefaultSection)
        where T : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(organization);
        ArgumentException.ThrowIfNullOrEmpty(section);
        return builder.WithReferenceRelationship(organization.Resource).WithEnvironment(async context =>
        {
            if (context.ExecutionContext.IsPublishMode) return;

            var settings = await GatewayEnvironment.OfAsync(
                organization.Resource, chaincode, context.CancellationToken).ConfigureAwait(false);
            foreach (var (name, value) in settings) context.EnvironmentVariables[$"{section}__{name}"] = value;
        });
    }

    /// <summary>Keeps keys and ledger in a folder, so that they are there again when the host starts anew.</summary>
    /// <param name="network">The network.</param>
    /// <param name="directory">The folder, as seen from the host's; made if it is not there.</param>
    public static IResourceBuilder<FabricNetworkResource> WithStateDirectory(
        this IResourceBuilder<FabricNetworkResource> network, string directory)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        network.Resource.StateDirectory = Path.Combine(network.ApplicationBuilder.AppHostDirectory, directory);
        return network;
    }

    /// <summary>
    /// Changes what the network is described as before it starts: policies, collections, further peers.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="change">Gets the description, and returns another one.</param>
    public static IResourceBuilder<FabricNetworkResource> WithDescription(
        this IResourceBuilder<FabricNetworkResource> network, Func<Consortium, Consortium> change)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(change);
        var before = network.Resource.Change;
        network.Resource.Change = consortium => change(before(consortium));
        return network;
    }
}
