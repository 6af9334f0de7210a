namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>How many blocks a peer or an orderer has.</summary>
/// <param name="Node">Its name, for people.</param>
/// <param name="Height">The blocks it has, or null if it does not answer.</param>
internal sealed record NodeHeight(string Node, ulong? Height);
