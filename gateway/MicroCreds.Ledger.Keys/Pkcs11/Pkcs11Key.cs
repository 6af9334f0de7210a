namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>A key in a token. Thread-safe.</summary>
internal sealed class Pkcs11Key(Pkcs11Token token, string label, byte[] id, KeyKind kind, byte[] publicKey) : IPlacedKey
{
    public string Name => $"{label} ({Convert.ToHexStringLower(id)}) in the {token.Name}";

    public KeyKind Kind => kind;

    public ReadOnlyMemory<byte> PublicKey => publicKey;

    /// <summary>The objects' label.</summary>
    public string Label => label;

    /// <summary>What tells the pair from others of its label.</summary>
    public byte[] Id => id;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        new(token.SignAsync(this, input, cancellationToken));
}
