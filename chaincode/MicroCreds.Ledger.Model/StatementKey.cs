namespace MicroCreds.Ledger.Model;

/// <summary>
/// What verifies an institution's statements: an elliptic key, and beside it, where the ledger has one, a key of
/// ML-DSA-44. Then a statement has both signatures, the elliptic one first, and neither counts alone. Thread-safe.
/// </summary>
/// <param name="elliptic">The elliptic half, which credentials and DID documents have alone.</param>
/// <param name="mlDsa">The other half. Default is none.</param>
public sealed class StatementKey(PublicKey elliptic, MlDsaKey? mlDsa = null)
{
    /// <summary>The elliptic half.</summary>
    public PublicKey Elliptic { get; } = elliptic ?? throw new ArgumentNullException(nameof(elliptic));

    /// <summary>The half of ML-DSA-44; none of a key that has none.</summary>
    public MlDsaKey? MlDsa { get; } = mlDsa;

    /// <summary>The length of every signature, in bytes.</summary>
    public int SignatureLength => PublicKey.SignatureLength + (MlDsa is null ? 0 : MlDsaKey.SignatureLength);

    /// <summary>Reads a key as the ledger has it.</summary>
    /// <exception cref="FormatException">One of its halves is no usable key.</exception>
    public static StatementKey Of(SigningKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new StatementKey(
            Multikey.Parse(key.PublicKeyMultibase),
            key.MlDsaMultibase is { } mlDsa ? MlDsaKey.Parse(mlDsa) : null);
    }

    /// <summary>Tells whether both halves signed the message; false for a signature of another length.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureLength
        && Elliptic.Verify(message, signature[..PublicKey.SignatureLength])
        && MlDsa?.Verify(message, signature[PublicKey.SignatureLength..]) != false;
}
