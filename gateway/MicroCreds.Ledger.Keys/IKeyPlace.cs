namespace MicroCreds.Ledger.Keys;

/// <summary>Where keys are made and stay. Thread-safe.</summary>
public interface IKeyPlace : IAsyncDisposable
{
    /// <summary>What it is called, for messages.</summary>
    string Name { get; }

    /// <summary>Finds one key.</summary>
    /// <param name="address">How the key is called there: an object's label, an alias.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KeyUnavailableException">
    /// The place cannot be reached, or it has no such key, or several, or one of another kind.
    /// </exception>
    Task<IPlacedKey> FindAsync(string address, CancellationToken cancellationToken);

    /// <summary>Lists the keys of one label; none is an empty list.</summary>
    /// <param name="label">What the keys share.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KeyUnavailableException">The place cannot be reached, or a key is of another kind.</exception>
    Task<IReadOnlyList<IPlacedKey>> ListAsync(string label, CancellationToken cancellationToken);

    /// <summary>Makes a key that never leaves.</summary>
    /// <param name="label">What it shares with others of its use.</param>
    /// <param name="kind">The kind of key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="KeyUnavailableException">The place cannot be reached, or makes no such key.</exception>
    Task<IPlacedKey> CreateAsync(string label, KeyKind kind, CancellationToken cancellationToken);
}
