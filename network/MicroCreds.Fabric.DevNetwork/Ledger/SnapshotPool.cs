namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Hands out the newest snapshot and reuses the connections of old ones. Thread-safe.</summary>
internal sealed class SnapshotPool(LedgerDatabase database) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Stack<LedgerReader> _idle = new();
    private StateSnapshot? _current;
    private bool _disposed;

    public StateSnapshot Acquire()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _current ??= new StateSnapshot(_idle.TryPop(out var reader) ? reader : database.OpenReader());
            _current.Users++;
            return _current;
        }
    }

    public void Release(StateSnapshot snapshot)
    {
        lock (_gate)
        {
            if (--snapshot.Users == 0 && snapshot.Outdated)
            {
                Recycle(snapshot);
            }
        }
    }

    /// <summary>Makes the next simulation start on the state after a commit.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            if (_current is { } outdated)
            {
                _current = null;
                outdated.Outdated = true;
                if (outdated.Users == 0)
                {
                    Recycle(outdated);
                }
            }
        }
    }

    public void Dispose()
    {
        Renew();
        lock (_gate)
        {
            _disposed = true;
            while (_idle.TryPop(out var reader))
            {
                reader.Dispose();
            }
        }
    }

    private void Recycle(StateSnapshot snapshot)
    {
        if (_disposed)
        {
            snapshot.Reader.Dispose();
            return;
        }

        snapshot.Reader.EndSnapshot();
        _idle.Push(snapshot.Reader);
    }
}
