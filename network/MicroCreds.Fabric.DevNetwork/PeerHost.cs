using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>One peer's gRPC host, which can be stopped and started again at the same address. Thread-safe.</summary>
internal sealed class PeerHost(
    NetworkParts parts, PeerServices services, PeerIdentity peer, OrganizationMaterial material) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private WebApplication? _host;
    private CancellationTokenSource? _running;
    private bool _disposed;

    public PeerIdentity Peer => peer;

    /// <summary>Starts the peer, unless it runs.</summary>
    /// <exception cref="DevNetworkException">Its port is taken.</exception>
    /// <exception cref="ObjectDisposedException">The network has stopped.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_host is not null)
            {
                return;
            }

            var host = NetworkHosts.NewPeer(parts, services, peer, material);
            try
            {
                peer.Endpoint = await NetworkHosts.StartAsync(host, peer.Endpoint, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch
            {
                await host.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            _host = host;
            _running = new CancellationTokenSource();
            peer.Stopping = _running.Token;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the peer, unless it is stopped: the others find it gone at once.</summary>
    public async Task StopAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await StopHostAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stops the peer for good. Who waits for a turn to start it gets one, and finds it disposed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            await StopHostAsync().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task StopHostAsync()
    {
        if (_host is not { } host)
        {
            return;
        }

        // First of all it endorses no more, and its conversations with chaincodes end.
        _host = null;
        await _running!.CancelAsync().ConfigureAwait(false);
        await host.DisposeAsync().ConfigureAwait(false);
        _running.Dispose();
    }
}
