using System.Net;
using System.Net.Sockets;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A way to a server that can be cut, again and again.</summary>
internal sealed class BreakableProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _target;
    private readonly Lock _lock = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;
    private int _ended;

    public BreakableProxy(string target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Until when who connects is heard by nobody. Default is no time.</summary>
    public Task Opens { get; set; } = Task.CompletedTask;

    /// <summary>How many ways to the server there were that are closed.</summary>
    public int Ended => _ended;

    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>Closes every connection; new ones are accepted.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _open.ForEach(client => client.Dispose());
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                await Opens;
                var target = IPEndPoint.Parse(_target);
                var peer = new TcpClient();
                await peer.ConnectAsync(target);
                lock (_lock)
                {
                    _open.AddRange([client, peer]);
                }

                _ = PumpAsync(client, peer);
                _ = AnswerAsync(peer, client);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener was stopped: the test is over.
        }
    }

    private async Task AnswerAsync(TcpClient peer, TcpClient client)
    {
        await PumpAsync(peer, client);
        Interlocked.Increment(ref _ended);
    }

    private static async Task PumpAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
            to.Dispose();
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException
            or InvalidOperationException)
        {
            to.Dispose();
        }
    }
}
