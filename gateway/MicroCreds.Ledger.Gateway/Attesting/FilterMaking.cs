using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Gives the filter of all that is not in force, or what changed of it, with the head that commits to it. Thread-safe.
/// </summary>
public sealed class FilterMaking(HeadExchange exchange, LedgerProjection projection)
{
    /// <summary>
    /// How often it is tried: meanwhile a block may let go of what stood by the head that it was made for.
    /// </summary>
    private const int MaxTries = 3;

    /// <summary>Gives the filter by the head that most signed.</summary>
    /// <param name="since">The size of the log whose filter is known; none for the whole filter.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ProblemException">The log had no head of that size, or there is none yet.</exception>
    public async Task<StatusFilterFile> MakeAsync(long? since, CancellationToken cancellationToken)
    {
        const int AnyLeaf = -1;
        var log = projection.Log;
        for (int tried = 0; tried < MaxTries; tried++)
        {
            var note = await exchange.HeadWithAsync(AnyLeaf, cancellationToken);
            var head = LogHead.Parse(note.Text);
            if (head.Size > log.Now.Size) break;
            if (log.FindFilter(head.Size, since ?? 0) is not { } filter)
            {
                throw new ProblemException(
                    ProblemKind.NotFound,
                    $"No block of the log ended at {since} leaves, or none up to the {head.Size} of the signed head: "
                    + "leave since away for the whole filter.");
            }

            var proof = log.StandingAt(head.Size).Issuers.Prove(LogStanding.FilterKey);
            if (proof.TryOpen(StandingRoots.Of(head).IssuersRoot.Span, LogStanding.FilterKey, out _))
                return new StatusFilterFile(since, proof, filter.ToBytes(), note);
        }

        throw new ProblemException(
            ProblemKind.NotReady, "No head that commits to a filter is signed yet: ask again in a moment.");
    }
}
