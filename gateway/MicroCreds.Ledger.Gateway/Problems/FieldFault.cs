namespace MicroCreds.Ledger.Gateway.Problems;

/// <summary>One fault of a request.</summary>
/// <param name="Place">Where, as a JSON pointer into the body, or the name of the parameter or header.</param>
/// <param name="Reason">What is wrong, and what would be right. Never repeats a recipient's data.</param>
/// <param name="Row">The row of a batch, from 1; absent elsewhere.</param>
public sealed record FieldFault(string Place, string Reason, int? Row = null);
