using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// The one rule for keys that were withdrawn or stolen: may what a key signed count? Whoever answers about a statement
/// asks here.
/// </summary>
/// <remarks>
/// A theft is judged by one clock alone, the moment of the block that wrote the statement. A transaction's own time is
/// its creator's, who may be the thief.
/// </remarks>
public static class KeyRule
{
    /// <summary>
    /// How far the times of two transactions may contradict the order they were committed in: what the contract lets
    /// the clock of a transaction's creator be off.
    /// </summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(15);

    /// <summary>Tells how a key stood when it signed what a block wrote.</summary>
    /// <param name="key">The key as the ledger has it now: that it was stolen is found out later.</param>
    /// <param name="written">When the statement was written.</param>
    /// <param name="isGoodNews">Whether a thief would gain by the statement.</param>
    /// <param name="skew">How far clocks may be off. Default is <see cref="ClockSkew"/>.</param>
    public static KeyStanding StandingOf(
        SigningKey key, WritingTime written, bool isGoodNews, TimeSpan? skew = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (isGoodNews && key.CompromisedSince is { } stolen)
        {
            if (written.Moment is not { } moment) return KeyStanding.MomentUnknown;
            if (moment >= stolen) return KeyStanding.Stolen;
        }

        // Order decides, and the contract kept to it. What contradicts it by more than clocks may be off is wrong.
        var at = written.Moment ?? written.Stated;
        var off = skew ?? ClockSkew;
        if (at < DateTimeOffset.MaxValue - off && at + off < key.ValidFrom) return KeyStanding.NotYetValid;
        return isGoodNews && key.RevokedAt is { } revoked && revoked < DateTimeOffset.MaxValue - off
            && at > revoked + off
            ? KeyStanding.Withdrawn
            : KeyStanding.InForce;
    }
}

/// <summary>How a key stood when it signed.</summary>
public enum KeyStanding
{
    /// <summary>What it signed counts.</summary>
    InForce,

    /// <summary>It was in other hands, and what it signed then does not count.</summary>
    Stolen,

    /// <summary>It was in other hands at some time, and whether this was written before is not known here.</summary>
    MomentUnknown,

    /// <summary>It was registered only afterwards.</summary>
    NotYetValid,

    /// <summary>It was withdrawn before.</summary>
    Withdrawn,
}

/// <summary>When a statement was written.</summary>
/// <param name="Moment">
/// The moment of the block that wrote it: the latest time of any transaction up to and with that block. None where only
/// a peer was asked, which does not tell it.
/// </param>
/// <param name="Stated">The transaction's own time, which its creator set, within what the contract allows.</param>
public readonly record struct WritingTime(DateTimeOffset? Moment, DateTimeOffset Stated);
