using MicroCreds.Ledger.Gateway.Projection;

namespace MicroCreds.Ledger.Gateway.Operations;

/// <summary>
/// Whether this computer's clock is known to be right, by the newest block: members' contract servers held its time
/// against their own clocks. What is deleted for its age is gone for good, and waits until that is so: a clock that
/// starts years ahead would have all of it deleted at once. Thread-safe.
/// </summary>
/// <param name="newestBlock">Tells the time of the newest block; none before the first.</param>
/// <param name="time">The clock.</param>
public sealed class TrustedClock(Func<DateTimeOffset?> newestBlock, TimeProvider time)
{
    /// <summary>How old the newest block may be. So much the clock may be ahead: little beside what is kept.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromDays(7);

    /// <summary>How far the clock may have moved otherwise than time has passed, since a block confirmed it.</summary>
    public static readonly TimeSpan MaxDrift = TimeSpan.FromHours(1);

    private Confirmation? _last;

    /// <summary>Holds the clock against the ledger as it is mirrored here.</summary>
    public TrustedClock(LedgerProjection projection, TimeProvider time)
        : this(() => projection.Head?.Time, time)
    {
    }

    /// <summary>
    /// Whether it is: a block of the last days says so, or one did, and the clock has gone on evenly since. Where
    /// nobody has written for long and the gateway starts anew, it is not known until somebody writes.
    /// </summary>
    public bool Holds()
    {
        var (now, stamp) = (time.GetUtcNow(), time.GetTimestamp());
        if (newestBlock() is { } block && now - block <= Tolerance)
        {
            _last = new Confirmation(now, stamp);
            return true;
        }

        return _last is { } last
            && (now - last.At - time.GetElapsedTime(last.Stamp, stamp)).Duration() <= MaxDrift;
    }

    private sealed record Confirmation(DateTimeOffset At, long Stamp);
}
