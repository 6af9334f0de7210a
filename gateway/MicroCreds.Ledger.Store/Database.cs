using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// A database with one writer and any number of readers. Writes are queued and committed together, as many as wait:
/// a lone one is durable after one flush to disk, and a thousand at once do not need a thousand flushes. Thread-safe.
/// </summary>
public abstract class Database : IAsyncDisposable
{
    private readonly WriteQueue _queue;
    private volatile bool _disposed;

    private protected Database() => _queue = new WriteQueue(this);

    /// <summary>What it is called in messages: never with a password.</summary>
    public abstract string Name { get; }

    /// <summary>Whether other processes may use it, too.</summary>
    public abstract bool IsShared { get; }

    /// <summary>
    /// Begins a transaction in which nobody else writes, in this process or in another: what is read in it stays true
    /// until it is committed.
    /// </summary>
    internal abstract string BeginAlone { get; }

    /// <summary>Runs work inside the writer's transaction, and returns once that is committed and durable.</summary>
    /// <exception cref="StoreUnavailableException">The database is out of reach; nothing was changed.</exception>
    /// <exception cref="StoreOutcomeUnknownException">The answer to the commit was lost.</exception>
    /// <exception cref="DbException">The work failed and was undone; what was queued beside it was not.</exception>
    public Task<T> WriteAsync<T>(Func<DbConnection, T> work) => _queue.EnqueueAsync(work);

    /// <summary>Runs work inside the writer's transaction, and returns once that is committed and durable.</summary>
    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Action<DbConnection> work) => WriteAsync(connection =>
    {
        work(connection);
        return true;
    });

    /// <summary>Takes a connection to read with. Dispose what you get, soon.</summary>
    /// <exception cref="StoreUnavailableException">The database is out of reach.</exception>
    public Reader Read()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return new Reader(this, TakeReader());
    }

    /// <summary>
    /// Empties what still holds deleted rows beside the data itself, as far as that is this process's to do. Default is
    /// nothing: a database server has its own rules for it.
    /// </summary>
    /// <param name="cancellationToken">Ends trying.</param>
    public virtual Task EmptyJournalAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Gives one of those who use the database its place among them: one at a time leads. Dispose it to make way.
    /// </summary>
    /// <param name="instance">What the others read of who leads.</param>
    public abstract LeaderSeat OpenSeat(string instance);

    /// <summary>Writes all that it holds into a file, as it stands at one moment.</summary>
    /// <returns>How many rows.</returns>
    public long Export(Stream file)
    {
        using var connection = OpenWriter();
        return StoreCopy.Export(connection, file);
    }

    /// <summary>Checks all that it holds, as it stands at one moment; others write meanwhile.</summary>
    public StoreCheckResult Check()
    {
        using var connection = OpenWriter();
        if (FindDamage(connection) is { Count: > 0 } damage)
            return new StoreCheckResult(0, 0, damage) { IsFileDamaged = true };
        connection.Run(StoreCopy.BeginView(connection));
        var result = StoreCheck.Run(connection);
        connection.Run("COMMIT");
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _queue.DisposeAsync();
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    private protected bool IsDisposed => _disposed;

    /// <summary>Opens the writer's connection; also anew, after it was lost.</summary>
    internal abstract DbConnection OpenWriter();

    /// <summary>Says what a failure is, if it means that the database is out of reach.</summary>
    internal virtual Exception Explain(Exception exception) => exception;

    /// <summary>Tells whether a commit that failed like this may have been carried out all the same.</summary>
    internal virtual bool MayHaveCommitted(Exception exception) => false;

    /// <summary>
    /// Looks whether what it is kept in is whole. Default is nothing: a database server has its own tools for it.
    /// </summary>
    /// <returns>What is not, a sentence each.</returns>
    private protected virtual IReadOnlyList<string> FindDamage(DbConnection connection) => [];

    private protected abstract ReadSession TakeReader();

    private protected abstract void Return(ReadSession session);

    private protected abstract ValueTask CloseAsync();

    /// <summary>A connection on loan.</summary>
    public readonly struct Reader : IDisposable
    {
        private readonly Database _owner;
        private readonly ReadSession _session;

        internal Reader(Database owner, ReadSession session) => (_owner, _session) = (owner, session);

        /// <summary>
        /// Gives a statement with parameters <c>$0</c>, <c>$1</c>…, prepared once for this connection. Where one
        /// connection answers only one question at a time, read its answer to the end before the next.
        /// </summary>
        public DbCommand Prepare(string sql, int parameters) => _session.Prepare(sql, parameters);

        public void Dispose() => _owner.Return(_session);
    }

    /// <summary>A connection with the statements that it has prepared.</summary>
    internal sealed class ReadSession(DbConnection connection) : IDisposable
    {
        private readonly Dictionary<string, DbCommand> _prepared = new(StringComparer.Ordinal);

        public DbCommand Prepare(string sql, int parameters)
        {
            if (!_prepared.TryGetValue(sql, out var command))
                _prepared[sql] = command = connection.Prepare(sql, parameters);
            return command;
        }

        public void Dispose()
        {
            foreach (var command in _prepared.Values)
                command.Dispose();
            connection.Dispose();
        }
    }
}
