using System.Net;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>Serves a chaincode to the peer that dials it (chaincode as a service).</summary>
/// <remarks>Ready as soon as it listens. A peer may dial again at any time. Thread-safe.</remarks>
public sealed class ChaincodeServer : IAsyncDisposable
{
    private readonly Serving.PeerListener _listener;

    private ChaincodeServer(Serving.PeerListener listener) => _listener = listener;

    /// <summary>Gets the address it listens at, with the port it was given.</summary>
    public IPEndPoint Endpoint => _listener.Endpoint;

    /// <summary>Gets how many streams of peers are open now. A peer dials when it is asked for the chaincode.</summary>
    public int ConnectedPeers => _listener.OpenStreams;

    /// <summary>
    /// Serves until <paramref name="cancellationToken"/> is cancelled or the process is told to end (SIGTERM, SIGINT),
    /// then stops as <see cref="StopAsync"/> does.
    /// </summary>
    /// <param name="chaincode">What answers the invocations.</param>
    /// <param name="options">Where and how to serve.</param>
    /// <param name="cancellationToken">Stops the server.</param>
    /// <exception cref="ChaincodeOptionsException">Names every fault of the options.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task RunAsync(
        IChaincode chaincode, ChaincodeServerOptions options, CancellationToken cancellationToken = default)
    {
        using var signals = Serving.StopSignals.Watch(cancellationToken);
        await using var server = await StartAsync(chaincode, options, cancellationToken).ConfigureAwait(false);
        await signals.Received.ConfigureAwait(false);
    }

    /// <summary>Starts serving, and returns once the address listens.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public static async Task<ChaincodeServer> StartAsync(
        IChaincode chaincode, ChaincodeServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chaincode);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new ChaincodeServer(
            await Serving.PeerListener.StartAsync(chaincode, options, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Stops: refuses new transactions, lets those in flight finish for at most
    /// <see cref="ChaincodeOptions.ShutdownTimeout"/>, then ends the streams.
    /// </summary>
    public Task StopAsync() => _listener.StopAsync();

    /// <summary>Stops as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);
}
