namespace MicroCreds.Fabric.Client;

/// <summary>Keeps the position up to which events were processed; implement it over the store that processing writes.
/// </summary>
/// <remarks>
/// The library only reads it, whenever a stream is opened. Save after an event has been processed: then a restart
/// repeats at most what was processed and not yet saved, and misses nothing. Saved in the same database transaction as
/// the processing's own writes, nothing is repeated either.
/// </remarks>
public interface ICheckpointer
{
    /// <summary>Returns the saved position, or null when there is none yet.</summary>
    ValueTask<Checkpoint?> LoadAsync(CancellationToken cancellationToken = default);

    /// <summary>Saves the position; it has been stored when the task completes.</summary>
    ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken = default);
}
