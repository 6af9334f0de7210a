using System.Threading.Channels;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Histories.Driving;

/// <summary>One direction of a chaincode's stream, without a network between peer and contract.</summary>
internal sealed class MessagePipe
    : IAsyncStreamReader<ChaincodeMessage>, IClientStreamWriter<ChaincodeMessage>
{
    private readonly Channel<ChaincodeMessage> _messages =
        System.Threading.Channels.Channel.CreateUnbounded<ChaincodeMessage>(new() { SingleReader = true });

    public ChaincodeMessage Current { get; private set; } = null!;

    public WriteOptions? WriteOptions { get; set; }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!await _messages.Reader.WaitToReadAsync(cancellationToken)) return false;
        _messages.Reader.TryRead(out var message);
        Current = message!;
        return true;
    }

    public Task WriteAsync(ChaincodeMessage message)
    {
        _messages.Writer.TryWrite(message);
        return Task.CompletedTask;
    }

    public Task CompleteAsync()
    {
        _messages.Writer.TryComplete();
        return Task.CompletedTask;
    }
}
