using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>Counts the transactions in flight on all streams, and closes the door when the server stops.</summary>
internal sealed partial class TransactionAdmission(int limit)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _inFlight;
    private bool _closed;

    /// <summary>Lets a transaction in, or returns why not.</summary>
    public string? Enter()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return "The chaincode server is stopping: send the transaction again when it is back.";
            }

            if (_inFlight >= limit)
            {
                return $"The chaincode server is busy with {limit} transactions, which is its limit: send the "
                    + "transaction again later, or raise MaxConcurrentTransactions.";
            }

            _inFlight++;
            return null;
        }
    }

    public void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            CompleteIfDrained();
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            CompleteIfDrained();
        }
    }

    /// <summary>Closes the door, and waits until the last transaction has left.</summary>
    /// <param name="timeout">How long to wait for that.</param>
    /// <param name="logger">Where it is told that some are left.</param>
    public async Task DrainAsync(TimeSpan timeout, ILogger logger)
    {
        Close();
        try
        {
            await _drained.Task.WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogNotDrained(logger, timeout);
        }
    }

    private void CompleteIfDrained()
    {
        if (_closed && _inFlight == 0)
        {
            _drained.TrySetResult();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Transactions were still in flight after {Timeout}: their peer gets no answer")]
    private static partial void LogNotDrained(ILogger logger, TimeSpan timeout);
}
