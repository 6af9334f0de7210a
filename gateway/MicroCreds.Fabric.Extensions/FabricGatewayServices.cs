using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Extensions.Gateways;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace MicroCreds.Fabric.Extensions;

/// <summary>Adds Fabric gateways to a host's services.</summary>
/// <remarks>
/// What is added is a singleton and ends with the host: <see cref="FabricGateway"/>, and where the settings name them
/// <see cref="FabricNetwork"/> and <see cref="FabricContract"/>. A gateway with a name is injected by it
/// (<c>[FromKeyedServices("admin")]</c>). Gateways to the same peer with the same TLS share one connection.
/// </remarks>
public static class FabricGatewayServices
{
    /// <summary>Adds a gateway that is injected without a name.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section with <see cref="FabricGatewaySettings"/>.</param>
    public static IServiceCollection AddFabricGateway(
        this IServiceCollection services, IConfiguration configuration) =>
        services.AddFabricGateway(Options.DefaultName, configuration);

    /// <summary>Adds a gateway that is injected by a name.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name; empty for the gateway without one.</param>
    /// <param name="configuration">The section with <see cref="FabricGatewaySettings"/>.</param>
    public static IServiceCollection AddFabricGateway(
        this IServiceCollection services, string name, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<FabricGatewaySettings>(name)
            .Bind(configuration, binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddServices(name);
    }

    /// <summary>Adds a gateway that is injected without a name.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets the settings.</param>
    public static IServiceCollection AddFabricGateway(
        this IServiceCollection services, Action<FabricGatewaySettings> configure) =>
        services.AddFabricGateway(Options.DefaultName, configure);

    /// <summary>Adds a gateway that is injected by a name.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The name; empty for the gateway without one.</param>
    /// <param name="configure">Sets the settings.</param>
    public static IServiceCollection AddFabricGateway(
        this IServiceCollection services, string name, Action<FabricGatewaySettings> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<FabricGatewaySettings>(name).Configure(configure);
        return services.AddServices(name);
    }

    /// <summary>
    /// Checks a gateway: healthy while its peer says how far its chain of the channel reaches, within 3 seconds. The
    /// settings must name the channel.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The gateway's name. Default is the one without.</param>
    /// <param name="tags">Tags of the check. Default is none.</param>
    public static IHealthChecksBuilder AddFabricGateway(
        this IHealthChecksBuilder builder, string name = "", params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        builder.Services.AddOptions<FabricGatewaySettings>(name)
            .Validate(
                settings => settings.Channel is not null,
                $"{GatewaySettingsValidator.NameOf(name)}: Channel is not set: the health check asks about it.")
            .ValidateOnStart();
        return builder.Add(new HealthCheckRegistration(
            name.Length == 0 ? "fabric" : $"fabric-{name}",
            provider => new GatewayHealthCheck(() => provider.GetRequiredKeyedService<FabricNetwork>(name)),
            failureStatus: null, tags));
    }

    private static IServiceCollection AddServices(this IServiceCollection services, string name)
    {
        services.AddOptions<FabricGatewaySettings>(name).ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<FabricGatewaySettings>, GatewaySettingsValidator>());
        services.TryAddSingleton<OpenGateways>();
        Add(services, name, static (gateways, key) => gateways.Get(key));
        Add(services, name, static (gateways, key) => gateways.GetNetwork(key));
        Add(services, name, static (gateways, key) => gateways.GetContract(key));
        return services;
    }

    private static void Add<T>(IServiceCollection services, string name, Func<OpenGateways, string, T> get)
        where T : class
    {
        services.AddKeyedSingleton(name, (provider, _) => get(provider.GetRequiredService<OpenGateways>(), name));
        if (name.Length == 0)
            services.AddSingleton(provider => provider.GetRequiredKeyedService<T>(name));
    }
}
