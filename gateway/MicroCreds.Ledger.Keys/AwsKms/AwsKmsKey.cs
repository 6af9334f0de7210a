namespace MicroCreds.Ledger.Keys.AwsKms;

/// <summary>A key with AWS KMS. Thread-safe.</summary>
internal sealed class AwsKmsKey(AwsKmsKeys keys, string address, string id, byte[] publicKey) : IPlacedKey
{
    public string Name => $"{address} of AWS KMS";

    public KeyKind Kind => KeyKind.P256;

    public ReadOnlyMemory<byte> PublicKey => publicKey;

    /// <summary>How it was found: an alias, or an id.</summary>
    public string Address => address;

    /// <summary>Its id, which never becomes another key's.</summary>
    public string Id => id;

    public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        new(keys.SignAsync(this, input, cancellationToken));
}
