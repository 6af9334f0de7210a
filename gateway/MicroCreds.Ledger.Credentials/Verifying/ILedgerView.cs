using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>What a verifier needs to see of the ledger.</summary>
public interface ILedgerView
{
    /// <summary>Finds all that the ledger says about one credential, in one question.</summary>
    /// <param name="mspId">The institution that the credential says anchored it.</param>
    /// <param name="root">The issuance's root.</param>
    /// <param name="index">The index in its tree.</param>
    /// <param name="achievement">What the credential attests; null means the issuance's only one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be asked.</exception>
    ValueTask<AnchorView> FindAnchorAsync(
        string mspId, string root, int index, AchievementReference? achievement,
        CancellationToken cancellationToken);
}

/// <summary>What the ledger says about one credential.</summary>
public sealed record AnchorView
{
    /// <summary>The records; absent, or without an issuance, if the root is not anchored.</summary>
    public Anchor? Anchor { get; init; }

    /// <summary>
    /// What the ledger says of the achievement that the credential attests; absent where that is not known.
    /// </summary>
    public Achievement? Achievement { get; init; }

    /// <summary>
    /// All that says whether the issuer was accredited; absent where that is not known, as without the ledger.
    /// </summary>
    public AccreditationRecords? Accreditation { get; init; }

    /// <summary>Where the issuance was written; absent if that is not known yet.</summary>
    public LedgerPosition? AnchoredAt { get; init; }

    /// <summary>Where the status was written; absent without one, or if that is not known.</summary>
    public LedgerPosition? StatusAt { get; init; }

    /// <summary>
    /// What could not be read of the ledger's records on this credential; then no record is given, for a part of them
    /// could say what the rest does not.
    /// </summary>
    public string? Unreadable { get; init; }

    /// <summary>What could not be read of the records that say whether the issuer was accredited.</summary>
    public string? UnreadableAccreditation { get; init; }

    /// <summary>How far the view reaches.</summary>
    public LedgerMoment? AsOf { get; init; }

    internal WritingTime WritingTimeOf(Issuance issuance) => new(AnchoredAt?.Time, issuance.IssuedAt);

    internal WritingTime WritingTimeOf(Status status) => new(StatusAt?.Time, status.ChangedAt);
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

/// <summary>
/// A record on the ledger cannot be read here, as one that a newer contract wrote: what depends on it cannot be said.
/// </summary>
public sealed class RecordUnreadableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The ledger cannot be asked now.</summary>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
