using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Extensions.Chaincodes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Extensions;

/// <summary>Adds a chaincode to a host: it is served while the host runs, and logs where the host does.</summary>
/// <remarks>
/// Its settings are those of <see cref="ChaincodeServerOptions.FromEnvironment()"/>, read by the same names from the
/// host's configuration, of which the environment is part. They are checked when the host starts.
/// </remarks>
public static class ChaincodeServices
{
    /// <summary>Adds a chaincode whose class the host makes, with what it injects.</summary>
    /// <typeparam name="T">The chaincode.</typeparam>
    /// <param name="services">The host's services.</param>
    /// <param name="adjust">Changes the options after they were read. Default is null: as they are.</param>
    public static IServiceCollection AddChaincode<T>(
        this IServiceCollection services, Func<ChaincodeServerOptions, ChaincodeServerOptions>? adjust = null)
        where T : class, IChaincode
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton<IChaincode, T>();
        return services.AddServer(adjust);
    }

    /// <summary>Adds a chaincode, such as a <see cref="ContractChaincode"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="chaincode">The chaincode.</param>
    /// <param name="adjust">Changes the options after they were read. Default is null: as they are.</param>
    public static IServiceCollection AddChaincode(
        this IServiceCollection services, IChaincode chaincode,
        Func<ChaincodeServerOptions, ChaincodeServerOptions>? adjust = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(chaincode);
        services.AddSingleton(chaincode);
        return services.AddServer(adjust);
    }

    /// <summary>
    /// Checks the chaincode: healthy while a peer is connected, degraded while none is (peers dial when they need it),
    /// unhealthy while it is not served.
    /// </summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="tags">Tags of the check. Default is none.</param>
    public static IHealthChecksBuilder AddChaincode(this IHealthChecksBuilder builder, params IEnumerable<string> tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            "chaincode", provider => new ChaincodeHealthCheck(provider.GetRequiredService<HostedChaincode>()),
            failureStatus: null, tags));
    }

    private static IServiceCollection AddServer(
        this IServiceCollection services, Func<ChaincodeServerOptions, ChaincodeServerOptions>? adjust)
    {
        if (services.Any(one => one.ServiceType == typeof(HostedChaincode)))
        {
            throw new InvalidOperationException(
                "The host serves a chaincode already: one process serves one, of as many contracts as it needs.");
        }

        services.AddSingleton(provider => new HostedChaincode(
            provider.GetRequiredService<IChaincode>(), provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<ILoggerFactory>(), adjust));
        return services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<HostedChaincode>());
    }
}
