using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Credentials.Foreign;

/// <summary>
/// Verifies credentials of other consortia by the proofs that come along with them; whoever knows the agreements with
/// them implements it. Thread-safe.
/// </summary>
public interface IAbroadVerifier
{
    /// <summary>
    /// Verifies a credential by its proof; nothing if it is of no consortium that an agreement is with. Never throws
    /// because of what the two hold.
    /// </summary>
    Verdict? TryVerify(ProvenCredential brought);

    /// <summary>
    /// Tells of a credential that names another ledger, and that no proof was taken for, what would let it count here;
    /// gives any other verdict as it is.
    /// </summary>
    Verdict Tell(Verdict verdict);
}
