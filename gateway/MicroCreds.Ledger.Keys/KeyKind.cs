namespace MicroCreds.Ledger.Keys;

/// <summary>A kind of key.</summary>
public enum KeyKind
{
    /// <summary>ECDSA on the curve P-256, over SHA-256.</summary>
    P256,

    /// <summary>Ed25519, without a hash before it.</summary>
    Ed25519,
}
