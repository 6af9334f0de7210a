using MicroCreds.Fabric.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MicroCreds.Fabric.Client.Calls;

/// <summary>What is told of repetitions, which callers do not see. No argument and no result is in it. Thread-safe.
/// </summary>
internal sealed class CallLog(ILoggerFactory? loggers)
{
    private static readonly Action<ILogger, string, int, string, Exception?> SentAgainMessage =
        LoggerMessage.Define<string, int, string>(
            LogLevel.Warning, new EventId(1, nameof(SentAgain)),
            "The outcome of transaction {TransactionId} is not known after sending {Sending}, so that it is sent "
            + "again: {Reason}");

    private static readonly Action<ILogger, string, int, string, Exception?> MadeAnewMessage =
        LoggerMessage.Define<string, int, string>(
            LogLevel.Information, new EventId(2, nameof(MadeAnew)),
            "Transaction {TransactionId} wrote nothing (attempt {Attempt}), and another is made in its place: "
            + "{Reason}");

    private static readonly Action<ILogger, string, int, string, Exception?> StreamBrokeMessage =
        LoggerMessage.Define<string, int, string>(
            LogLevel.Warning, new EventId(3, nameof(StreamBroke)),
            "Reading {What} broke (attempt {Attempt}) and is resumed: {Reason}");

    private readonly ILogger _logger = loggers?.CreateLogger(FabricTelemetry.Name) ?? NullLogger.Instance;

    public void SentAgain(string transactionId, int sending, Exception reason) =>
        SentAgainMessage(_logger, transactionId, sending, ForeignText.OnOneLine(reason.Message), null);

    public void MadeAnew(FabricException reason, int attempt) =>
        MadeAnewMessage(_logger, reason.TransactionId, attempt, reason.Message, null);

    public void StreamBroke(string what, int attempt, Exception? reason) => StreamBrokeMessage(
        _logger, what, attempt, reason?.Message ?? "the peer ended the stream", null);
}
