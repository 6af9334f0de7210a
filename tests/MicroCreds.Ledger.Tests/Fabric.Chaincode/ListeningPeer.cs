using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A peer that waits for chaincodes to dial it, and then says what a test tells it to.</summary>
internal sealed class ListeningPeer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Streams _streams;

    private ListeningPeer(WebApplication application, Streams streams)
    {
        _application = application;
        _streams = streams;
        Address = new Uri(application.Urls.Single()).Authority;
    }

    public string Address { get; }

    /// <summary>Starts listening.</summary>
    /// <param name="certificate">The peer's. Default is none: without TLS.</param>
    /// <param name="authority">Whose certificates it asks for. Default is none.</param>
    public static async Task<ListeningPeer> StartAsync(
        X509Certificate2? certificate = null, X509Certificate2? authority = null)
    {
        var streams = new Streams();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(streams);
        builder.Services.AddGrpc();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (certificate is null) return;

                listen.UseHttps(certificate, https =>
                {
                    https.ClientCertificateMode = authority is null
                        ? ClientCertificateMode.NoCertificate
                        : ClientCertificateMode.RequireCertificate;
                    https.ClientCertificateValidation = (shown, _, _) => shown.Issuer == authority!.Subject;
                });
            }));
        var application = builder.Build();
        application.MapGrpcService<Streams>();
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new ListeningPeer(application, streams);
    }

    /// <summary>Waits for the next chaincode that dials.</summary>
    public Task<ScriptedPeer> AcceptAsync() => _streams.NextAsync();

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    /// <summary>The service of peers that chaincodes register at.</summary>
    private sealed class Streams : ChaincodeSupport.ChaincodeSupportBase
    {
        private readonly System.Threading.Channels.Channel<ScriptedPeer> _dialled =
            System.Threading.Channels.Channel.CreateUnbounded<ScriptedPeer>();

        public async Task<ScriptedPeer> NextAsync()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(
                TestContext.Current.CancellationToken);
            patience.CancelAfter(EndToEnd.Until.Patience);
            return await _dialled.Reader.ReadAsync(patience.Token);
        }

        public override async Task Register(
            IAsyncStreamReader<ChaincodeMessage> requestStream, IServerStreamWriter<ChaincodeMessage> responseStream,
            ServerCallContext context)
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var ended = context.CancellationToken.Register(() => cut.TrySetResult());
            await _dialled.Writer.WriteAsync(
                new ScriptedPeer(requestStream, responseStream, () => cut.TrySetResult()), context.CancellationToken);
            await cut.Task;
        }
    }
}
