using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>
/// One peer's connection to its organisation's server of one chaincode: dialled on demand, and again after it broke. It
/// ends when the peer stops. Thread-safe.
/// </summary>
internal sealed partial class ChaincodeConnection : IAsyncDisposable
{
    /// <summary>How long a server may take to connect and to register: connection.json's default.</summary>
    public static readonly TimeSpan DialTimeout = TimeSpan.FromSeconds(3);

    private readonly ChaincodeDefinition _definition;
    private readonly string _address;
    private readonly PeerIdentity _peer;
    private readonly string _keyDirectory;
    private readonly InvokeChaincode _invoke;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private volatile ChaincodeStream? _current;
    private Task<ChaincodeStream>? _launch;
    private Task _running = Task.CompletedTask;

    /// <param name="definition">The chaincode.</param>
    /// <param name="peer">
    /// The peer; below its directory lie client.crt, client.key and ca.crt, read when TLS is on.
    /// </param>
    /// <param name="invoke">Carries out the chaincode's calls of other chaincodes.</param>
    /// <param name="logger">Where connects and disconnects are told.</param>
    public ChaincodeConnection(
        ChaincodeDefinition definition, PeerIdentity peer, InvokeChaincode invoke, ILogger logger)
    {
        _definition = definition;
        _peer = peer;
        _address = definition.Servers[peer.MspId];
        _keyDirectory = Path.Combine(peer.Directory, "chaincode", definition.Name);
        _invoke = invoke;
        _logger = logger;
        PackageId = definition.PackageId;
    }

    /// <summary>The id under which a server may register, besides the chaincode's name.</summary>
    public string PackageId { get; }

    /// <summary>Returns the stream to the registered chaincode, dialling if there is none.</summary>
    /// <exception cref="ChaincodeException">The server cannot be reached or does not register.</exception>
    public ValueTask<ChaincodeStream> GetStreamAsync()
    {
        if (_current is { IsReady: true } stream)
        {
            return new ValueTask<ChaincodeStream>(stream);
        }

        lock (_gate)
        {
            if (_current is { IsReady: true } other)
            {
                return new ValueTask<ChaincodeStream>(other);
            }

            // Whoever asks while it is being dialled shares the one attempt.
            if (_launch is null || _launch.IsCompleted)
            {
                _launch = LaunchAsync();
            }

            return new ValueTask<ChaincodeStream>(_launch);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task<ChaincodeStream> LaunchAsync()
    {
        await Task.Yield();
        GrpcChannel channel;
        try
        {
            channel = Dial();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Failed($"error cannot create connection for {PackageId}: failed to load client certificate: "
                + e.Message);
        }

        var stopping = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, _peer.Stopping);
        var whenStopped = stopping.Token;
        var stream = new ChaincodeStream(name => name == _definition.Name || name == PackageId, _invoke, _logger);
        var call = new Chaincode.ChaincodeClient(channel).Connect(cancellationToken: whenStopped);
        var running = RunAsync(stream, channel, call, stopping);
        try
        {
            await stream.Ready.WaitAsync(DialTimeout, whenStopped);
        }
        catch (TimeoutException)
        {
            call.Dispose();
            throw new ChaincodeException($"could not launch chaincode {PackageId}: "
                + $"timeout expired while starting chaincode {PackageId} for transaction");
        }
        catch (ChaincodeException e)
        {
            throw Failed(stream.Failure is { } failure
                ? $"error cannot create connection for {PackageId}: error creating grpc connection to {_address}: "
                    + $"failed to create new connection: connection error: desc = \"{Describe(failure)}\""
                : e.Message);
        }
        catch (OperationCanceledException)
        {
            throw Failed("the peer is stopping");
        }

        LogConnected(_logger, PackageId, _address);
        _running = running;
        _current = stream;
        return stream;
    }

    private async Task RunAsync(
        ChaincodeStream stream,
        GrpcChannel channel,
        AsyncDuplexStreamingCall<ChaincodeMessage, ChaincodeMessage> call,
        CancellationTokenSource stopping)
    {
        // A channel is for one connection: a used one would hold back the next dial after a failure.
        using (stopping)
        using (channel)
        using (call)
        {
            string end = await stream.RunAsync(call.ResponseStream, call.RequestStream);
            LogEnded(_logger, PackageId, _address, end);
        }
    }

    /// <summary>Words a failed dial as Go does, which operators know to read.</summary>
    private string Describe(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
            {
                string reason = socket.SocketErrorCode == SocketError.ConnectionRefused
                    ? "connect: connection refused" : socket.Message;
                return $"transport: error while dialing: dial tcp {_address}: {reason}";
            }

            if (cause is AuthenticationException)
            {
                return $"transport: authentication handshake failed: {cause.Message}";
            }
        }

        return failure.Message;
    }

    private ChaincodeException Failed(string reason) =>
        new($"could not launch chaincode {PackageId}: connection to {PackageId} failed: {reason}");

    private GrpcChannel Dial()
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = DialTimeout,
            EnableMultipleHttp2Connections = false,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 1024 * 1024,
            UseProxy = false,
        };
        if (_definition.Tls)
        {
            handler.SslOptions = MutualTls(_keyDirectory);
        }

        return GrpcChannel.ForAddress((_definition.Tls ? "https://" : "http://") + _address, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = DevNetworkLimits.MaxMessageBytes,
            MaxSendMessageSize = DevNetworkLimits.MaxMessageBytes,
        });
    }

    private static SslClientAuthenticationOptions MutualTls(string directory)
    {
        using var pem = X509Certificate2.CreateFromPemFile(
            Path.Combine(directory, "client.crt"), Path.Combine(directory, "client.key"));
        return new SslClientAuthenticationOptions
        {
            ClientCertificates = [X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null)],
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore =
                {
                    X509CertificateLoader.LoadCertificateFromFile(Path.Combine(directory, "ca.crt")),
                },
            },
        };
    }

    [LoggerMessage(LogLevel.Information, "Chaincode {PackageId} at {Address} is ready.")]
    private static partial void LogConnected(ILogger logger, string packageId, string address);

    [LoggerMessage(LogLevel.Information, "The stream of chaincode {PackageId} at {Address} ended: {Reason}.")]
    private static partial void LogEnded(ILogger logger, string packageId, string address, string reason);
}
