using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A peer that says what a test tells it to, on a real gRPC stream.</summary>
internal sealed class ScriptedPeer : IAsyncDisposable
{
    public const string Channel = "credentials";

    /// <summary>The payload of READY that Fabric 3.1 sends.</summary>
    public static readonly ChaincodeAdditionalParams Batches = new()
    {
        UseWriteBatch = true,
        MaxSizeWriteBatch = 100,
        UseGetMultipleKeys = true,
        MaxSizeGetMultipleKeys = 100,
    };

    private readonly IAsyncStreamReader<ChaincodeMessage> _incoming;
    private readonly IAsyncStreamWriter<ChaincodeMessage> _outgoing;
    private readonly Action _cut;

    private ScriptedPeer(GrpcChannel channel)
    {
        var stream = new MicroCreds.Fabric.Protocol.Peer.Chaincode.ChaincodeClient(channel).Connect();
        (_incoming, _outgoing) = (stream.ResponseStream, stream.RequestStream);
        _cut = () =>
        {
            stream.Dispose();
            channel.Dispose();
        };
    }

    /// <summary>Makes a peer of a stream that a chaincode opened.</summary>
    public ScriptedPeer(
        IAsyncStreamReader<ChaincodeMessage> incoming, IAsyncStreamWriter<ChaincodeMessage> outgoing, Action cut) =>
        (_incoming, _outgoing, _cut) = (incoming, outgoing, cut);

    /// <summary>Gets the name that the chaincode registered with.</summary>
    public string? RegisteredName { get; private set; }

    /// <summary>Dials, and goes through the handshake.</summary>
    public static async Task<ScriptedPeer> ConnectAsync(
        IPEndPoint endpoint, ChaincodeAdditionalParams? capabilities = null, X509Certificate2? trusted = null,
        X509Certificate2? client = null)
    {
        var peer = Dial(endpoint, trusted, client);
        await peer.GreetAsync(capabilities);
        return peer;
    }

    /// <summary>Goes through the handshake.</summary>
    public async Task GreetAsync(ChaincodeAdditionalParams? capabilities = null)
    {
        var register = await ExpectAsync(Type.Register);
        RegisteredName = ChaincodeID.Parser.ParseFrom(register.Payload).Name;
        await SendAsync(new ChaincodeMessage { Type = Type.Registered });
        await SendAsync(new ChaincodeMessage
        {
            Type = Type.Ready,
            Payload = capabilities?.ToByteString() ?? ByteString.Empty,
        });
    }

    /// <summary>Dials, and says nothing yet.</summary>
    public static ScriptedPeer Dial(
        IPEndPoint endpoint, X509Certificate2? trusted = null, X509Certificate2? client = null)
    {
        var handler = new SocketsHttpHandler();
        if (trusted is not null)
        {
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                    certificate?.Issuer == trusted.Subject,
                ClientCertificates = client is null ? null : [client],
            };
        }

        string scheme = trusted is null ? "http" : "https";
        return new ScriptedPeer(GrpcChannel.ForAddress($"{scheme}://{endpoint}", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = null,
            MaxSendMessageSize = null,
        }));
    }

    public Task SendAsync(ChaincodeMessage message) =>
        _outgoing.WriteAsync(message, TestContext.Current.CancellationToken);

    /// <summary>Starts a transaction.</summary>
    public Task InvokeAsync(string transactionId, params string[] arguments) =>
        InvokeAsync(transactionId, TestProposal.Default, arguments);

    public Task InvokeAsync(string transactionId, SignedProposal? proposal, params string[] arguments)
    {
        var input = new ChaincodeInput { Args = { arguments.Select(ByteString.CopyFromUtf8) } };
        return SendAsync(new ChaincodeMessage
        {
            Type = Type.Transaction,
            Txid = transactionId,
            ChannelId = Channel,
            Payload = input.ToByteString(),
            Proposal = proposal,
        });
    }

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(ChaincodeMessage request, ByteString? payload = null) =>
        AnswerAsync(request, Type.Response, payload ?? ByteString.Empty);

    public Task AnswerAsync(ChaincodeMessage request, IMessage payload) => AnswerAsync(request, payload.ToByteString());

    /// <summary>Refuses a request.</summary>
    public Task RefuseAsync(ChaincodeMessage request, string reason) =>
        AnswerAsync(request, Type.Error, ByteString.CopyFromUtf8(reason));

    /// <summary>Returns the next message, whatever it is.</summary>
    public async Task<ChaincodeMessage> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(EndToEnd.Until.Patience);
        Assert.True(await _incoming.MoveNext(patience.Token), "The chaincode ended the stream.");
        return _incoming.Current;
    }

    /// <summary>Returns the next message, which must be of this type.</summary>
    public async Task<ChaincodeMessage> ExpectAsync(Type type)
    {
        var message = await NextAsync();
        Assert.True(
            message.Type == type, $"Expected {type} but got {message.Type}: {message.Payload.ToStringUtf8()}");
        return message;
    }

    /// <summary>Returns the next message's payload, which must be of this type.</summary>
    public async Task<(ChaincodeMessage Message, T Payload)> ExpectAsync<T>(Type type, MessageParser<T> parser)
        where T : IMessage<T>
    {
        var message = await ExpectAsync(type);
        return (message, parser.ParseFrom(message.Payload));
    }

    /// <summary>Returns the response of the next message, which must end a transaction.</summary>
    public async Task<Response> ExpectResponseAsync(string? transactionId = null)
    {
        var (message, response) = await ExpectAsync(Type.Completed, Response.Parser);
        Assert.Equal(transactionId ?? message.Txid, message.Txid);
        Assert.Equal(Channel, message.ChannelId);
        return response;
    }

    /// <summary>Answers whatever is asked from a dictionary until the transaction ends.</summary>
    public async Task<Response> ServeAsync(IDictionary<string, byte[]> state)
    {
        while (true)
        {
            var message = await NextAsync();
            switch (message.Type)
            {
                case Type.GetState:
                    string key = GetState.Parser.ParseFrom(message.Payload).Key;
                    await AnswerAsync(
                        message, state.TryGetValue(key, out byte[]? value) ? ByteString.CopyFrom(value) : null);
                    break;
                case Type.PutState:
                    var put = PutState.Parser.ParseFrom(message.Payload);
                    state[put.Key] = put.Value.ToByteArray();
                    await AnswerAsync(message);
                    break;
                case Type.Completed:
                    return Response.Parser.ParseFrom(message.Payload);
                default:
                    Assert.Fail($"The chaincode sent {message.Type}: {message.Payload.ToStringUtf8()}");
                    break;
            }
        }
    }

    /// <summary>Waits for the chaincode to end the stream, and returns how it did.</summary>
    public async Task<StatusCode> ExpectEndAsync()
    {
        try
        {
            Assert.False(
                await _incoming.MoveNext(TestContext.Current.CancellationToken),
                "The chaincode sent a message instead of ending the stream.");
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    /// <summary>Cuts the stream as a peer that dies does.</summary>
    public ValueTask DisposeAsync()
    {
        _cut();
        return ValueTask.CompletedTask;
    }

    private Task AnswerAsync(ChaincodeMessage request, Type type, ByteString payload) =>
        SendAsync(new ChaincodeMessage
        {
            Type = type,
            Txid = request.Txid,
            ChannelId = request.ChannelId,
            Payload = payload,
        });
}
