using System.Threading.Channels;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>What the ordering service answers to an envelope.</summary>
internal readonly record struct BroadcastResult(Status Status, string Info);

/// <summary>Puts envelopes in order, cuts blocks and commits them. Thread-safe.</summary>
internal sealed class OrderingService : IAsyncDisposable
{
    /// <summary>How many envelopes may wait to be ordered; beyond it broadcasts wait.</summary>
    public const int MaxWaiting = 10_000;

    /// <summary>How often a block is tried again that found no room on the disk.</summary>
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private readonly ChannelLedger _ledger;
    private readonly BroadcastFilter _filter;
    private readonly TransactionChecks _checks;
    private readonly BlockAssembler _assembler;
    private readonly BatchSettings _batch;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Queued> _queue = Channel.CreateBounded<Queued>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _loop;
    private volatile string? _failure;

    public OrderingService(
        ChannelLedger ledger,
        BroadcastFilter filter,
        TransactionChecks checks,
        BlockAssembler assembler,
        BatchSettings batch,
        TimeProvider time,
        ILogger log)
    {
        (_ledger, _filter, _checks, _assembler) = (ledger, filter, checks, assembler);
        (_batch, _time, _log) = (batch, time, log);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Checks an envelope as the orderer does and queues it; success means queued, not committed.</summary>
    public async Task<BroadcastResult> BroadcastAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        if (_failure is { } failure)
        {
            return new BroadcastResult(Status.ServiceUnavailable, failure);
        }

        if (_filter.Reject(envelope) is { } rejected)
        {
            return rejected;
        }

        // What needs no state is checked beside the writing of blocks, by as many threads as there are.
        var bytes = envelope.ToByteString();
        var queued = new Queued(bytes, Task.Run(() => Check(bytes), CancellationToken.None));
        try
        {
            await _queue.Writer.WriteAsync(queued, cancellationToken).ConfigureAwait(false);
            return new BroadcastResult(Status.Success, "");
        }
        catch (ChannelClosedException)
        {
            return new BroadcastResult(Status.ServiceUnavailable, _failure ?? "the ordering service is stopping");
        }
    }

    /// <summary>Stops taking envelopes, and commits those that were taken, if there is room for them.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    // One envelope that nobody foresaw must not stop the channel for all.
    private OrderedTransaction Check(ByteString bytes)
    {
        try
        {
            return _checks.Check(bytes);
        }
        catch (Exception exception)
        {
            OrderingLog.Unforeseen(_log, exception);
            return new OrderedTransaction { Envelope = bytes, FormCode = TxValidationCode.InvalidOtherReason };
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var cutter = new BlockCutter<Queued>(_queue.Reader, _batch, queued => queued.Bytes.Length, _time);
            while (await cutter.NextAsync().ConfigureAwait(false) is { } batch)
            {
                var transactions = await Task.WhenAll(batch.Select(queued => queued.Checked)).ConfigureAwait(false);
                var previous = _ledger.GetBlock(_ledger.Height - 1)!.Header;
                await CommitAsync(
                    _assembler.Assemble(previous, [.. batch.Select(queued => queued.Bytes)]), transactions)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // A ledger that cannot be written must not look alive: every later broadcast says so.
            _failure = $"the ledger cannot be written: {exception.Message}";
            _queue.Writer.TryComplete();
            OrderingLog.Stopped(_log, exception);
        }
    }

    /// <summary>
    /// Commits a block, and waits for as long as the disk has no room for it: what was taken is in the block, and
    /// nothing more is taken meanwhile.
    /// </summary>
    private async Task CommitAsync(Block block, IReadOnlyList<OrderedTransaction> transactions)
    {
        while (true)
        {
            try
            {
                _ledger.Commit(block, transactions);
                if (_failure is not null)
                {
                    _failure = null;
                    OrderingLog.GoesOn(_log, block.Header.Number);
                }

                return;
            }
            catch (SqliteException exception) when (LedgerDatabase.MayHaveRoomLater(exception)
                && !_stopping.IsCancellationRequested)
            {
                if (_failure is null)
                {
                    OrderingLog.NoRoom(_log, block.Header.Number, exception);
                }

                _failure = $"the ledger cannot be written ({exception.Message}); it goes on by itself when there is "
                    + "room on its disk";
            }

            await Task.Delay(RetryInterval, _time, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private sealed record Queued(ByteString Bytes, Task<OrderedTransaction> Checked);
}

/// <summary>The ordering service's log lines.</summary>
internal static partial class OrderingLog
{
    [LoggerMessage(LogLevel.Critical, "The ledger cannot be written, so nothing is ordered any more: mend it, restart")]
    public static partial void Stopped(ILogger logger, Exception exception);

    [LoggerMessage(LogLevel.Critical, "Block {Number} finds no room on the disk: nothing is ordered until it does")]
    public static partial void NoRoom(ILogger logger, ulong number, Exception exception);

    [LoggerMessage(LogLevel.Warning, "Block {Number} found room on the disk: ordering goes on")]
    public static partial void GoesOn(ILogger logger, ulong number);

    [LoggerMessage(LogLevel.Error, "A transaction could not be checked and is marked invalid. Please report this.")]
    public static partial void Unforeseen(ILogger logger, Exception exception);
}
