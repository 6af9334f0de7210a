namespace MicroCreds.Ledger.Store;

/// <summary>
/// The place of one process among those who use a database: whoever asks first leads, until it makes way, ends, or
/// cannot reach the database any more. Not thread-safe.
/// </summary>
public abstract class LeaderSeat : IAsyncDisposable
{
    /// <summary>Leads if nobody does, or finds out whether it still leads.</summary>
    /// <exception cref="StoreUnavailableException">The database is out of reach: it does not lead.</exception>
    public abstract Task<Leading> AskAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Who leads.</summary>
/// <param name="IsMine">Whether it is who asked.</param>
/// <param name="Leader">What the leader is called; null while nobody leads.</param>
public readonly record struct Leading(bool IsMine, string? Leader);

/// <summary>The place of a process that has a database to itself.</summary>
internal sealed class SoleSeat(string instance) : LeaderSeat
{
    public override Task<Leading> AskAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new Leading(IsMine: true, instance));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
