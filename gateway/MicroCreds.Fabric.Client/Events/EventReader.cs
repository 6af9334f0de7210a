using System.Runtime.CompilerServices;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>Reads a source from where the options say, and reopens it if they say so.</summary>
internal static class EventReader
{
    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    public static void Validate(EventOptions options, bool forBlocks)
    {
        if (options.AfterTransactionId is not null && (forBlocks || options.StartBlock is null))
        {
            throw new ArgumentException(forBlocks
                ? "AfterTransactionId is for chaincode events only: blocks come whole."
                : "AfterTransactionId needs StartBlock: the block that the transaction is in.");
        }

        StrictText.Check(options.AfterTransactionId ?? "", "AfterTransactionId");
        options.Resume?.Validate();
    }

    public static async ValueTask<Checkpoint?> StartAsync(EventOptions options, CancellationToken cancellationToken)
    {
        if (options.Checkpointer is not null
            && await options.Checkpointer.LoadAsync(cancellationToken).ConfigureAwait(false) is { } saved)
        {
            return saved;
        }

        return options.StartBlock is { } block ? new Checkpoint(block, options.AfterTransactionId) : null;
    }

    /// <summary>
    /// Makes sure of the peer, and returns where reading starts: where the options say, else behind the newest block.
    /// </summary>
    /// <exception cref="EventStreamException">
    /// The peer did not say, or the identity may not know where a stream without a start begins.
    /// </exception>
    public static async Task<Checkpoint> OpenAsync<TEvent>(
        EventSource<TEvent> source, EventOptions options, CancellationToken cancellationToken)
        where TEvent : class
    {
        source.Connection.RefuseWhenDisposed();
        var start = await StartAsync(options, cancellationToken).ConfigureAwait(false);
        var breaks = options.Resume is { } resume ? BreaksOf(source, resume) : null;
        while (true)
        {
            breaks?.Begin();
            try
            {
                ulong? newest = await FindNewestAsync(source, breaks, cancellationToken).ConfigureAwait(false);
                return start ?? (newest is { } number ? Checkpoint.AfterBlock(number) : throw Unplaced(source, null));
            }
            catch (EventStreamException e) when (breaks?.MayGoOn(e) ?? false)
            {
                await PauseAsync(source, breaks.Note(e), cancellationToken).ConfigureAwait(false);
                source.Connection.RefuseWhenDisposed();
            }
        }
    }

    public static async IAsyncEnumerable<TEvent> ReadAsync<TEvent>(
        EventSource<TEvent> source, EventOptions options, Checkpoint? opened,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        source.Connection.RefuseWhenDisposed();
        // What was saved since it was opened comes first.
        var position = await StartAsync(options, cancellationToken).ConfigureAwait(false) ?? opened;
        if (options.Resume is not { } resume)
        {
            await foreach (var item in ReadOnceAsync(source, position, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }

            yield break;
        }

        var breaks = BreaksOf(source, resume);
        if (opened is not null)
            breaks.Answered();

        bool isUnplaced = false;
        while (!source.Connection.Closed.IsCancellationRequested)
        {
            breaks.Begin();
            void Place(Checkpoint? start) => (position, isUnplaced) = (start, start is null);
            var events = PlacedAsync(source, position, Place, breaks, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using var _ = events.ConfigureAwait(false);
            EventStreamException? failure;
            while (true)
            {
                (bool moved, failure) = await MoveNextAsync(events, breaks).ConfigureAwait(false);
                if (!moved)
                {
                    break;
                }

                Place(source.After(events.Current));
                breaks.Answered();
                yield return events.Current;
            }

            if (!source.Connection.Closed.IsCancellationRequested)
            {
                RefuseToGoOn(source, isUnplaced, failure, breaks);
                await PauseAsync(source, breaks.Note(failure), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static StreamBreaks BreaksOf<TEvent>(EventSource<TEvent> source, ResumeOptions resume)
        where TEvent : class => new(
        resume, source.Connection.Options.TimeProvider, source.What, source.Connection.Log);

    private static Task<ulong?> FindNewestAsync<TEvent>(
        EventSource<TEvent> source, StreamBreaks? breaks, CancellationToken cancellationToken)
        where TEvent : class
    {
        var timeout = source.Connection.Options.EvaluateTimeout;
        return source.FindNewestAsync(breaks?.TimeToAnswer(timeout) ?? timeout, cancellationToken);
    }

    // "The next block" means another one after a break: it is pinned to a number before the stream is first opened.
    private static async IAsyncEnumerable<TEvent> PlacedAsync<TEvent>(
        EventSource<TEvent> source, Checkpoint? position, Action<Checkpoint?> place, StreamBreaks breaks,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        if (position is null)
        {
            ulong? newest = await FindNewestAsync(source, breaks, cancellationToken).ConfigureAwait(false);
            position = newest is { } number ? Checkpoint.AfterBlock(number) : null;
            place(position);
            breaks.Answered();
        }

        breaks.BeginReading();
        await foreach (var item in ReadOnceAsync(source, position, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    /// <exception cref="EventStreamException">Reading on would leave a gap, or the peer does nothing but end it.
    /// </exception>
    private static void RefuseToGoOn<TEvent>(
        EventSource<TEvent> source, bool isUnplaced, EventStreamException? failure, StreamBreaks breaks)
        where TEvent : class
    {
        if (failure is null && !breaks.MayGoOn(failure))
        {
            throw new EventStreamException(
                $"Reading {source.What} failed: the peer ends the stream each time, and sends nothing.",
                StatusCode.Unavailable);
        }

        if (isUnplaced)
        {
            throw Unplaced(source, failure);
        }
    }

    private static EventStreamException Unplaced<TEvent>(EventSource<TEvent> source, EventStreamException? failure)
        where TEvent : class => new(
        $"Reading {source.What} failed: no event has come yet, and the identity may not read filtered blocks, which "
            + "say where the chain stands: give a StartBlock, or a right to them."
            + (failure is null ? "" : $" It broke by: {failure.Message}"),
        failure?.StatusCode ?? StatusCode.PermissionDenied, failure);

    private static async IAsyncEnumerable<TEvent> ReadOnceAsync<TEvent>(
        EventSource<TEvent> source, Checkpoint? position, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        await foreach (var item in source.NewRequest(position).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (position is { } expected && !source.Follows(expected, item))
            {
                throw new EventStreamException(
                    $"Reading {source.What} failed: after {expected} the peer sent {source.After(item)}.",
                    StatusCode.DataLoss);
            }

            position = source.After(item);
            yield return item;
        }
    }

    private static async Task PauseAsync<TEvent>(
        EventSource<TEvent> source, TimeSpan delay, CancellationToken cancellationToken)
        where TEvent : class
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, source.Connection.Closed);
        try
        {
            await Task.Delay(delay, source.Connection.Options.TimeProvider, ended.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The gateway was disposed: whoever reads on sees it.
        }
    }

    private static async ValueTask<(bool Moved, EventStreamException? Failure)> MoveNextAsync<TEvent>(
        IAsyncEnumerator<TEvent> events, StreamBreaks breaks)
    {
        try
        {
            return (await events.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (EventStreamException e) when (breaks.MayGoOn(e))
        {
            return (false, e);
        }
    }
}
