using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Leaves;

/// <summary>What was so before a block, as far as its leaves depend on it.</summary>
public sealed record LogBasis
{
    /// <summary>The ledger's name, by its founding; empty before.</summary>
    public required string Ledger { get; init; }

    /// <summary>Who the members were.</summary>
    public required Members Members { get; init; }

    /// <summary>Finds an institution, with the keys that count.</summary>
    public required Func<string, Institution?> FindInstitution { get; init; }

    /// <summary>Tells whether a statement has a leaf already, by its <see cref="StatementDigest"/>.</summary>
    public required Func<string, bool> HasLeaf { get; init; }
}
