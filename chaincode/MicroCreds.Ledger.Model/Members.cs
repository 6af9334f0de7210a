namespace MicroCreds.Ledger.Model;

/// <summary>
/// The members whose peers endorse: the one record that the endorsement policies of all others are made from.
/// </summary>
/// <param name="MspIds">The members' MSPs, sorted ordinally.</param>
public sealed record Members(IReadOnlyList<string> MspIds);
