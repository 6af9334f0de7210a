using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>One peer's gRPC host, which can be stopped and started again at the same address. Thread-safe.</summary>
internal sealed class PeerHost(
    NetworkParts parts, PeerServices services, PeerIdentity peer, OrganizationMaterial material) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private WebApplication? _host;

    public PeerIdentity Peer => peer;

    /// <summary>Starts the peer, unless it runs.</summary>
    /// <exception cref="DevNetworkException">Its port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
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
            peer.IsRunning = true;
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
            peer.IsRunning = false;
            if (_host is { } host)
            {
                _host = null;
                await host.DisposeAsync().ConfigureAwait(false);
                services.Disconnect(peer);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _turn.Dispose();
    }
}
