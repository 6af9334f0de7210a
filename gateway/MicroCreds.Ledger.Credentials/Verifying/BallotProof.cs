using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Verifying;

/// <summary>
/// Tells whether what a ballot decided is what its voters signed. Peers that act together could write votes in
/// another's name.
/// </summary>
/// <param name="ledger">Gives the ledger that statements must be made for.</param>
/// <param name="find">Finds an institution with its keys.</param>
public sealed class BallotProof(Func<string> ledger, Func<string, Institution?> find)
{
    /// <summary>Tells whether a vote counts.</summary>
    /// <param name="ballot">The ballot, each vote with the moment of the block that wrote it.</param>
    /// <param name="vote">One of its votes.</param>
    public StatementStanding StandingOf(Ballot ballot, Vote vote)
    {
        ArgumentNullException.ThrowIfNull(ballot);
        ArgumentNullException.ThrowIfNull(vote);
        var given = vote.Statement;
        return given.Ballot == ballot.Statement.Id && given.Digest == StatementDigest.Of(ballot.Statement)
            ? StatementRule.StandingOf(
                given, vote.Signature, ledger(), find(given.MspId), new WritingTime(vote.VotedAt, vote.VotedAt))
            : StatementStanding.Forged;
    }

    /// <summary>Tells whether the question is the one that its proposer signed.</summary>
    public StatementStanding StandingOf(Ballot ballot)
    {
        ArgumentNullException.ThrowIfNull(ballot);
        return StatementRule.StandingOf(
            ballot.Statement, ballot.Signature, ledger(), find(ballot.Statement.MspId),
            new WritingTime(ballot.ProposedAt, ballot.ProposedAt));
    }

    /// <summary>
    /// Tells whether a ballot was accepted by as many votes as it says a majority was, each signed by its voter.
    /// </summary>
    public bool IsAccepted(Ballot ballot)
    {
        ArgumentNullException.ThrowIfNull(ballot);
        int approvals = ballot.Votes
            .Where(vote => vote.Statement.Approve && StandingOf(ballot, vote) == StatementStanding.Counts)
            .Select(vote => vote.Statement.MspId).Distinct(StringComparer.Ordinal).Count();
        return ballot.State == BallotState.Accepted && StandingOf(ballot) != StatementStanding.Forged
            && approvals >= Math.Max(1, ballot.Majority ?? int.MaxValue);
    }
}
