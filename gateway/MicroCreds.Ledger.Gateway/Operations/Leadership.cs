using System.Security.Cryptography;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Sees to it that of all gateways on a database one leads what must be done once, and that another one does soon when
/// that ends. Who leads may learn a moment late that it does not any more: what it writes is judged by the store, not
/// by this. Thread-safe.
/// </summary>
public sealed partial class Leadership(GatewayStore store, TimeProvider time, ILogger<Leadership> logger)
    : BackgroundService
{
    /// <summary>How often it is asked who leads.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(500);

    private const int MarkBytes = 2;
    private const int MaxMachineName = 40;

    private readonly Lock _turn = new();
    private TaskCompletionSource<CancellationToken> _next = NewTerm();
    private CancellationTokenSource? _term;
    private volatile string? _leader;

    /// <summary>
    /// What this gateway is called among the others: its machine, and what tells two of one machine apart.
    /// </summary>
    public string Instance { get; } = NameOf(Environment.MachineName);

    /// <summary>Whether this gateway leads.</summary>
    public bool Leads
    {
        get
        {
            lock (_turn) return _term is not null;
        }
    }

    /// <summary>Who leads; null if that is not known.</summary>
    public string? Leader => _leader;

    /// <summary>Whether there may be others.</summary>
    public bool IsShared => store.Database.IsShared;

    /// <summary>Waits until this gateway leads.</summary>
    /// <returns>What is cancelled as soon as it does not any more.</returns>
    public Task<CancellationToken> LeadAsync(CancellationToken cancellationToken)
    {
        // Who leads need not wait, and would not be told that the service stops.
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<CancellationToken>(cancellationToken);
        lock (_turn) return _next.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Does a work as long as this gateway leads, and again when it does, until the service stops.</summary>
    /// <param name="work">The work; its token is cancelled when the lead is lost.</param>
    /// <param name="stoppingToken">Cancelled when the service stops.</param>
    public Task WhileLeadingAsync(Func<CancellationToken, Task> work, CancellationToken stoppingToken) =>
        WhileLeadingAsync(LeadAsync, work, stoppingToken);

    /// <summary>
    /// Whatever ends a work once the lead is lost, as a database that is gone does, is no failure of it: who leads then
    /// finds all in the store.
    /// </summary>
    internal static async Task WhileLeadingAsync(
        Func<CancellationToken, Task<CancellationToken>> leadAsync, Func<CancellationToken, Task> work,
        CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var term = CancellationTokenSource.CreateLinkedTokenSource(
                    stoppingToken, await leadAsync(stoppingToken));
                try
                {
                    await work(term.Token);
                }
                catch (Exception) when (term.IsCancellationRequested)
                {
                    continue;
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var seat = store.Database.OpenSeat(Instance);
        try
        {
            while (true)
            {
                await AskAsync(seat, stoppingToken);
                await Task.Delay(IsShared ? Pace : Timeout.InfiniteTimeSpan, time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops, and makes way.
            return;
        }
        finally
        {
            End();
        }
    }

    private static TaskCompletionSource<CancellationToken> NewTerm() =>
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string NameOf(string machine) =>
        $"{(machine.Length <= MaxMachineName ? machine : machine[..MaxMachineName])}-"
        + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(MarkBytes));

    private async Task AskAsync(LeaderSeat seat, CancellationToken stoppingToken)
    {
        try
        {
            var (isMine, leader) = await seat.AskAsync(stoppingToken);
            _leader = leader;
            if (isMine) Begin();
            else End();
        }
        catch (StoreUnavailableException exception)
        {
            _leader = null;
            if (End()) LogUnknown(exception);
        }
    }

    private void Begin()
    {
        lock (_turn)
        {
            if (_term is not null) return;
            _term = new CancellationTokenSource();
            _next.SetResult(_term.Token);
        }

        if (IsShared) LogLeads(Instance);
    }

    private bool End()
    {
        CancellationTokenSource? ended;
        lock (_turn)
        {
            ended = _term;
            if (ended is null) return false;
            (_term, _next) = (null, NewTerm());
        }

        ended.Cancel();
        ended.Dispose();
        if (IsShared) LogLeadsNoMore(Instance);
        return true;
    }

    [LoggerMessage(LogLevel.Information, "This gateway, {Instance}, leads")]
    private partial void LogLeads(string instance);

    [LoggerMessage(LogLevel.Information, "This gateway, {Instance}, does not lead any more")]
    private partial void LogLeadsNoMore(string instance);

    [LoggerMessage(LogLevel.Warning, "Who leads is not known: this gateway does not")]
    private partial void LogUnknown(Exception exception);
}
