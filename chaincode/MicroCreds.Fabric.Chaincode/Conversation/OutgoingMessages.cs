using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>
/// What waits to be written to the peer. It may be written at any time without waiting; but while it is full, nothing
/// more is read from the peer: one that sends and does not read what it is answered would else fill the memory.
/// </summary>
/// <remarks>
/// Thread-safe. A peer reads whether or not it is read from, so that a peer in order is never held up.
/// </remarks>
internal sealed class OutgoingMessages
{
    /// <summary>How many bytes may wait before reading stops.</summary>
    public const long MaxWaitingBytes = 64 * 1024 * 1024;

    /// <summary>What a message counts beside its payload.</summary>
    public const int MessageBytes = 1024;

    private readonly Channel<ChaincodeMessage> _channel =
        System.Threading.Channels.Channel.CreateUnbounded<ChaincodeMessage>(new() { SingleReader = true });

    private readonly Lock _lock = new();
    private long _waitingBytes;
    private TaskCompletionSource? _room;

    /// <summary>Adds a message; false if the stream has ended.</summary>
    public bool TryAdd(ChaincodeMessage message)
    {
        // Counted first, so that it cannot be written before it counts.
        Count(SizeOf(message));
        if (_channel.Writer.TryWrite(message))
            return true;

        Count(-SizeOf(message));
        return false;
    }

    /// <summary>Ends it: what waits is still written.</summary>
    public void Complete()
    {
        _channel.Writer.TryComplete();
        lock (_lock)
        {
            _waitingBytes = long.MinValue / 2;
            _room?.TrySetResult();
            _room = null;
        }
    }

    public ValueTask<bool> WaitAsync() => _channel.Reader.WaitToReadAsync();

    public bool TryTake([NotNullWhen(true)] out ChaincodeMessage? message) => _channel.Reader.TryRead(out message);

    public bool IsMoreThere => _channel.Reader.TryPeek(out _);

    public void Written(ChaincodeMessage message) => Count(-SizeOf(message));

    /// <summary>Waits until there is room for what the next message may be answered.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_lock)
        {
            return _waitingBytes < MaxWaitingBytes
                ? Task.CompletedTask
                : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private static long SizeOf(ChaincodeMessage message) =>
        MessageBytes + message.Payload.Length + message.Txid.Length + message.ChannelId.Length
        + (message.ChaincodeEvent?.Payload.Length ?? 0);

    private void Count(long change)
    {
        lock (_lock)
        {
            _waitingBytes += change;
            if (_waitingBytes < MaxWaitingBytes)
            {
                _room?.TrySetResult();
                _room = null;
            }
        }
    }
}
