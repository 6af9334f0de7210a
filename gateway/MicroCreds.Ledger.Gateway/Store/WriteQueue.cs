using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace MicroCreds.Ledger.Gateway.Store;

/// <summary>Runs writes one after the other, and commits together those that wait together.</summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    /// <summary>The most writes that wait; further callers wait to be let in.</summary>
    private const int MaxQueued = 4096;

    /// <summary>The most writes that share one commit.</summary>
    private const int MaxPerCommit = 256;

    private readonly SqliteConnection _writer;
    private readonly Task _running;
    private readonly Channel<Write> _waiting = Channel.CreateBounded<Write>(
        new BoundedChannelOptions(MaxQueued) { SingleReader = true });

    public WriteQueue(SqliteConnection writer)
    {
        _writer = writer;
        _running = Task.Run(RunAsync);
    }

    public async Task<T> EnqueueAsync<T>(Func<SqliteConnection, T> work)
    {
        var write = new Write<T>(work);
        await _waiting.Writer.WriteAsync(write);
        return await write.Completion;
    }

    /// <summary>Runs work on the writer's connection outside of any transaction.</summary>
    public async Task<T> EnqueueAloneAsync<T>(Func<SqliteConnection, T> work)
    {
        var write = new Write<T>(work) { IsAlone = true };
        await _waiting.Writer.WriteAsync(write);
        return await write.Completion;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _running;
        await _writer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        var together = new List<Write>(MaxPerCommit);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            together.Clear();
            Write? alone = null;
            while (together.Count < MaxPerCommit && alone is null && _waiting.Reader.TryRead(out var write))
            {
                if (write.IsAlone) alone = write;
                else together.Add(write);
            }

            if (together.Count > 0) Commit(together);
            if (alone is not null) RunOutside(alone);
        }
    }

    private void Commit(List<Write> together)
    {
        try
        {
            _writer.Run("BEGIN IMMEDIATE");
            foreach (var write in together)
                RunAlone(write);
            _writer.Run("COMMIT");
        }
        catch (Exception exception)
        {
            // Nothing of it is on disk: a commit that failed, or a disk that is full.
            Undo();
            foreach (var write in together)
                write.Fail(exception);
            return;
        }

        foreach (var write in together)
            write.Complete();
    }

    private void RunOutside(Write write)
    {
        try
        {
            write.Run(_writer);
            write.Complete();
        }
        catch (Exception exception)
        {
            write.Fail(exception);
        }
    }

    /// <summary>A write that fails takes back its own changes and none of its neighbours'.</summary>
    private void RunAlone(Write write)
    {
        _writer.Run("SAVEPOINT one");
        try
        {
            write.Run(_writer);
            _writer.Run("RELEASE one");
        }
        catch (Exception exception)
        {
            write.Fail(exception);
            _writer.Run("ROLLBACK TO one; RELEASE one");
        }
    }

    private void Undo()
    {
        try
        {
            _writer.Run("ROLLBACK");
        }
        catch (SqliteException)
        {
            // There is no transaction any more: SQLite ends it by itself when the disk is full.
            return;
        }
    }

    private abstract class Write
    {
        public bool IsAlone { get; init; }

        public abstract void Run(SqliteConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Write<T>(Func<SqliteConnection, T> work) : Write
    {
        private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Completion => _source.Task;

        public override void Run(SqliteConnection connection) => _result = work(connection);

        public override void Complete() => _source.TrySetResult(_result!);

        public override void Fail(Exception exception) => _source.TrySetException(exception);
    }
}
