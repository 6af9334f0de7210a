using MicroCreds.Fabric.Chaincode.Serving;

namespace MicroCreds.Fabric.Chaincode;

/// <summary>
/// Runs a chaincode that dials its peer: one that the peer launches, or one for its development mode.
/// </summary>
/// <remarks>
/// In production, prefer a <see cref="ChaincodeServer"/>, which outlives its peer. Thread-safe. Source: the shims of
/// Fabric.
/// </remarks>
public static class ChaincodeClient
{
    /// <summary>
    /// Dials the peer and answers it until <paramref name="cancellationToken"/> is cancelled or the process is told to
    /// end (SIGTERM, SIGINT); then lets the transactions in flight finish for at most
    /// <see cref="ChaincodeOptions.ShutdownTimeout"/>.
    /// </summary>
    /// <param name="chaincode">What answers the invocations.</param>
    /// <param name="options">Which peer, and how.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="ChaincodeOptionsException">Names every fault of the options.</exception>
    /// <exception cref="IOException">
    /// The peer was not reached, refused the chaincode, or ended the conversation; who runs the chaincode starts it
    /// again when the peer is back.
    /// </exception>
    public static async Task RunAsync(
        IChaincode chaincode, ChaincodeClientOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chaincode);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var signals = StopSignals.Watch(cancellationToken);
        await PeerDialer.RunAsync(chaincode, options, signals.Received).ConfigureAwait(false);
    }
}
