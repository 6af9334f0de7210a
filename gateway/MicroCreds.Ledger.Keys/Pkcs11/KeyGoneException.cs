namespace MicroCreds.Ledger.Keys.Pkcs11;

/// <summary>
/// A key is not found that was there: it was deleted, or the library has not noticed yet that its token came back.
/// </summary>
internal sealed class KeyGoneException : Exception;
