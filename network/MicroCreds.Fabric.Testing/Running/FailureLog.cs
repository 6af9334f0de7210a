using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Testing.Running;

/// <summary>
/// Keeps what a chaincode threw, which its caller is not told, for the test to see; passes on all that is logged.
/// Thread-safe.
/// </summary>
internal sealed class FailureLog(ILogger next) : ILogger
{
    private const string TransactionId = "TransactionId";

    private readonly ConcurrentDictionary<string, Exception> _failures = new(StringComparer.Ordinal);

    /// <summary>Takes what a transaction failed of; null if nothing unexpected was thrown.</summary>
    public Exception? Take(string transactionId) =>
        _failures.TryRemove(transactionId, out var failure) ? failure : null;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => next.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || next.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (exception is not null && state is IReadOnlyList<KeyValuePair<string, object?>> values
            && values.FirstOrDefault(value => value.Key == TransactionId).Value is string id)
        {
            _failures[id] = exception;
        }

        next.Log(logLevel, eventId, state, exception, formatter);
    }
}
