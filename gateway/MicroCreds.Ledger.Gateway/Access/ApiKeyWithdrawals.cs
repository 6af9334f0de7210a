using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// Brings the withdrawal of API keys onto the ledger, where every later start of this gateway finds it, from whatever
/// copy of its data. What could not be sent is in the store and is sent until it is there. Thread-safe.
/// </summary>
public sealed partial class ApiKeyWithdrawals(
    ApiKeyRing ring, LedgerDoor door, LedgerProjection projection, FirstCatchUp catchUp, BackgroundTrail trail,
    ILogger<ApiKeyWithdrawals> logger)
    : BackgroundService
{
    /// <summary>How long the answer to a withdrawal waits for the ledger.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(2);

    /// <summary>How often it is looked for keys that another gateway withdrew and did not get to the ledger.</summary>
    private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _asked = new(0);

    /// <summary>How many withdrawn keys an older copy of the data would still take.</summary>
    public int Waiting => ring.ListUnrecorded().Count;

    /// <summary>Withdraws a key here, and then on the ledger, for which it does not wait long.</summary>
    /// <returns>The key, which says how far it came; null if there is none of that name.</returns>
    public async Task<ApiKey?> WithdrawAsync(string id)
    {
        if (await ring.RevokeAsync(id) is null)
            return null;
        if (ring.ListUnrecorded().FirstOrDefault(one => one.Id == id) is { } withdrawn
            && !await TryRecordAsync(withdrawn, AnswerTimeout, door.WithdrawApiKeyAsync, CancellationToken.None))
            _asked.Release();
        return ring.Find(id);
    }

    public override void Dispose()
    {
        _asked.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await catchUp.Done.WaitAsync(stoppingToken);
            while (true)
            {
                bool isDone = true;
                foreach (var withdrawn in ring.ListUnrecorded())
                {
                    isDone &= await TryRecordAsync(
                        withdrawn, SendTimeout,
                        (mark, deadline) => trail.NoteAsync(
                            AuditActions.RecordedWithdrawal, AuditSubject.Of("api-key", withdrawn.Id),
                            () => door.WithdrawApiKeyAsync(mark, deadline)),
                        stoppingToken);
                }

                await _asked.WaitAsync(isDone ? LookPause : RetryPause, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The service stops; what was not sent is sent after the next start.
            return;
        }
    }

    private async Task<bool> TryRecordAsync(
        WithdrawnKey withdrawn, TimeSpan timeout,
        Func<string, CancellationToken, Task<Committed<WithdrawnApiKey>>> send, CancellationToken stoppingToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        deadline.CancelAfter(timeout);
        try
        {
            var committed = await send(withdrawn.Mark, deadline.Token);
            await projection.WaitBrieflyAsync(committed.Block, deadline.Token);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            // Whatever it is, the key is withdrawn here; the same transaction sent again finds itself.
            LogWaiting(exception, withdrawn.Id);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "That the API key {Id} is withdrawn is not on the ledger yet; trying again")]
    private partial void LogWaiting(Exception exception, string id);
}
