using System.Data.Common;
using System.Text;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// A mark in the store that changes with its API keys, whichever gateway changes them: as long as it stays, what is in
/// memory is what is there. Thread-safe.
/// </summary>
internal sealed class ApiKeyVersion(GatewayStore store, TimeProvider time)
{
    /// <summary>How often it is looked at, at most.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>How often at most if a key is not known, which may have been made a moment ago.</summary>
    public static readonly TimeSpan UrgentPace = TimeSpan.FromMilliseconds(100);

    private const string Setting = "apiKeys";

    private volatile string? _seen = store.ReadText(Setting);
    private long _lookedAt = time.GetTimestamp();

    /// <summary>Notes a change, in its own transaction.</summary>
    public static void Raise(DbConnection connection) =>
        GatewayStore.WriteSetting(connection, Setting, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")));

    /// <summary>
    /// Reads the keys again if they were changed. While the database is out of reach nobody knows: what was withdrawn
    /// is told by the ledger, too.
    /// </summary>
    /// <param name="isUrgent">Whether somebody asks for one that is not known.</param>
    /// <param name="load">Reads the keys.</param>
    public void LoadIfChanged(bool isUrgent, Action load)
    {
        if (!store.Database.IsShared) return;
        long before = Interlocked.Read(ref _lookedAt);
        if (time.GetElapsedTime(before) < (isUrgent ? UrgentPace : Pace)
            || Interlocked.CompareExchange(ref _lookedAt, time.GetTimestamp(), before) != before)
            return;
        try
        {
            string? now = store.ReadText(Setting);
            if (now == _seen) return;
            load();
            _seen = now;
        }
        catch (Exception exception) when (StoreUnavailableException.Of(exception) is not null)
        {
            // Asked again by the next caller, in a while.
            return;
        }
    }
}
