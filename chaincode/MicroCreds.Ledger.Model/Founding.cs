namespace MicroCreds.Ledger.Model;

/// <summary>
/// The ledger's first record, written once and never changed: its name, by which statements name their consortium, its
/// first members, and the format of all other records. The contract cannot see the channel's blocks, so whoever reads
/// the ledger holds this against block 0 of its own peer.
/// </summary>
public sealed record Founding
{
    /// <summary>The format that this version writes and reads.</summary>
    public const int CurrentFormat = 2;

    /// <summary>The ledger's name; see <see cref="LedgerName"/>.</summary>
    public required string Ledger { get; init; }

    /// <summary>The application organisations of block 0, in the order of their names.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    /// <summary>The format of keys, records and statements. Default is <see cref="CurrentFormat"/>.</summary>
    public int Format { get; init; } = CurrentFormat;

    /// <summary>
    /// Whether each key on this ledger must have a half of ML-DSA-44: true, or absent. It is decided once, for good.
    /// </summary>
    public bool? MlDsaNeeded { get; init; }

    /// <summary>The time of the transaction; the contract sets it.</summary>
    public DateTimeOffset? FoundedAt { get; init; }

    /// <summary>The transaction; the contract sets it.</summary>
    public string? TransactionId { get; init; }
}
