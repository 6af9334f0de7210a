using System.Runtime.CompilerServices;
using Grpc.Core;

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

    public static async IAsyncEnumerable<TEvent> ReadAsync<TEvent>(
        EventSource<TEvent> source, EventOptions options, Func<CancellationToken, Task<ulong>> newestBlock,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        var position = await StartAsync(options, cancellationToken).ConfigureAwait(false);
        if (options.Resume is not { } resume)
        {
            await foreach (var item in ReadOnceAsync(source, position, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }

            yield break;
        }

        bool delivered = false;
        for (int attempt = 0; !source.Connection.Closed.IsCancellationRequested;)
        {
            var events = OpenAsync(source, position, newestBlock, start => position = start, cancellationToken)
                .GetAsyncEnumerator(cancellationToken);
            await using var _ = events.ConfigureAwait(false);
            EventStreamException? failure;
            while (true)
            {
                (bool moved, failure) = await MoveNextAsync(events, delivered).ConfigureAwait(false);
                if (!moved)
                {
                    break;
                }

                position = source.After(events.Current);
                (attempt, delivered) = (0, true);
                yield return events.Current;
            }

            if (!source.Connection.Closed.IsCancellationRequested)
            {
                resume.OnBreak?.Invoke(failure, attempt);
                await PauseAsync(source, resume.Delay(attempt++), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // "The next block" means another one after a break: it is pinned to a number before the stream is first opened.
    private static async IAsyncEnumerable<TEvent> OpenAsync<TEvent>(
        EventSource<TEvent> source, Checkpoint? position, Func<CancellationToken, Task<ulong>> newestBlock,
        Action<Checkpoint> pin, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        var start = position
            ?? Checkpoint.AfterBlock(await newestBlock(cancellationToken).ConfigureAwait(false));
        pin(start);
        await foreach (var item in ReadOnceAsync(source, start, cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

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
        IAsyncEnumerator<TEvent> events, bool delivered)
    {
        try
        {
            return (await events.MoveNextAsync().ConfigureAwait(false), null);
        }
        catch (EventStreamException e) when (e.IsTransient || (delivered && e.StatusCode == StatusCode.NotFound))
        {
            // Behind one address there may be a peer that has not caught up: it does not have the next block yet.
            return (false, e);
        }
    }
}
