namespace MicroCreds.Ledger.Keys;

/// <summary>A key whose private half stays where it lies. Thread-safe.</summary>
public interface IPlacedKey
{
    /// <summary>What it is called there, for messages.</summary>
    string Name { get; }

    /// <summary>The kind of key.</summary>
    KeyKind Kind { get; }

    /// <summary>The public key: the uncompressed point (65 bytes) for P-256, 32 bytes for Ed25519.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs.</summary>
    /// <param name="input">The SHA-256 of the message for P-256, the whole message for Ed25519.</param>
    /// <param name="cancellationToken">Cancels the waiting; what was sent is not taken back.</param>
    /// <returns>64 bytes: r followed by s for P-256.</returns>
    /// <exception cref="KeyUnavailableException">The place or the key cannot be used now.</exception>
    ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken);
}
