using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>
/// Makes the proofs that go along with credentials: any member's gateway can, of any credential of the ledger, by its
/// place alone. Thread-safe.
/// </summary>
public sealed class ProofMaking(HeadExchange exchange, LedgerProjection projection, ProjectedRecords records)
{
    /// <summary>
    /// How often it is tried: while one is made, a block may let go of what stood by the head that it was made for.
    /// </summary>
    private const int MaxTries = 3;

    /// <summary>Proves what stands of the credential at a place.</summary>
    /// <param name="mspId">The issuer.</param>
    /// <param name="root">The issuance's root.</param>
    /// <param name="index">The index in its tree.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="ProblemException">There is no such credential, or no signed head holds it yet.</exception>
    public async Task<LogProofFile> MakeAsync(
        string mspId, string root, int index, CancellationToken cancellationToken)
    {
        var log = projection.Log;
        if (records.FindIssuance(mspId, root)?.Record.Statement is not { } statement || index < 0
            || index >= statement.Size || log.FindLeaf(StatementDigest.Of(statement)) is not var (number, data))
        {
            throw new ProblemException(
                ProblemKind.NotFound,
                "The log has no issuance of this institution, root and size: take them from the credential's "
                + "ledgerAnchor. One that was issued a moment ago is there in a moment.");
        }

        var leaf = LogLeaf.Parse(data);
        for (int tried = 0; tried < MaxTries; tried++)
        {
            var note = await exchange.HeadWithAsync(number, cancellationToken);
            var head = LogHead.Parse(note.Text);
            if (head.Size <= number || head.Size > log.Now.Size) break;
            var standing = log.StandingAt(head.Size);
            var evidence = new LogProofEvidence
            {
                Leaf = leaf,
                Credential = standing.Credentials.Prove(LogStanding.KeyOf(mspId, root, index)),
                Issuer = standing.Issuers.Prove(LogStanding.KeyOf(mspId)),
            };
            if (Holds(head, evidence, mspId, root, index))
                return new LogProofFile(number, log.ProveLeaf(number, head.Size), evidence, note);
        }

        throw new ProblemException(
            ProblemKind.NotReady, "No head that holds this issuance is signed yet: ask again in a moment.");
    }

    private static bool Holds(LogHead head, LogProofEvidence evidence, string mspId, string root, int index)
    {
        var roots = StandingRoots.Of(head);
        return evidence.Issuer.TryOpen(roots.IssuersRoot.Span, LogStanding.KeyOf(mspId), out _)
            && evidence.Credential.TryOpen(
                roots.CredentialsRoot.Span, LogStanding.KeyOf(mspId, root, index), out _);
    }
}
