// The one place of the contract that may name a clock: what it reads decides only whether this server endorses at all,
// and no byte of what it would write.
#pragma warning disable MCF0001 // A refusal need not be deterministic: it leaves nothing on the ledger.
using System.Globalization;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Contract;

/// <summary>
/// The clock of the machine that this server runs on. A client dates its own transaction, and not every version of
/// Fabric looks at it: a server refuses what its own clock finds too far off.
/// </summary>
/// <param name="time">The clock. Default is the machine's.</param>
public sealed class ServerClock(TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Refuses a transaction whose time is too far off.</summary>
    /// <exception cref="ChaincodeException">It is more than <see cref="Limits.MaxClockDifference"/> off.</exception>
    internal void Require(TransactionContext context)
    {
        var now = _time.GetUtcNow();
        var given = context.Timestamp;
        if ((given - now).Duration() <= Limits.MaxClockDifference) return;

        throw Refusal.Because(
            ErrorCodes.ClockDiffers,
            $"The transaction is dated {Write(given)}, and it is {Write(now)} by the clock of this contract server: at "
            + $"most {Limits.MaxClockDifference.TotalMinutes:0} minutes may lie between. Set the clock of the machine "
            + "that made the transaction, or that of this server, and send it anew.");
    }

    private static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
