using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>What is issued at once because a rule says so, while somebody waits who asked for it.</summary>
internal static class UnattendedIssuing
{
    /// <summary>
    /// Whether what was asked for is none the worse for a fault: it was kept, and waits as what is put to the desk
    /// does, or is found to be issued.
    /// </summary>
    public static bool LeavesItWaiting(Exception fault) => fault is ProblemException or LedgerRefusedException
        or LedgerUnavailableException or IssuanceWaitsException or OutcomeUnknownException or StoreUnavailableException
        or StoreOutcomeUnknownException;
}
