using System.Threading.Channels;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>
/// Groups what waits in a queue into batches: by count, by bytes and by time. For one caller at a time.
/// </summary>
/// <remarks>
/// Source: Fabric's orderer/common/blockcutter and etcdraft chain. A message larger than the preferred size gets a
/// batch of its own, after the one that was open; the time runs from the first message of a batch.
/// </remarks>
internal sealed class BlockCutter<T>(
    ChannelReader<T> queue, BatchSettings settings, Func<T, int> sizeOf, TimeProvider time)
    where T : class
{
    private T? _held;

    /// <summary>Returns the next batch, or null when the queue has ended and all was returned.</summary>
    public async ValueTask<List<T>?> NextAsync()
    {
        var first = _held ?? await ReadAsync(Timeout.InfiniteTimeSpan).ConfigureAwait(false);
        if (first is null)
        {
            return null;
        }

        _held = null;
        var batch = new List<T> { first };
        long bytes = sizeOf(first);
        long started = time.GetTimestamp();
        while (batch.Count < settings.MaxMessageCount && bytes < settings.PreferredMaxBytes)
        {
            var wait = settings.CutWhenIdle ? TimeSpan.Zero : settings.Timeout - time.GetElapsedTime(started);
            var next = await ReadAsync(wait).ConfigureAwait(false);
            if (next is null)
            {
                break;
            }

            bytes += sizeOf(next);
            if (bytes > settings.PreferredMaxBytes)
            {
                _held = next;
                break;
            }

            batch.Add(next);
        }

        return batch;
    }

    private async ValueTask<T?> ReadAsync(TimeSpan wait)
    {
        while (true)
        {
            if (queue.TryRead(out var message))
            {
                return message;
            }

            if (wait != Timeout.InfiniteTimeSpan && wait <= TimeSpan.Zero)
            {
                return null;
            }

            using var timeout = new CancellationTokenSource(wait, time);
            try
            {
                if (!await queue.WaitToReadAsync(timeout.Token).ConfigureAwait(false))
                {
                    return null;
                }
            }
            catch (OperationCanceledException)
            {
                return null;
            }
        }
    }
}
