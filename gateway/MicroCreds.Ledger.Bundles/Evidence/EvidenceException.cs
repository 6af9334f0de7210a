namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>Something in a bundle does not prove what it should.</summary>
public sealed class EvidenceException(string message, Exception? cause = null) : Exception(message, cause);
