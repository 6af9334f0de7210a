using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Resources;

/// <summary>A ballot as it stands.</summary>
public sealed record BallotAnswer
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>The digest of the question, to be voted on.</summary>
    public required string Digest { get; init; }

    /// <summary>What is asked.</summary>
    public required string Action { get; init; }

    /// <summary>The institution that it is about.</summary>
    public required string Subject { get; init; }

    /// <summary>The digest of the identity that it is about, if it is about one.</summary>
    public string? Identity { get; init; }

    /// <summary>What that identity says, while it is known under this digest.</summary>
    public InstitutionIdentity? Says { get; init; }

    /// <summary>Institutions that say the same of themselves in part: who votes should tell them apart first.</summary>
    public IReadOnlyList<Likeness> Alike { get; init; } = [];

    /// <summary>Who asks.</summary>
    public required string ProposedBy { get; init; }

    /// <summary>When it was proposed.</summary>
    public required DateTimeOffset ProposedAt { get; init; }

    /// <summary>Until when votes are taken.</summary>
    public required DateTimeOffset ClosesAt { get; init; }

    /// <summary>Where the reasons stand.</summary>
    public string? Reference { get; init; }

    /// <summary>open, accepted, rejected or expired.</summary>
    public required string State { get; init; }

    /// <summary>When it was decided.</summary>
    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>How many votes were a majority then.</summary>
    public int? Majority { get; init; }

    /// <summary>What it would change, and who may vote; absent once no votes are taken any more.</summary>
    public BallotEffect? Effect { get; init; }

    /// <summary>The votes.</summary>
    public required IReadOnlyList<VoteAnswer> Votes { get; init; }

    internal static BallotAnswer Of(Ballot ballot, DateTimeOffset now, LedgerProjection projection)
    {
        var asked = ballot.Statement;
        var says = BallotEffect.FindIdentity(
            projection.Institutions.GetValueOrDefault(asked.Subject), asked.Identity);
        return new BallotAnswer
        {
            Id = asked.Id,
            Digest = StatementDigest.Of(asked),
            Action = asked.Action,
            Subject = asked.Subject,
            Identity = asked.Identity,
            Says = says,
            Alike = says is null ? [] : Likeness.Of(asked.Subject, says, projection.Institutions.Values),
            ProposedBy = asked.MspId,
            ProposedAt = ballot.ProposedAt,
            ClosesAt = asked.ClosesAt,
            Reference = asked.Reference,
            State = ballot.StateAt(now),
            DecidedAt = ballot.DecidedAt,
            Majority = ballot.Majority,
            Effect = ballot.StateAt(now) == BallotState.Open
                ? BallotEffect.Of(asked.Action, asked.Subject, asked.Identity, projection) : null,
            Votes =
            [
                .. ballot.Votes.Select(
                    vote => new VoteAnswer(
                        vote.Statement.MspId, vote.Statement.Approve, vote.VotedAt,
                        CheckCodes.Of(projection.Shared.StandingOf(ballot, vote)))),
            ],
        };
    }
}

/// <summary>A vote as it stands.</summary>
/// <param name="MspId">Whose.</param>
/// <param name="Approve">For or against.</param>
/// <param name="VotedAt">When.</param>
/// <param name="Code">Why it does not count, if it does not: statementForged, or keyCompromised.</param>
public sealed record VoteAnswer(string MspId, bool Approve, DateTimeOffset VotedAt, string? Code = null);

/// <summary>Another institution that says the same of itself in part.</summary>
/// <param name="MspId">The institution.</param>
/// <param name="Members">What both say, as JSON pointers into an identity.</param>
public sealed record Likeness(string MspId, IReadOnlyList<string> Members)
{
    internal static IReadOnlyList<Likeness> Of(
        string subject, InstitutionIdentity identity, IEnumerable<Institution> institutions) =>
    [
        .. institutions.Where(one => one.MspId != subject).OrderBy(one => one.MspId, StringComparer.Ordinal)
            .Select(one => new Likeness(one.MspId, Shared(identity, one))).Where(one => one.Members.Count > 0),
    ];

    private static string[] Shared(InstitutionIdentity identity, Institution other)
    {
        InstitutionIdentity[] theirs = [other.Standing, other.Proposed ?? other.Standing, .. other.Identities];
        var marks = theirs.SelectMany(one => one.Marks()).Select(mark => (mark.Kind, mark.Value)).ToHashSet();
        bool isSite = identity.Website is { } site && theirs.Any(one => one.Website is not null
            && ComparableText.OfIdentifier(one.Website) == ComparableText.OfIdentifier(site));
        return
        [
            .. identity.Marks().Where(mark => marks.Contains((mark.Kind, mark.Value))).Select(mark => mark.Field),
            .. isSite ? ["/website"] : Array.Empty<string>(),
        ];
    }
}
