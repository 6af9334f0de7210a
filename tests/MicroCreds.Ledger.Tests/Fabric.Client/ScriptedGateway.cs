using System.Net;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;
using WireGateway = MicroCreds.Fabric.Protocol.Gateway.Gateway;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A peer's gateway and deliver services, whose every answer a test sets.</summary>
internal sealed class ScriptedGateway : IAsyncDisposable
{
    private readonly WebApplication _application;

    private ScriptedGateway(Action<ListenOptions> listen)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, options =>
            {
                options.Protocols = HttpProtocols.Http2;
                listen(options);
            }));
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(new GatewayService(this));
        builder.Services.AddSingleton(new DeliverService(this));
        _application = builder.Build();
        _application.MapGrpcService<GatewayService>();
        _application.MapGrpcService<DeliverService>();
    }

    public Func<EvaluateRequest, ServerCallContext, Task<EvaluateResponse>> OnEvaluate { get; set; } =
        (request, _) => Task.FromResult(new EvaluateResponse
        {
            Result = new Response { Status = 200, Payload = ByteString.CopyFromUtf8("evaluated") },
        });

    public Func<EndorseRequest, ServerCallContext, Task<EndorseResponse>> OnEndorse { get; set; } =
        (request, _) => Task.FromResult(TestEnvelope.Endorsed(request, "endorsed"));

    public Func<SubmitRequest, ServerCallContext, Task<SubmitResponse>> OnSubmit { get; set; } =
        (_, _) => Task.FromResult(new SubmitResponse());

    public Func<SignedCommitStatusRequest, ServerCallContext, Task<CommitStatusResponse>> OnCommitStatus { get; set; } =
        (_, _) => Task.FromResult(new CommitStatusResponse { BlockNumber = 7 });

    public Func<SignedChaincodeEventsRequest, IServerStreamWriter<ChaincodeEventsResponse>, ServerCallContext, Task>
        OnChaincodeEvents
    { get; set; } = (_, _, _) => Task.CompletedTask;

    public Func<string, Envelope, IServerStreamWriter<DeliverResponse>, ServerCallContext, Task> OnDeliver
    { get; set; } = (_, _, _, _) => Task.CompletedTask;

    /// <summary>The bytes of the last unary request.</summary>
    public byte[] LastRequest { get; private set; } = [];

    public string Endpoint { get; private set; } = "";

    public GrpcChannel Channel { get; private set; } = null!;

    /// <summary>The options of a client of this server, with the vectors' identity and key.</summary>
    public GatewayOptions Options => new()
    {
        Channel = Channel,
        Identity = NodeVectors.Identity,
        Signer = Signer,
    };

    public static PrivateKeySigner Signer { get; } = PrivateKeySigner.FromPem(NodeVectors.PrivateKeyPem);

    public static async Task<ScriptedGateway> StartAsync(
        X509Certificate2? certificate = null, Action<ListenOptions>? listen = null)
    {
        var server = new ScriptedGateway(listen ?? (options =>
        {
            if (certificate is not null)
            {
                options.UseHttps(certificate);
            }
        }));
        await server._application.StartAsync(TestContext.Current.CancellationToken);
        server.Endpoint = new Uri(server._application.Urls.First()).Authority;
        server.Channel = PeerChannel.Open(new PeerChannelOptions { Endpoint = server.Endpoint, Plaintext = true });
        return server;
    }

    public FabricContract Contract(Func<GatewayOptions, GatewayOptions>? change = null)
    {
        var gateway = FabricGateway.Connect((change ?? (options => options))(Options));
        return gateway.GetNetwork(NodeVectors.Channel).GetContract(NodeVectors.Chaincode);
    }

    public FabricNetwork Network(Func<GatewayOptions, GatewayOptions>? change = null) =>
        FabricGateway.Connect((change ?? (options => options))(Options)).GetNetwork(NodeVectors.Channel);

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        // Streams that a test left open must not hold up its end.
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private Task<TResponse> AnswerAsync<TRequest, TResponse>(
        TRequest request, ServerCallContext context, Func<TRequest, ServerCallContext, Task<TResponse>> answer)
        where TRequest : IMessage
    {
        LastRequest = request.ToByteArray();
        return answer(request, context);
    }

    private sealed class GatewayService(ScriptedGateway script) : WireGateway.GatewayBase
    {
        public override Task<EvaluateResponse> Evaluate(EvaluateRequest request, ServerCallContext context) =>
            script.AnswerAsync(request, context, script.OnEvaluate);

        public override Task<EndorseResponse> Endorse(EndorseRequest request, ServerCallContext context) =>
            script.AnswerAsync(request, context, script.OnEndorse);

        public override Task<SubmitResponse> Submit(SubmitRequest request, ServerCallContext context) =>
            script.AnswerAsync(request, context, script.OnSubmit);

        public override Task<CommitStatusResponse> CommitStatus(
            SignedCommitStatusRequest request, ServerCallContext context) =>
            script.AnswerAsync(request, context, script.OnCommitStatus);

        public override Task ChaincodeEvents(
            SignedChaincodeEventsRequest request, IServerStreamWriter<ChaincodeEventsResponse> responseStream,
            ServerCallContext context) =>
            script.OnChaincodeEvents(request, responseStream, context);
    }

    private sealed class DeliverService(ScriptedGateway script) : Deliver.DeliverBase
    {
        public override Task Deliver(
            IAsyncStreamReader<Envelope> requestStream, IServerStreamWriter<DeliverResponse> responseStream,
            ServerCallContext context) =>
            AnswerAsync("blocks", requestStream, responseStream, context);

        public override Task DeliverFiltered(
            IAsyncStreamReader<Envelope> requestStream, IServerStreamWriter<DeliverResponse> responseStream,
            ServerCallContext context) =>
            AnswerAsync("filtered", requestStream, responseStream, context);

        public override Task DeliverWithPrivateData(
            IAsyncStreamReader<Envelope> requestStream, IServerStreamWriter<DeliverResponse> responseStream,
            ServerCallContext context) =>
            AnswerAsync("private", requestStream, responseStream, context);

        private async Task AnswerAsync(
            string form, IAsyncStreamReader<Envelope> requests, IServerStreamWriter<DeliverResponse> responses,
            ServerCallContext context)
        {
            Assert.True(await requests.MoveNext(context.CancellationToken));
            await script.OnDeliver(form, requests.Current, responses, context);
        }
    }
}
