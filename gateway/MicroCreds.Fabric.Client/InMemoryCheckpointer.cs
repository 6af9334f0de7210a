namespace MicroCreds.Fabric.Client;

/// <summary>Keeps the position in memory: good for a broken stream, not for a restart.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class InMemoryCheckpointer : ICheckpointer
{
    private readonly Lock _lock = new();
    private Checkpoint? _position;

    /// <inheritdoc/>
    public ValueTask<Checkpoint?> LoadAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return new ValueTask<Checkpoint?>(_position);
        }
    }

    /// <inheritdoc/>
    public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            _position = checkpoint;
        }

        return ValueTask.CompletedTask;
    }
}
