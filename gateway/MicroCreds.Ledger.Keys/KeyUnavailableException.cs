namespace MicroCreds.Ledger.Keys;

/// <summary>
/// A key, or the place where it lies, cannot be used now. The message says where, why and what mends it; it never holds
/// a PIN or another secret.
/// </summary>
public sealed class KeyUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
