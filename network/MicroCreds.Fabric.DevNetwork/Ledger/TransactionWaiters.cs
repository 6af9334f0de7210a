namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>
/// Those who wait for transactions to be committed. Thread-safe; whoever gives up leaves nothing behind.
/// </summary>
internal sealed class TransactionWaiters
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Waiting> _waiting = [];

    /// <summary>Waits for a transaction, unless the look-up finds that it is committed already.</summary>
    public async Task<TransactionPosition> WaitAsync(
        string transactionId, Func<TransactionPosition?> lookUp, CancellationToken cancellationToken)
    {
        var waiting = Join(transactionId);
        try
        {
            // Looked up after joining: a commit in between is seen by one or the other.
            return lookUp() ?? await waiting.Committed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(transactionId, waiting);
        }
    }

    public void Complete(string transactionId, TransactionPosition position)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(transactionId, out var waiting))
            {
                waiting.Committed.TrySetResult(position);
            }
        }
    }

    private Waiting Join(string transactionId)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue(transactionId, out var waiting))
            {
                _waiting[transactionId] = waiting = new Waiting();
            }

            waiting.Users++;
            return waiting;
        }
    }

    private void Leave(string transactionId, Waiting waiting)
    {
        lock (_gate)
        {
            if (--waiting.Users == 0)
            {
                _waiting.Remove(transactionId);
            }
        }
    }

    private sealed class Waiting
    {
        public TaskCompletionSource<TransactionPosition> Committed { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Users { get; set; }
    }
}
