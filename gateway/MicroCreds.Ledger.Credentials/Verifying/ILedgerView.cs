using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>What a verifier needs to see of the ledger.</summary>
public interface ILedgerView
{
    /// <summary>Finds all that the ledger says about one credential.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    ValueTask<AnchorView> FindAnchorAsync(string root, int index, CancellationToken cancellationToken);

    /// <summary>
    /// Finds all that says whether an institution was accredited for an achievement; null where that is not known, as
    /// without the ledger.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    ValueTask<AccreditationRecords?> FindAccreditationAsync(
        string mspId, AchievementReference achievement, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AccreditationRecords?>(null);
}

/// <summary>What the ledger says about one credential.</summary>
public sealed record AnchorView
{
    /// <summary>The records; absent, or without an issuance, if the root is not anchored.</summary>
    public Anchor? Anchor { get; init; }

    /// <summary>Where the issuance was written; absent if that is not known yet.</summary>
    public LedgerPosition? AnchoredAt { get; init; }

    /// <summary>How far the view reaches.</summary>
    public LedgerMoment? AsOf { get; init; }
}

/// <summary>A place in the chain.</summary>
/// <param name="Block">The block's number.</param>
/// <param name="Position">The transaction's position in the block, from 0.</param>
/// <param name="Time">The latest time of any transaction up to and with this block: it never runs backwards.</param>
public sealed record LedgerPosition(ulong Block, int Position, DateTimeOffset Time);

/// <summary>A height of the chain.</summary>
/// <param name="Block">The newest block's number.</param>
/// <param name="Time">The latest time of any transaction up to and with that block.</param>
public sealed record LedgerMoment(ulong Block, DateTimeOffset Time);

/// <summary>The ledger cannot be asked now.</summary>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
