using Microsoft.AspNetCore.Http;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>
/// Counts the streams until their last byte is written: a connection that closes earlier looks to the peer like a
/// chaincode that crashed.
/// </summary>
internal sealed class OpenStreams
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;
    private bool _ending;

    public int Open
    {
        get
        {
            lock (_lock)
            {
                return _open;
            }
        }
    }

    public async Task TrackAsync(HttpContext context, RequestDelegate next)
    {
        Count(1);
        try
        {
            await next(context).ConfigureAwait(false);
            await context.Response.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            Count(-1);
        }
    }

    /// <summary>Waits for the streams that are open now, once they have been told to end.</summary>
    public Task EndAsync()
    {
        lock (_lock)
        {
            _ending = true;
        }

        Count(0);
        return _ended.Task;
    }

    private void Count(int change)
    {
        lock (_lock)
        {
            _open += change;
            if (_ending && _open == 0)
            {
                _ended.TrySetResult();
            }
        }
    }
}
