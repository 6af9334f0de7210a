using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client;

/// <summary>Opens gRPC channels to peers, set up as Fabric needs them.</summary>
/// <remarks>Thread-safe.</remarks>
public static class PeerChannel
{
    // Blocks are large: the window that gRPC starts with would cost a round trip for each 64 KiB.
    private const int StreamWindowBytes = 1024 * 1024;

    /// <summary>Opens a channel. It connects at the first call, and reconnects by itself.</summary>
    /// <param name="options">The peer's address and its TLS.</param>
    /// <returns>The channel, for <see cref="GatewayOptions.Channel"/>; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The options are wrong; the message names every fault.</exception>
    public static GrpcChannel Open(PeerChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            InitialHttp2StreamWindowSize = StreamWindowBytes,
            KeepAlivePingDelay = options.KeepAliveInterval,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        string authority = options.Endpoint;
        if (!options.Plaintext)
        {
            handler.SslOptions = TlsOptions(options);
        }

        if (options.HostNameOverride is { } name)
        {
            // The HTTP handler checks the name that it was asked for, so that is the name, and the dialling differs.
            authority = name + options.Endpoint[options.Endpoint.LastIndexOf(':')..];
            var (host, port) = Split(options.Endpoint);
            handler.ConnectCallback = (_, cancellationToken) => DialAsync(host, port, cancellationToken);
        }

        return GrpcChannel.ForAddress(
            $"{(options.Plaintext ? "http" : "https")}://{authority}",
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = options.MaxMessageBytes,
                MaxSendMessageSize = options.MaxMessageBytes,
            });
    }

    /// <summary>
    /// Returns the SHA-256 of a TLS client certificate, for <see cref="GatewayOptions.TlsClientCertificateHash"/>.
    /// </summary>
    public static byte[] CertificateHash(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return SHA256.HashData(certificate.RawDataMemory.Span);
    }

    private static (string Host, int Port) Split(string endpoint)
    {
        int colon = endpoint.LastIndexOf(':');
        return (endpoint[..colon].Trim('[', ']'), int.Parse(endpoint.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    private static async ValueTask<Stream> DialAsync(string host, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            // What is added further up is the overridden name: the address that was dialled would be lost.
            throw new SocketException((int)e.SocketErrorCode, $"{host}:{port}: {e.Message}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions TlsOptions(PeerChannelOptions options)
    {
        var trust = options.TlsCaPem is null ? null : TrustOnly(options.TlsCaPem);
        var tls = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            RemoteCertificateValidationCallback = (stream, certificate, chain, errors) => PeerCertificate.IsGood(
                ((SslStream)stream).TargetHostName, certificate as X509Certificate2, chain, errors,
                trust?.CustomTrustStore),
        };

        if (options.ClientCertificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(
                options.ClientCertificate, additionalCertificates: null, offline: true);
        }

        return tls;
    }

    private static X509ChainPolicy TrustOnly(string pem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new ArgumentException($"TlsCaPem cannot be read: {e.Message}", nameof(pem), e);
        }

        if (policy.CustomTrustStore.Count == 0)
        {
            throw new ArgumentException("TlsCaPem holds no certificate (BEGIN CERTIFICATE).", nameof(pem));
        }

        return policy;
    }
}
