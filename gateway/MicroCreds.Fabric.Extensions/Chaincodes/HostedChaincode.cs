using MicroCreds.Fabric.Chaincode;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Extensions.Chaincodes;

/// <summary>Serves a chaincode while its host runs.</summary>
internal sealed class HostedChaincode(
    IChaincode chaincode, IConfiguration configuration, ILoggerFactory loggers,
    Func<ChaincodeServerOptions, ChaincodeServerOptions>? adjust) : IHostedService
{
    /// <summary>The server; null before the host started.</summary>
    public ChaincodeServer? Server { get; private set; }

    /// <exception cref="ChaincodeOptionsException">Names every fault of the options.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var options = ChaincodeServerOptions.FromEnvironment(name => configuration[name]) with
        {
            LoggerFactory = loggers,
        };
        Server = await ChaincodeServer.StartAsync(
            chaincode, adjust?.Invoke(options) ?? options, cancellationToken).ConfigureAwait(false);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Server is { } server)
        {
            Server = null;
            await server.StopAsync().ConfigureAwait(false);
        }
    }
}
