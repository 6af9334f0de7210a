using MicroCreds.Fabric.Client.Events;

namespace MicroCreds.Fabric.Client;

/// <summary>A stream of events, read with <c>await foreach</c>: each reading begins at the stream's start.</summary>
/// <typeparam name="TEvent">What it delivers: chaincode events, or blocks in one of three forms.</typeparam>
/// <remarks>
/// Nothing is sent before it is opened or read. Thread-safe, and it can be read several times at once; each reading is
/// one reader's.
/// </remarks>
public sealed class EventSubscription<TEvent> : IAsyncEnumerable<TEvent>
    where TEvent : class
{
    private readonly EventSource<TEvent> _source;
    private readonly EventOptions _options;
    private readonly CancellationToken _cancellationToken;
    private volatile Place? _opened;

    internal EventSubscription(EventSource<TEvent> source, EventOptions options, CancellationToken cancellationToken)
    {
        _source = source;
        _options = options;
        _cancellationToken = cancellationToken;
    }

    /// <summary>
    /// Returns when the peer has answered, and every event from then on will be delivered, whenever reading begins:
    /// open the stream, then submit what it should tell of. Without it, a stream without a start begins when it is
    /// read.
    /// </summary>
    /// <remarks>
    /// Asks for the number of the newest block, of chaincode events by a filtered block. With
    /// <see cref="EventOptions.Resume"/> it waits for a peer as reading does. Opening once more does nothing.
    /// </remarks>
    /// <param name="cancellationToken">Cancels the opening.</param>
    /// <exception cref="EventStreamException">
    /// The peer refused, or did not answer within <see cref="GatewayOptions.EvaluateTimeout"/>; with
    /// <see cref="EventOptions.Resume"/>, until <see cref="ResumeOptions.GiveUpAfter"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The gateway was disposed.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default)
    {
        if (_opened is null)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cancellationToken);
            _opened = new Place(
                await EventReader.OpenAsync(_source, _options, either.Token).ConfigureAwait(false));
        }
    }

    /// <summary>Reads the events.</summary>
    /// <param name="cancellationToken">Ends the reading, as the stream's own token does.</param>
    public IAsyncEnumerator<TEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        EventReader.ReadAsync(_source, _options, _opened?.Start, _cancellationToken)
            .GetAsyncEnumerator(cancellationToken);

    private sealed record Place(Checkpoint Start);
}
