using System.Collections.Concurrent;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>
/// A token as it was opened once: logged in, with a pool of sessions. Whatever ends it, another is opened in its place.
/// Thread-safe.
/// </summary>
internal sealed class Pkcs11Connection : IDisposable
{
    private readonly Pkcs11Module _module;
    private readonly ISlot _slot;
    private readonly ConcurrentBag<ISession> _idle = [];
    private readonly SemaphoreSlim _free;
    private int _open = 1;
    private volatile bool _closed;

    /// <param name="module">The library.</param>
    /// <param name="generation">When the library was started.</param>
    /// <param name="slot">Where the token is.</param>
    /// <param name="first">A session that is logged in: a login is for all sessions of a process.</param>
    /// <param name="maxSessions">How many sessions there may be.</param>
    public Pkcs11Connection(Pkcs11Module module, int generation, ISlot slot, ISession first, int maxSessions)
    {
        (_module, Generation, _slot) = (module, generation, slot);
        _idle.Add(first);
        _free = new SemaphoreSlim(maxSessions);
    }

    /// <summary>When the library was started that this is a connection of.</summary>
    public int Generation { get; }

    /// <summary>The keys' handles, which hold as long as the connection does.</summary>
    public ConcurrentDictionary<string, IObjectHandle> Handles { get; } = new(StringComparer.Ordinal);

    /// <summary>Works with a session of the pool, on a thread that may be blocked.</summary>
    /// <param name="work">The work.</param>
    /// <param name="timeout">How long it may take, the waiting for a session included.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="TimeoutException">It took longer.</exception>
    /// <exception cref="Pkcs11Exception">The token refused.</exception>
    public async Task<T> RunAsync<T>(
        Func<ISession, T> work, TimeSpan timeout, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!await _free.WaitAsync(timeout, cancellationToken).ConfigureAwait(false)) throw new TimeoutException();

            // A call that hangs keeps its session; the others go on with the rest.
            var call = Task.Run(() => Call(work), CancellationToken.None);
            var (isDone, result) = await call.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
            if (isDone) return result;
        }
    }

    /// <summary>Ends the sessions that nobody works with; the others end when they come back.</summary>
    public void Dispose()
    {
        _closed = true;
        while (_idle.TryTake(out var session)) End(session);
    }

    /// <summary>Calls with a session; none is to be had where the token's limit is below ours.</summary>
    private (bool IsDone, T Result) Call<T>(Func<ISession, T> work)
    {
        bool isMine = true;
        try
        {
            return _module.Call(_ =>
            {
                if (_closed || _module.Generation != Generation)
                    throw new Pkcs11Exception("C_OpenSession", CKR.CKR_SESSION_CLOSED);
                if (!TryTake(out var session))
                {
                    // The token has fewer sessions than we may have: this place in the queue is given up for good.
                    isMine = false;
                    return (false, default(T)!);
                }

                try
                {
                    return (true, work(session));
                }
                finally
                {
                    _idle.Add(session);
                    if (_closed) Dispose();
                }
            });
        }
        finally
        {
            if (isMine) _free.Release();
        }
    }

    private bool TryTake(out ISession session)
    {
        if (_idle.TryTake(out session!)) return true;
        try
        {
            session = _slot.OpenSession(SessionType.ReadWrite);
            Interlocked.Increment(ref _open);
            return true;
        }
        catch (Pkcs11Exception exception) when (exception.RV == CKR.CKR_SESSION_COUNT && Volatile.Read(ref _open) > 0)
        {
            return false;
        }
    }

    private void End(ISession session)
    {
        // A handle of an earlier time of the library may be another's by now.
        if (_module.Generation != Generation) return;
        try
        {
            session.Dispose();
        }
        catch (Pkcs11Exception)
        {
            // It is gone already.
        }
    }
}
