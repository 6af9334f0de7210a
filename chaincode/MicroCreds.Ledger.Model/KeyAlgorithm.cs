namespace MicroCreds.Ledger.Model;

/// <summary>The algorithms of institutions' signing keys.</summary>
public enum KeyAlgorithm
{
    /// <summary>ECDSA on P-256 with SHA-256; signatures are r followed by s, 64 bytes.</summary>
    P256,

    /// <summary>Ed25519 (RFC 8032); signatures are 64 bytes.</summary>
    Ed25519,
}
