using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Gives what renews a trust file of this ledger's log: who the members are and by which keys they sign, by the head
/// that most signed. Thread-safe.
/// </summary>
public sealed class RenewalMaking(HeadExchange exchange, LedgerProjection projection)
{
    /// <summary>
    /// How often it is tried: meanwhile a block may let go of what stood by the head that it was made for.
    /// </summary>
    private const int MaxTries = 3;

    /// <summary>Gives it by the head that most signed.</summary>
    /// <exception cref="ProblemException">There is none yet.</exception>
    public async Task<TrustRenewal> MakeAsync(CancellationToken cancellationToken)
    {
        const int AnyLeaf = -1;
        var log = projection.Log;
        for (int tried = 0; tried < MaxTries; tried++)
        {
            var note = await exchange.HeadWithAsync(AnyLeaf, cancellationToken);
            var head = LogHead.Parse(note.Text);
            if (head.Size > log.Now.Size) break;
            var proof = log.StandingAt(head.Size).Issuers.Prove(LogStanding.MembersKey);
            if (proof.TryOpen(StandingRoots.Of(head).IssuersRoot.Span, LogStanding.MembersKey, out _))
                return new TrustRenewal(proof, note);
        }

        throw new ProblemException(
            ProblemKind.NotReady, "No head that names the members is signed yet: ask again in a moment.");
    }
}
