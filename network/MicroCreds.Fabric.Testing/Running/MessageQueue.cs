using System.Threading.Channels;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>One direction of the stream between a peer and a chaincode, in memory.</summary>
internal sealed class MessageQueue : IAsyncStreamReader<ChaincodeMessage>, IClientStreamWriter<ChaincodeMessage>
{
    private readonly Channel<ChaincodeMessage> _messages = Channel.CreateUnbounded<ChaincodeMessage>(
        new UnboundedChannelOptions { SingleReader = true });

    private ChaincodeMessage? _current;

    public ChaincodeMessage Current => _current ?? throw new InvalidOperationException("Nothing has been read yet.");

    /// <summary>How a message is sent on a wire: there is none.</summary>
    public WriteOptions? WriteOptions { get; set; }

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!await _messages.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            return false;

        // There is one reader: what was there to be read is there still.
        return _messages.Reader.TryRead(out _current);
    }

    public Task WriteAsync(ChaincodeMessage message) => _messages.Writer.WriteAsync(message).AsTask();

    public Task CompleteAsync()
    {
        _messages.Writer.TryComplete();
        return Task.CompletedTask;
    }
}
