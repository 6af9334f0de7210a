using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>A chaincode server that does what a test tells it to, message by message.</summary>
internal sealed class ScriptedChaincode : IAsyncDisposable
{
    private readonly string _name;
    private readonly Func<ScriptedTransaction, Task<Response>> _script;
    private WebApplication? _host;
    private volatile ScriptedStream? _stream;

    public ScriptedChaincode(
        string name, Func<ScriptedTransaction, Task<Response>> script, string address = "127.0.0.1:0")
    {
        Address = address;
        _name = name;
        _script = script;
    }

    /// <summary>Gets where it listens; the port stays the same after a restart.</summary>
    public string Address { get; private set; }

    /// <summary>Gets how many streams peers have opened.</summary>
    public int StreamCount { get; private set; }

    /// <summary>Gets the newest stream.</summary>
    public ScriptedStream Stream => _stream ?? throw new InvalidOperationException("No peer has connected.");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        builder.Services.AddSingleton(new Service(this));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            IPEndPoint.Parse(Address), listen => listen.Protocols = HttpProtocols.Http2));
        _host = builder.Build();
        _host.MapGrpcService<Service>();
        await _host.StartAsync();
        Address = new Uri(_host.Urls.First()).Authority;
    }

    /// <summary>Dies as a killed process does: every stream breaks.</summary>
    public async Task StopAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            _stream?.Abort();
            await host.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private sealed class Service(ScriptedChaincode owner) : MicroCreds.Fabric.Protocol.Peer.Chaincode.ChaincodeBase
    {
        public override async Task Connect(
            IAsyncStreamReader<ChaincodeMessage> requestStream,
            IServerStreamWriter<ChaincodeMessage> responseStream,
            ServerCallContext context)
        {
            using var stream = new ScriptedStream(responseStream, owner._script, context);
            owner._stream = stream;
            owner.StreamCount++;
            await stream.SendAsync(new ChaincodeMessage
            {
                Type = MessageType.Register,
                Payload = new ChaincodeID { Name = owner._name }.ToByteString(),
            });
            await stream.ReadAsync(requestStream);
        }
    }
}

/// <summary>One conversation of a scripted chaincode with a peer.</summary>
internal sealed class ScriptedStream(
    IServerStreamWriter<ChaincodeMessage> outgoing,
    Func<ScriptedTransaction, Task<Response>> script,
    ServerCallContext context) : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<ChaincodeMessage>> _pending = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets what the peer said at READY.</summary>
    public ChaincodeAdditionalParams? Parameters { get; private set; }

    public async Task SendAsync(ChaincodeMessage message)
    {
        await _sending.WaitAsync();
        try
        {
            await outgoing.WriteAsync(message);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Sends a request and returns the peer's RESPONSE or ERROR.</summary>
    public async Task<ChaincodeMessage> AskAsync(ChaincodeMessage request)
    {
        var answer = _pending[request.Txid] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await SendAsync(request);
        return await answer.Task;
    }

    /// <summary>Gets what completes when the peer has ended the stream.</summary>
    public Task Ended => _ended.Task;

    public void Dispose() => _sending.Dispose();

    public void Abort()
    {
        if (!_ended.Task.IsCompleted)
        {
            context.GetHttpContext().Abort();
        }
    }

    public async Task ReadAsync(IAsyncStreamReader<ChaincodeMessage> incoming)
    {
        try
        {
            await foreach (var message in incoming.ReadAllAsync(context.CancellationToken))
            {
                Handle(message);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The peer, or the test, has cut the stream.
        }

        _ended.SetResult();
    }

    private void Handle(ChaincodeMessage message)
    {
        switch (message.Type)
        {
            case MessageType.Ready:
                Parameters = ChaincodeAdditionalParams.Parser.ParseFrom(message.Payload);
                break;
            case MessageType.Transaction:
                _ = RunAsync(new ScriptedTransaction(this, message));
                break;
            case MessageType.Response or MessageType.Error:
                if (_pending.TryRemove(message.Txid, out var answer))
                {
                    answer.SetResult(message);
                }

                break;
            default:
                break;
        }
    }

    private async Task RunAsync(ScriptedTransaction transaction)
    {
        Response response;
        try
        {
            response = await script(transaction);
        }
        catch (ScriptedFailureException e)
        {
            response = new Response { Status = 500, Message = e.Message };
        }

        if (!transaction.IsSilent)
        {
            await SendAsync(transaction.Message(MessageType.Completed, response, transaction.Event));
        }
    }
}

/// <summary>Makes a scripted chaincode answer with status 500.</summary>
internal sealed class ScriptedFailureException(string message) : Exception(message);

/// <summary>One transaction, as a scripted chaincode sees it.</summary>
internal sealed class ScriptedTransaction(ScriptedStream stream, ChaincodeMessage message)
{
    private readonly ChaincodeInput _input = ChaincodeInput.Parser.ParseFrom(message.Payload);

    public string TransactionId => message.Txid;

    public ScriptedStream Stream => stream;

    public SignedProposal Proposal => message.Proposal;

    public IReadOnlyList<string> Arguments => [.. _input.Args.Select(argument => argument.ToStringUtf8())];

    /// <summary>Gets or sets the event to raise.</summary>
    public ChaincodeEvent? Event { get; set; }

    /// <summary>Gets or sets whether no COMPLETED is sent.</summary>
    public bool IsSilent { get; set; }

    public ChaincodeMessage Message(MessageType type, IMessage? payload = null, ChaincodeEvent? raised = null) => new()
    {
        Type = type,
        Txid = message.Txid,
        ChannelId = message.ChannelId,
        Payload = payload?.ToByteString() ?? ByteString.Empty,
        ChaincodeEvent = raised,
    };

    /// <summary>Sends a request and returns the payload of the answer, or fails with the peer's error.</summary>
    public async Task<ByteString> AskAsync(MessageType type, IMessage payload)
    {
        var answer = await stream.AskAsync(Message(type, payload));
        return answer.Type == MessageType.Response
            ? answer.Payload : throw new ScriptedFailureException(answer.Payload.ToStringUtf8());
    }

    public async Task<string> GetAsync(string key) =>
        (await AskAsync(MessageType.GetState, new GetState { Key = key })).ToStringUtf8();

    public Task PutAsync(string key, string value) =>
        AskAsync(MessageType.PutState, new PutState { Key = key, Value = ByteString.CopyFromUtf8(value) });
}
