using Grpc.Core;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// Keeps the projection at the peer's heels: reads blocks as they come, reopens the stream when it breaks, and asks the
/// peer every moment how far its chain reaches, so that a stream which went silent is noticed.
/// </summary>
public sealed partial class ProjectionFollower(
    LedgerProjection projection, ILedgerConnection connection, GatewayServiceOptions options, TimeProvider time,
    ILogger<ProjectionFollower> logger)
    : BackgroundService
{
    /// <summary>How often the peer is asked how far its chain reaches.</summary>
    public static readonly TimeSpan PulseInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How old the peer's last answer may be for the projection to count as current; older, the peer itself is asked. A
    /// break of the line that nobody reports could hide a revocation for no longer than this.
    /// </summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How many blocks the stream may be ahead of the peer's last answer: as many as are cut between two of them.
    /// </summary>
    private const int MaxLead = 1000;

    private static readonly TimeSpan PulseTimeout = TimeSpan.FromSeconds(3);
    private static readonly string NoAnswer = $"no answer came within {MaxSilence.TotalSeconds:F0} s";
    private static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(500);

    private long _answeredAt = long.MinValue;
    private long _newest = -1;
    private long _currentAt = time.GetTimestamp();
    private volatile string _silence = "it has not been asked yet";
    private volatile string? _refusal;

    /// <summary>Whether the peer answered a moment ago.</summary>
    public bool IsPeerReachable
    {
        get
        {
            long answeredAt = Volatile.Read(ref _answeredAt);
            return answeredAt != long.MinValue && time.GetElapsedTime(answeredAt) < MaxSilence;
        }
    }

    /// <summary>
    /// Whether the projection holds everything that the peer had when it answered last, a moment ago. Only then may it
    /// speak for the ledger: an old view would call a revoked credential valid.
    /// </summary>
    public bool IsCurrent
    {
        get
        {
            // A peer whose chain is far shorter than what was mirrored holds another ledger, or was set back.
            long newest = Volatile.Read(ref _newest);
            return IsPeerReachable && projection.Head is { } head
                && (long)head.Block >= newest && (long)head.Block <= newest + MaxLead;
        }
    }

    /// <summary>Why the peer does not count as reachable, and the mend; null if it does.</summary>
    public string? PeerFault => IsPeerReachable ? null
        : _refusal is { } refusal
        ? $"The peer at {options.PeerEndpoint} answers and refuses this gateway: {refusal}. Set the clocks of both by "
            + "NTP, and look at the certificate of UserCert: scripts/doctor.sh tells which is wrong."
        : $"The peer at {options.PeerEndpoint} does not answer: {_silence}. Start it, or mend the way there "
            + "(PeerEndpoint, PeerTlsCa, PeerTlsName); scripts/doctor.sh tells which is missing.";

    /// <summary>Why the projection may not speak for the ledger, and the mend; null if it may.</summary>
    public string? ProjectionFault
    {
        get
        {
            if (IsCurrent) return null;
            if (!IsPeerReachable)
            {
                return "Whether the projection holds every block that the peer has cannot be told while the peer does "
                    + "not answer: see the check peer.";
            }

            string held = projection.Head is { } head ? $"ends at block {head.Block}" : "holds no block yet";
            return projection.Head?.Block > (ulong)(NewestAtPeer + MaxLead)
                ? $"The projection {held}, and the peer has no more than block {NewestAtPeer}: it holds another "
                    + "ledger, or was set back. Let it catch up, or connect to the peer of before."
                : $"The projection {held}, and the peer has block {NewestAtPeer}: it reads on by itself. If it stays "
                    + "there, the stream of blocks does not come through: the gateway's log has the cause.";
        }
    }

    /// <summary>The newest block that the peer spoke of; -1 before its first answer.</summary>
    public long NewestAtPeer => Volatile.Read(ref _newest);

    /// <summary>How long ago the projection last held all that the peer had; zero while it does.</summary>
    public TimeSpan Lag
    {
        get
        {
            if (IsCurrent)
                Volatile.Write(ref _currentAt, time.GetTimestamp());
            return time.GetElapsedTime(Volatile.Read(ref _currentAt));
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(FollowAsync(stoppingToken), PulseAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        bool wasLost = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var block in connection.ReadBlocksAsync(projection.NextBlock, stoppingToken))
                {
                    if (wasLost)
                        LogFound(projection.NextBlock);
                    wasLost = false;
                    await ApplyAsync(BlockReader.Read(block, options.Chaincode));
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // Whatever it is, verifying must go on: meanwhile the peer is asked directly, or the answer is
                // "unknown".
                if (!wasLost)
                    LogLost(exception, projection.NextBlock);
                wasLost = true;
                DoubtPeer(exception);
            }

            await PauseAsync(ReopenPause, stoppingToken);
        }
    }

    private async Task ApplyAsync(LedgerBlock block)
    {
        using var span = TransactionTraces.StartBlock(block.Number, block.Transactions.Select(one => one.Id));
        int before = projection.Unreadable.Count;
        foreach (string transaction in await projection.ApplyAsync(block))
            LogDoubtful(transaction, block.Number);
        if (projection.Unreadable.Count > before)
            LogUnreadable(block.Number, projection.Unreadable.Count);
    }

    private async Task PulseAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                deadline.CancelAfter(PulseTimeout);
                long asked = time.GetTimestamp();
                ulong newest = await connection.GetNewestBlockAsync(deadline.Token);
                Volatile.Write(ref _newest, (long)newest);
                Volatile.Write(ref _answeredAt, asked);
                _silence = NoAnswer; // What is said if the next answer is late.
                _refusal = null;
                if (IsCurrent)
                    Volatile.Write(ref _currentAt, asked);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                LogSilent(exception);
                DoubtPeer(exception);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await PauseAsync(PulseInterval, stoppingToken);
        }
    }

    /// <summary>After an error the projection may not speak for the ledger until the peer has answered again.</summary>
    private void DoubtPeer(Exception exception)
    {
        // Who refuses is there: starting it, or mending the way to it, would mend nothing.
        _refusal = exception is LedgerRefusedException ? exception.Message.TrimEnd('.') : null;

        // What gRPC says of a call that this gateway's own deadline ended tells nobody anything.
        _silence = exception is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled }
            ? NoAnswer
            : exception.Message.TrimEnd('.');
        Volatile.Write(ref _answeredAt, long.MinValue);
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(pause, time, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The loop's own condition ends it.
            return;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The stream of blocks broke before block {Next}; reopening it")]
    private partial void LogLost(Exception exception, ulong next);

    [LoggerMessage(LogLevel.Information, "The stream of blocks goes on at block {Next}")]
    private partial void LogFound(ulong next);

    [LoggerMessage(LogLevel.Warning, "Transaction {Transaction} in block {Block} has an impossible time, which was "
        + "passed over, an event that tells another record than it wrote or a record in another member's name, which "
        + "were left out, or used private collections, which the contract has none of")]
    private partial void LogDoubtful(string transaction, ulong block);

    [LoggerMessage(LogLevel.Warning, "Block {Block} brought records that this gateway cannot read: /readyz names "
        + "them, {Count} in all; upgrade it")]
    private partial void LogUnreadable(ulong block, int count);

    [LoggerMessage(LogLevel.Debug, "The peer does not say how far its chain reaches")]
    private partial void LogSilent(Exception exception);
}
