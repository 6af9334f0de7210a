using System.Collections.Concurrent;
using System.Data.Common;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Auditing;

/// <summary>
/// Notes what the gateway does when no request is under way: what it writes to the ledger, and what it deletes. The
/// ledger is tried until it takes a write; the log has one attempt for all these tries, and its outcome. Thread-safe.
/// </summary>
public sealed partial class BackgroundTrail(
    AuditLog log, TimeProvider time, ILogger<BackgroundTrail> logger)
{
    private readonly ConcurrentDictionary<(string Action, string? Subject), long> _attempts = [];

    /// <summary>Writes to the ledger between two entries; if that fails, it is the same attempt when it is tried again.
    /// </summary>
    /// <exception cref="StoreException">The attempt could not be noted, so that nothing was attempted.</exception>
    public async Task<Committed<T>> NoteAsync<T>(string action, string? subject, Func<Task<Committed<T>>> write)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(write);
        await BeginAsync(action, subject);
        try
        {
            var committed = await write();
            await EndAsync(action, subject, StatusCodes.Status200OK);
            return committed;
        }
        catch (LedgerRefusedException exception) when (exception.IsFinal)
        {
            await EndAsync(action, subject, StatusCodes.Status409Conflict);
            throw;
        }
    }

    /// <summary>Notes that the gateway is about to do something, unless it is at it already.</summary>
    /// <exception cref="StoreException">It could not be noted, so that it must not be done.</exception>
    public async Task BeginAsync(string action, string? subject)
    {
        if (!_attempts.ContainsKey((action, subject)))
            _attempts[(action, subject)] = await log.WriteAsync(DraftOf(AuditPhase.Attempt, action, subject));
    }

    /// <summary>Notes what became of it; nothing, if it was not begun.</summary>
    public async Task EndAsync(string action, string? subject, int status)
    {
        if (!_attempts.TryRemove((action, subject), out long attempt))
            return;
        try
        {
            await log.WriteAsync(DraftOf(AuditPhase.Outcome, action, subject) with
            {
                Attempt = attempt,
                Status = status,
            });
        }
        catch (Exception exception)
        {
            LogLost(exception, attempt);
        }
    }

    /// <summary>Makes the entry of what was done to an issuance after its request, for the same transaction.</summary>
    public Action<DbConnection> NoteOf(string action, StoredIssuance issuance)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        return connection => Note(connection, action, issuance);
    }

    /// <summary>Notes what was done to an issuance after its request, in the same transaction.</summary>
    public void Note(DbConnection connection, string action, StoredIssuance issuance)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        var actor = RecordActors.OfIssuance(connection, issuance.Id) ?? Caller.Gateway;
        string subject = issuance.Kind == IssuanceKind.Batch || issuance.Root is null
            ? AuditSubject.Of("batch", issuance.Id)
            : $"{AuditedRoutes.Credential}:{issuance.Root}.{issuance.Leaf}";
        var draft = new AuditDraft(AuditPhase.Done, actor, action, subject, From: null);
        AuditLog.Append(connection, draft, time.GetUtcNow());
    }

    /// <summary>Makes the entry of what went since it was too old, in the store's transaction.</summary>
    public Action<DbConnection, int> NoteOfOld(string action, string kind) => (connection, count) =>
        AuditLog.Append(
            connection, DraftOf(AuditPhase.Done, action, AuditSubject.Of(kind, $"{count}")), time.GetUtcNow());

    private static AuditDraft DraftOf(string phase, string action, string? subject) =>
        new(phase, Caller.Gateway, action, subject, From: null);

    [LoggerMessage(LogLevel.Error, "The outcome of the gateway's own attempt {Attempt} is not in the audit log")]
    private partial void LogLost(Exception exception, long attempt);
}
