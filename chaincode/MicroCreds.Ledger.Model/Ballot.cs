namespace MicroCreds.Ledger.Model;

/// <summary>What an institution signs to put a question to the members.</summary>
public sealed record BallotStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Ballot";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => true;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The institution that asks.</summary>
    public required string MspId { get; init; }

    /// <summary>The ballot's name, which holds its proposer: see <see cref="OwnedName"/>.</summary>
    public required string Id { get; init; }

    /// <summary>What is asked, one of <see cref="BallotAction"/>.</summary>
    public required string Action { get; init; }

    /// <summary>The institution that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>
    /// The identity that is to be confirmed or given up, by its <see cref="InstitutionIdentity.Digest"/>; absent for
    /// other actions.
    /// </summary>
    public string? Identity { get; init; }

    /// <summary>Until when votes are taken.</summary>
    public required DateTimeOffset ClosesAt { get; init; }

    /// <summary>Where the reasons stand, an https address.</summary>
    public string? Reference { get; init; }

    /// <summary>The institution's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>What an institution signs to vote.</summary>
public sealed record VoteStatement : IInstitutionStatement
{
    /// <summary>The value of <see cref="Type"/>.</summary>
    public const string TypeName = "Vote";

    static string IInstitutionStatement.Kind => TypeName;

    bool IInstitutionStatement.IsGoodNews => Approve;

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    public string Type { get; init; } = TypeName;

    /// <summary>The channel it is made for.</summary>
    public required string Ledger { get; init; }

    /// <summary>The institution that votes.</summary>
    public required string MspId { get; init; }

    /// <summary>The ballot.</summary>
    public required string Ballot { get; init; }

    /// <summary>
    /// What is voted on, the SHA-256 of the ballot's canonical statement in hexadecimal digits: a name could be given
    /// to something else.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>For or against.</summary>
    public required bool Approve { get; init; }

    /// <summary>The institution's key that signs.</summary>
    public required string KeyId { get; init; }
}

/// <summary>
/// The ledger's record of a ballot. It belongs to no one: a majority of members' peers endorse its changes.
/// </summary>
public sealed record Ballot
{
    /// <summary>What is asked, as its proposer signed it.</summary>
    public required BallotStatement Statement { get; init; }

    /// <summary>The proposer's signature of the canonical statement, base64url without padding.</summary>
    public required string Signature { get; init; }

    /// <summary>The proposal's transaction time.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>The votes in the order of the ledger, one for each institution at most.</summary>
    public IReadOnlyList<Vote> Votes { get; init; } = [];

    /// <summary>One of <see cref="BallotState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The time of the vote that decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>
    /// How many votes were a majority when it was decided: more than half of those who may vote.
    /// </summary>
    public int? Majority { get; init; }

    /// <summary>The transaction that wrote the record.</summary>
    public required string TransactionId { get; init; }

    /// <summary>How it stands at a time: also open ballots expire.</summary>
    public string StateAt(DateTimeOffset time) =>
        State == BallotState.Open && time > Statement.ClosesAt ? BallotState.Expired : State;
}

/// <summary>A vote as it stands in a ballot.</summary>
/// <param name="Statement">What the institution signed.</param>
/// <param name="Signature">Its signature.</param>
/// <param name="VotedAt">The transaction's own time.</param>
public sealed record Vote(VoteStatement Statement, string Signature, DateTimeOffset VotedAt);

/// <summary>What ballots decide.</summary>
public static class BallotAction
{
    /// <summary>The subject becomes an accreditor.</summary>
    public const string AdmitAccreditor = "admitAccreditor";

    /// <summary>The subject is an accreditor no more.</summary>
    public const string RemoveAccreditor = "removeAccreditor";

    /// <summary>The subject is who it says: an identity that it proposed is its own from now on.</summary>
    public const string ConfirmIdentity = "confirmIdentity";

    /// <summary>
    /// The name and identifiers of an identity that is not in force any more are free for others; its DID is not.
    /// </summary>
    public const string GiveUpIdentity = "giveUpIdentity";

    /// <summary>The subject is a member no more.</summary>
    public const string RemoveMember = "removeMember";

    /// <summary>The subject, which had left, may be a member again once it registers.</summary>
    public const string AdmitMember = "admitMember";

    /// <summary>All actions.</summary>
    public static readonly IReadOnlyList<string> Values =
    [
        AdmitAccreditor, RemoveAccreditor, ConfirmIdentity, GiveUpIdentity, RemoveMember, AdmitMember,
    ];

    /// <summary>Those that are about one identity of the subject.</summary>
    public static readonly IReadOnlyList<string> AboutIdentity = [ConfirmIdentity, GiveUpIdentity];

    /// <summary>
    /// Returns who votes: all members; without the subject where it would be judge in its own cause, unless nobody else
    /// is there.
    /// </summary>
    public static IReadOnlyList<string> Electorate(string action, string subject, IReadOnlyList<string> members)
    {
        if (action is AdmitAccreditor or RemoveAccreditor) return members;

        string[] others = [.. members.Where(member => !string.Equals(member, subject, StringComparison.Ordinal))];
        return others.Length > 0 ? others : members;
    }
}

/// <summary>How ballots stand.</summary>
public static class BallotState
{
    /// <summary>Votes are taken.</summary>
    public const string Open = "open";

    /// <summary>A majority of members was for it.</summary>
    public const string Accepted = "accepted";

    /// <summary>So many were against it that no majority can be for it.</summary>
    public const string Rejected = "rejected";

    /// <summary>It closed without a majority; never written, since nothing happens at that moment.</summary>
    public const string Expired = "expired";
}
