using Aspire.Hosting.ApplicationModel;
using MicroCreds.Fabric.Extensions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Aspire;

/// <summary>What a program of an Aspire application is told, and does with it.</summary>
internal static class AspireClient
{
    /// <summary>The variables that the application sets for a program.</summary>
    public static async Task<Dictionary<string, string>> EnvironmentOfAsync(
        IResourceBuilder<ExecutableResource> program)
    {
        var told = await ExecutionConfigurationBuilder.Create(program.Resource).WithEnvironmentVariablesConfig()
            .BuildAsync(
                program.ApplicationBuilder.ExecutionContext, NullLogger.Instance,
                TestContext.Current.CancellationToken);
        if (told.Exception is { } fault) throw fault;

        return told.EnvironmentVariables.ToDictionary(one => one.Key, one => one.Value);
    }

    /// <summary>The services of a host that reads its gateway's settings from that environment.</summary>
    public static async Task<ServiceProvider> ServicesOfAsync(
        IResourceBuilder<ExecutableResource> program, string section)
    {
        var environment = await EnvironmentOfAsync(program);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(environment.Select(
            pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)));
        return new ServiceCollection().AddLogging().AddFabricGateway(configuration.Build().GetSection(section))
            .BuildServiceProvider();
    }
}
