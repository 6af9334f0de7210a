namespace MicroCreds.Ledger.CommandLine.Inputs;

/// <summary>Something to work on.</summary>
/// <param name="Name">What it is called in answers: a file's path, an address, or <c>-</c>.</param>
/// <param name="Bytes">What it holds; null if it cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal sealed record Input(string Name, byte[]? Bytes, string? Fault = null);
