using System.Data;
using System.Data.Common;
using System.Threading.Channels;

namespace MicroCreds.Ledger.Store;

/// <summary>Runs writes one after the other, and commits together those that wait together.</summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>The most writes that wait; further callers wait to be let in.</summary>
    private const int MaxQueued = 4096;

    /// <summary>The most writes that share one commit.</summary>
    private const int MaxPerCommit = 256;

    private readonly Database _owner;
    private readonly Task _running;
    private readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    private DbConnection? _writer;

    public WriteQueue(Database owner)
    {
        _owner = owner;
        _running = Task.Run(RunAsync);
    }

    public async Task<T> EnqueueAsync<T>(Func<DbConnection, T> work)
    {
        var write = new Write<T>(work);
        await _waiting.Writer.WriteAsync(write);
        return await write.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
        if (_writer is not null) await _writer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var together = new List<Write>(MaxPerCommit);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            together.Clear();
            while (together.Count < MaxPerCommit && _waiting.Reader.TryRead(out var write))
                together.Add(write);
            Commit(together);
        }
    }

    private void Commit(List<Write> together)
    {
        bool isCommitting = false;
        try
        {
            var writer = Begin();

            // A lone one has no neighbours that it could spoil.
            if (together.Count == 1)
                together[0].Run(writer);
            else
                RunEach(together, writer);
            isCommitting = true;
            writer.Run("COMMIT");
        }
        catch (Exception exception)
        {
            // Nothing of it is on disk (a commit that failed, a disk that is full), unless nobody can say.
            var told = isCommitting && _owner.MayHaveCommitted(exception)
                ? new StoreOutcomeUnknownException(
                    "The database's answer to a commit did not arrive: what was written may be there or not.",
                    exception)
                : _owner.Explain(exception);
            Undo();
            foreach (var write in together)
                write.Fail(told);
            return;
        }

        foreach (var write in together)
            write.Complete();
    }

    /// <summary>Begins a transaction; a connection that was lost while nothing was going on is made anew.</summary>
    private DbConnection Begin()
    {
        bool isNew = _writer is null;
        var writer = _writer ??= _owner.OpenWriter();
        try
        {
            writer.Run(_owner.BeginAlone);
            return writer;
        }
        catch (DbException) when (!isNew && writer.State != ConnectionState.Open)
        {
            Drop();
            writer = _writer = _owner.OpenWriter();
            writer.Run(_owner.BeginAlone);
            return writer;
        }
    }

    private void RunEach(List<Write> together, DbConnection writer)
    {
        foreach (var write in together)
        {
            writer.Run("SAVEPOINT one");
            try
            {
                write.Run(writer);
                writer.Run("RELEASE SAVEPOINT one");
            }
            catch (Exception exception) when (writer.State == ConnectionState.Open
                && _owner.Explain(exception) is not StoreUnavailableException)
            {
                // One that fails takes back its own changes and none of its neighbours'.
                writer.Run("ROLLBACK TO SAVEPOINT one");
                writer.Run("RELEASE SAVEPOINT one");
                write.Fail(exception);
            }
        }
    }

    private void Undo()
    {
        try
        {
            if (_writer?.State == ConnectionState.Open)
                _writer.Run("ROLLBACK");
            else
                Drop();
        }
        catch (DbException)
        {
            // SQLite ends a transaction by itself when the disk is full; a connection that is gone is made anew.
            if (_writer?.State != ConnectionState.Open) Drop();
        }
    }

    private void Drop()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private abstract class Write
    {
        public abstract void Run(DbConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<DbConnection, T> work) : Write
    {
        private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Completion => _source.Task;

        public override void Run(DbConnection connection) => _result = work(connection);

        public override void Complete() => _source.TrySetResult(_result!);

        public override void Fail(Exception exception) => _source.TrySetException(exception);
    }
}
