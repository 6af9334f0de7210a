using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Protocol;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Dials a peer over HTTP/2, and lets a <see cref="PeerConversation"/> talk to it.</summary>
internal sealed partial class PeerDialer
{
    private readonly ILogger _logger;
    private readonly ChaincodeClientOptions _options;

    private PeerDialer(ChaincodeClientOptions options, ILogger logger)
    {
        _options = options;
        _logger = logger;
    }

    /// <summary>Dials, and talks until the peer ends it or the task completes.</summary>
    /// <exception cref="IOException">The peer ended it, or was never reached.</exception>
    public static async Task RunAsync(IChaincode chaincode, ChaincodeClientOptions options, Task stop)
    {
        using var ownLoggers = options.LoggerFactory is null ? PeerListener.ConsoleLoggers() : null;
        var logger = (options.LoggerFactory ?? ownLoggers!).CreateLogger(typeof(ChaincodeClient));
        await new PeerDialer(options, logger).RunAsync(chaincode, stop).ConfigureAwait(false);
    }

    private async Task RunAsync(IChaincode chaincode, Task stop)
    {
        using var channel = Open();
        using var stopping = new CancellationTokenSource();
        using var closing = new CancellationTokenSource();
        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(
            ChaincodeMessages.Register, null, new CallOptions(cancellationToken: closing.Token));
        var admission = new TransactionAdmission(_options.MaxConcurrentTransactions);
        using var conversation = new PeerConversation(chaincode, _options.Conversation, admission, _logger);
        LogDialling(_options.ChaincodeId, _options.PeerAddress, _options.Tls is null ? "without TLS" : "with TLS");
        var talk = conversation.RunAsync(call.ResponseStream, call.RequestStream, stopping.Token);
        if (await Task.WhenAny(talk, stop).ConfigureAwait(false) == talk)
        {
            throw await EndOfAsync(talk).ConfigureAwait(false);
        }

        await admission.DrainAsync(_options.ShutdownTimeout, _logger).ConfigureAwait(false);

        // A peer that does not read, or was not reached yet, is not waited for longer.
        closing.CancelAfter(PeerListener.CloseTimeout);
        await stopping.CancelAsync().ConfigureAwait(false);
        await talk.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await call.RequestStream.CompleteAsync().ConfigureAwait(false);

            // Who went at once would break off what it has just ended.
            await conversation.PeersEnd.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The peer was gone first.
        }

        LogStopped();
    }

    private async Task<IOException> EndOfAsync(Task talk)
    {
        const string Mend = "Is it up, does it wait for chaincodes at this address, and does it know this chaincode "
            + "id? Start the chaincode again when it does.";
        try
        {
            await talk.ConfigureAwait(false);
            return new IOException(
                $"The peer at {_options.PeerAddress} ended the conversation with {_options.ChaincodeId}. {Mend}");
        }
        catch (RpcException e)
        {
            string reason = ForeignText.OnOneLine(
                e.Status.DebugException?.GetBaseException().Message ?? e.Status.Detail);
            return new IOException(
                $"The peer at {_options.PeerAddress} does not talk with {_options.ChaincodeId}: {reason.TrimEnd('.')}. "
                + Mend,
                e);
        }
    }

    private GrpcChannel Open()
    {
        var handler = new SocketsHttpHandler
        {
            KeepAlivePingDelay = _options.KeepAliveInterval,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        if (_options.Tls is { } tls) handler.SslOptions = TlsOptions(tls);

        return GrpcChannel.ForAddress(
            $"{(_options.Tls is null ? "http" : "https")}://{_options.PeerAddress}",
            new GrpcChannelOptions
            {
                HttpHandler = handler,
                DisposeHttpClient = true,
                MaxReceiveMessageSize = _options.MaxMessageBytes,
                MaxSendMessageSize = _options.MaxMessageBytes,
            });
    }

    private static SslClientAuthenticationOptions TlsOptions(ChaincodeClientTlsOptions tls)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(PemText.Read(tls.PeerCaFile));
        var options = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, sent, errors) =>
                IsGood(certificate, sent, errors, authorities, tls.PeerCaFile),
        };
        if (tls.CertificateFile is { } file)
        {
            var chain = new X509Certificate2Collection();
            string own = PemText.Read(file);
            chain.ImportFromPem(own);
            options.ClientCertificateContext = SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPem(own, PemText.Read(tls.PrivateKeyFile!)), chain, offline: true);
        }

        return options;
    }

    /// <exception cref="AuthenticationException">It is not, as the platform's own words would not say.</exception>
    private static bool IsGood(
        X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, X509Certificate2Collection authorities,
        string authoritiesFile)
    {
        if (certificate is not X509Certificate2 shown)
        {
            throw new AuthenticationException("The peer shows no TLS certificate.");
        }

        string subject = ForeignText.OnOneLine(shown.Subject);
        if (CertificateAnchors.FindFault(
                shown, authorities, CertificateAnchors.ServerAuthentication, sent?.ChainPolicy.ExtraStore) is { } fault)
        {
            throw new AuthenticationException(
                $"The peer's TLS certificate \"{subject}\" is not good under {authoritiesFile}: {fault}.");
        }

        return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)
            ? true
            : throw new AuthenticationException(
                $"The peer's TLS certificate \"{subject}\" is of another name than the address that was dialled: "
                + "dial the peer by a name that its certificate holds.");
    }

    [LoggerMessage(LogLevel.Information, "{ChaincodeId} dials its peer at {Address} {Security}")]
    private partial void LogDialling(string chaincodeId, string address, string security);

    [LoggerMessage(LogLevel.Information, "Stopped")]
    private partial void LogStopped();
}
