namespace MicroCreds.Ledger.Benchmarks;

/// <summary>Something that keeps a measure from being taken; the message says what, and the mend.</summary>
public sealed class BenchmarkException(string message) : Exception(message);
