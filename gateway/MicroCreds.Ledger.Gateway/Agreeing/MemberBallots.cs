using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Agreeing;

/// <summary>The institution's part in ballots: what it asks, what waits for its vote. Thread-safe.</summary>
public sealed class MemberBallots(LedgerProjection projection, MemberStatements statements, TimeProvider time)
{
    private static readonly TimeSpan OpenByDefault = TimeSpan.FromDays(30);

    /// <summary>Finds a ballot.</summary>
    /// <exception cref="ProblemException">There is none of this name.</exception>
    public Ballot Find(string id) => projection.Shared.FindBallot(id)
        ?? throw new ProblemException(ProblemKind.NotFound, "There is no ballot of this name.");

    /// <summary>Whether votes are taken, this institution has one, and has not cast it.</summary>
    public bool Awaits(Ballot ballot)
    {
        ArgumentNullException.ThrowIfNull(ballot);
        return ballot.StateAt(time.GetUtcNow()) == BallotState.Open
            && BallotAction.Electorate(
                    ballot.Statement.Action, ballot.Statement.Subject, projection.Shared.Members.MspIds)
                .Contains(statements.MspId, StringComparer.Ordinal)
            && ballot.Votes.All(vote => vote.Statement.MspId != statements.MspId);
    }

    /// <summary>Puts a question to the members.</summary>
    /// <exception cref="ProblemException">No key of the gateway is in force.</exception>
    public Task<Committed<Ballot>> ProposeAsync(BallotProposal proposal)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var closesAt = LedgerJson.ToMilliseconds(proposal.ClosesAt ?? time.GetUtcNow() + OpenByDefault);
        return statements.SendAsync(
            MemberTransactions.ProposeBallot,
            keyId => new BallotStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Id = OwnedName.Of(statements.MspId, proposal.Id),
                Action = proposal.Action,
                Subject = proposal.Subject,
                Identity = IdentityOf(proposal),
                ClosesAt = closesAt,
                Reference = proposal.Reference,
                KeyId = keyId,
            });
    }

    /// <summary>Votes.</summary>
    /// <param name="id">The ballot.</param>
    /// <param name="approve">For or against.</param>
    /// <param name="digest">The digest of the question that was read; none takes it as it stands.</param>
    /// <exception cref="ProblemException">There is none of this name, or no key of the gateway is in force.</exception>
    public async Task<Ballot> VoteAsync(string id, bool approve, string? digest)
    {
        string asked = digest ?? StatementDigest.Of(Find(id).Statement);
        var committed = await statements.SendAsync(
            MemberTransactions.Vote,
            keyId => new VoteStatement
            {
                Ledger = statements.Ledger,
                MspId = statements.MspId,
                Ballot = id,
                Digest = asked,
                Approve = approve,
                KeyId = keyId,
            });
        return committed.Record;
    }

    // Who says no more than whose identity it is about means the one that it proposes now: its digest is signed.
    private string? IdentityOf(BallotProposal proposal) =>
        proposal.Identity ?? (proposal.Action == BallotAction.ConfirmIdentity
            ? projection.Institutions.GetValueOrDefault(proposal.Subject)?.Proposed?.Digest()
            : null);
}

/// <summary>A question to the members.</summary>
public sealed record BallotProposal
{
    /// <summary>
    /// The ballot's name: lower-case letters, digits and hyphens. The proposer's MSP is put before it.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>What is asked.</summary>
    public required string Action { get; init; }

    /// <summary>The institution that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// The digest of the identity that it is about. Default is the one that the subject proposes.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>Until when votes are taken. Default is in 30 days.</summary>
    public DateTimeOffset? ClosesAt { get; init; }

    /// <summary>Where the reasons stand, an https address.</summary>
    public string? Reference { get; init; }
}
