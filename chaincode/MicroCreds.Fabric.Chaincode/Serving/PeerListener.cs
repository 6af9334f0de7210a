using System.Net;
using Grpc.AspNetCore.Server.Model;
using MicroCreds.Fabric.Chaincode.Conversation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>Listens for peers over HTTP/2, and lets a <see cref="PeerConversation"/> talk to each.</summary>
internal sealed partial class PeerListener : IAsyncDisposable
{
    /// <summary>
    /// A peer that neither reads the end of its stream nor closes its connection is not waited for any longer.
    /// </summary>
    internal static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;
    private readonly OpenStreams _streams;
    private readonly TransactionAdmission _admission;
    private readonly CancellationTokenSource _stopping;
    private readonly TimeSpan _shutdownTimeout;
    private readonly ILoggerFactory? _ownLoggers;
    private readonly ILogger _logger;
    private readonly Lazy<Task> _stopped;

    private PeerListener(
        WebApplication application,
        OpenStreams streams,
        TransactionAdmission admission,
        CancellationTokenSource stopping,
        TimeSpan shutdownTimeout,
        ILoggerFactory? ownLoggers,
        ILogger logger)
    {
        _application = application;
        _streams = streams;
        _admission = admission;
        _stopping = stopping;
        _shutdownTimeout = shutdownTimeout;
        _ownLoggers = ownLoggers;
        _logger = logger;
        _stopped = new Lazy<Task>(StopOnceAsync);
        Endpoint = IPEndPoint.Parse(new Uri(application.Urls.Single()).Authority);
    }

    public IPEndPoint Endpoint { get; }

    public int OpenStreams => _streams.Open;

    public static async Task<PeerListener> StartAsync(
        IChaincode chaincode, ChaincodeServerOptions options, CancellationToken cancellationToken)
    {
        var ownLoggers = options.LoggerFactory is null ? ConsoleLoggers() : null;
        var loggers = options.LoggerFactory ?? ownLoggers!;
        var logger = loggers.CreateLogger<ChaincodeServer>();
        var admission = new TransactionAdmission(options.MaxConcurrentTransactions);
        var stopping = new CancellationTokenSource();
        var service = new ChaincodeService(chaincode, options, admission, logger, stopping.Token);
        var streams = new OpenStreams();
        var application = Build(service, streams, options, loggers);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await application.DisposeAsync().ConfigureAwait(false);
            stopping.Dispose();
            ownLoggers?.Dispose();
            throw;
        }

        var listener = new PeerListener(
            application, streams, admission, stopping, options.ShutdownTimeout, ownLoggers, logger);
        listener.LogListening(options.ChaincodeId, listener.Endpoint, Security(options.Tls));
        return listener;
    }

    public Task StopAsync() => _stopped.Value;

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private async Task StopOnceAsync()
    {
        await _admission.DrainAsync(_shutdownTimeout, _logger).ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        using var closing = new CancellationTokenSource(CloseTimeout);
        try
        {
            await _streams.EndAsync().WaitAsync(closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            LogNotClosed(CloseTimeout);
        }

        // Cancelled, it closes the connections that are still open; uncancelled it would wait half a minute for them.
        await _application.StopAsync(closing.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        LogStopped();
        _stopping.Dispose();
        _ownLoggers?.Dispose();
    }

    private static WebApplication Build(
        ChaincodeService service, OpenStreams streams, ChaincodeServerOptions options, ILoggerFactory loggers)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, CallerLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton<IServiceMethodProvider<ChaincodeService>, ChaincodeService.Methods>();
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxMessageBytes;
            grpc.MaxSendMessageSize = options.MaxMessageBytes;
        });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.KeepAlivePingDelay = options.KeepAliveInterval;
            kestrel.Listen(ServerAddress.Parse(options.Address), listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (options.Tls is not null)
                {
                    listen.UseHttps(TlsConfiguration.Read(options.Tls, loggers.CreateLogger<ChaincodeServer>()));
                }
            });
        });
        var application = builder.Build();
        application.Use(streams.TrackAsync);
        application.MapGrpcService<ChaincodeService>();
        return application;
    }

    internal static ILoggerFactory ConsoleLoggers() => LoggerFactory.Create(logging => logging
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Grpc", LogLevel.Warning));

    private static string Security(ChaincodeTlsOptions? tls) => tls switch
    {
        null => "without TLS",
        { ClientCaFile: null } => "with TLS",
        _ => "with mutual TLS",
    };

    [LoggerMessage(LogLevel.Information, "{ChaincodeId} listens at {Endpoint} {Security}")]
    private partial void LogListening(string chaincodeId, IPEndPoint endpoint, string security);

    [LoggerMessage(LogLevel.Warning, "A peer did not take the end of its stream within {Timeout}: it is cut off")]
    private partial void LogNotClosed(TimeSpan timeout);

    [LoggerMessage(LogLevel.Information, "Stopped")]
    private partial void LogStopped();

    /// <summary>Leaves starting and stopping to the caller: a library does not listen to signals unasked.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
