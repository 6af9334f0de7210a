namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>What was read of what a browser keeps, or is about to keep.</summary>
/// <param name="Credentials">The credentials within.</param>
/// <param name="Faults">What could not be read.</param>
public sealed record KeptReading(IReadOnlyList<KeptCredential> Credentials, IReadOnlyList<KeptFault> Faults);
