using System.Collections.Concurrent;
using System.Collections.Immutable;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// What members decided and agreed, in memory: accreditors, ballots, accreditations and agreements. One writer, which
/// is the projection; any number of readers.
/// </summary>
/// <remarks>
/// All of it is somebody's signed word, and counts only as such. What happened when is told by the moments of blocks:
/// they stand here in place of the transactions' own times.
/// </remarks>
public sealed class SharedRecords
{
    private readonly ConcurrentDictionary<string, Ballot> _ballots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<string, Accreditation>> _accreditations =
        new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _moments = new(StringComparer.Ordinal);
    private readonly BallotProof _ballotProof;
    private volatile Consortium _consortium = new();
    private volatile Consortium? _backed;
    private volatile Members _members = new([]);
    private volatile Founding? _founding;

    /// <param name="find">Finds an institution with its keys.</param>
    public SharedRecords(Func<string, Institution?> find)
    {
        _ballotProof = new BallotProof(() => Ledger, find);
        Agreements = new AgreementIndex(new AgreementProof(() => Ledger, find));
    }

    /// <summary>
    /// The kinds of records that are kept here; first what says for which ledger statements must be made.
    /// </summary>
    internal static IReadOnlyList<string> Types { get; } =
    [
        RecordKey.FoundingType, RecordKey.ConsortiumType, RecordKey.MembersType, RecordKey.BallotType,
        RecordKey.AccreditationType, RecordKey.AgreementType,
    ];

    /// <summary>Who the accreditors are and were, as far as ballots whose voters signed admitted them.</summary>
    public Consortium Consortium => _backed ??= new Consortium
    {
        Accreditors = [.. _consortium.Accreditors.Where(IsBacked).Select(AtItsMoments)],
    };

    /// <summary>Who stands among the accreditors without enough signed votes.</summary>
    public IReadOnlyList<AccreditorTerm> UnbackedAccreditors =>
        [.. _consortium.Accreditors.Where(term => !IsBacked(term))];

    /// <summary>The ledger's name, by its founding; empty before.</summary>
    public string Ledger => _founding?.Ledger ?? "";

    /// <summary>The founding record, the first that there was; none before.</summary>
    public Founding? Founding => _founding;

    /// <summary>Who the members are, and who left.</summary>
    public Members Members => _members;

    /// <summary>All ballots, by their names.</summary>
    public IReadOnlyList<Ballot> Ballots =>
        [.. _ballots.Values.OrderBy(ballot => ballot.Statement.Id, StringComparer.Ordinal)];

    /// <summary>All accreditations.</summary>
    public IEnumerable<Accreditation> Accreditations =>
        _accreditations.OrderBy(all => all.Key, StringComparer.Ordinal).SelectMany(all => all.Value.Values);

    /// <summary>The agreements.</summary>
    public AgreementIndex Agreements { get; }

    /// <summary>Finds a ballot.</summary>
    public Ballot? FindBallot(string id) => _ballots.GetValueOrDefault(id);

    /// <summary>The accreditations of an institution.</summary>
    public IEnumerable<Accreditation> AccreditationsOf(string mspId) =>
        _accreditations.TryGetValue(mspId, out var found) ? found.Values : [];

    /// <summary>Tells whether a vote counts as its voter's.</summary>
    public StatementStanding StandingOf(Ballot ballot, Vote vote) => _ballotProof.StandingOf(ballot, vote);

    /// <summary>Tells whether a question counts as its proposer's.</summary>
    public StatementStanding StandingOf(Ballot ballot) => _ballotProof.StandingOf(ballot);

    /// <summary>
    /// Has the peer's word say what the mirror's would: of accreditors those count whose ballot does, and what happened
    /// when is told by blocks.
    /// </summary>
    /// <param name="told">What the peer said.</param>
    /// <param name="notBefore">The mirror's head: what is not in it was said later.</param>
    /// <param name="notKnown">What keeps it from being judged; then nothing is given.</param>
    internal AccreditationRecords? Judge(
        AccreditationRecords? told, DateTimeOffset notBefore, out string? notKnown)
    {
        notKnown = null;
        if (told is null)
            return null;
        var unbacked = UnbackedAccreditors;
        var terms = told.Consortium.Accreditors
            .Where(term => !unbacked.Any(one => one.MspId == term.MspId && one.Ballot == term.Ballot))
            .Select(AtItsMoments).ToList();
        if (terms.Exists(term => !_ballots.ContainsKey(term.Ballot)))
        {
            notKnown = "The ballot that admitted an accreditor is not in this gateway's mirror yet.";
            return null;
        }

        return told with
        {
            Consortium = told.Consortium with { Accreditors = terms },
            Accreditations = [.. told.Accreditations.Select(one => AtItsMoments(one, notBefore))],
        };
    }

    /// <summary>Tells when a statement was first written, by its signature.</summary>
    public DateTimeOffset? MomentOf(string signature) =>
        _moments.TryGetValue(signature, out var moment) ? moment : null;

    /// <summary>The signatures of the statements that a record of these kinds holds; none of any other.</summary>
    internal static IReadOnlyList<string> SignaturesOf(object? record) => record switch
    {
        AgreementPart part => SignaturesOf(part),
        Accreditation accreditation => [.. accreditation.Changes.Select(change => change.Signature)],
        Ballot ballot => [ballot.Signature, .. ballot.Votes.Select(vote => vote.Signature)],
        _ => [],
    };

    /// <summary>Notes when a statement was first written.</summary>
    internal void Note(string signature, DateTimeOffset moment) => _moments.TryAdd(signature, moment);

    /// <summary>Looks again at what an institution signed, since its keys have changed.</summary>
    internal void Refresh(string mspId)
    {
        Agreements.Refresh(mspId);
        _backed = null;
    }

    /// <summary>Takes in a record; none of these is ever deleted.</summary>
    /// <param name="record">The record, read under its own key.</param>
    /// <param name="moment">The moment of the block that wrote it.</param>
    internal void Take(object record, DateTimeOffset moment)
    {
        foreach (string signature in SignaturesOf(record))
            Note(signature, moment);
        switch (record)
        {
            case AgreementPart part:
                Agreements.Add(part with { WrittenAt = MomentOf(SignaturesOf(part)[0]) ?? part.WrittenAt });
                break;
            case Accreditation accreditation:
                Take(accreditation);
                break;
            case Ballot ballot:
                Take(ballot);
                break;
            case Founding founding:
                _founding ??= founding;
                break;
            case Consortium consortium:
                (_consortium, _backed) = (consortium, null);
                break;
            case Members members:
                _members = members;
                break;
        }
    }

    private static string[] SignaturesOf(AgreementPart part) =>
    [
        .. new[] { part.Proposal?.Signature, part.Acceptance?.Signature, part.Notice?.Signature }.OfType<string>(),
    ];

    private bool IsBacked(AccreditorTerm term) =>
        FindAccepted(term.Ballot, BallotAction.AdmitAccreditor, term.MspId) is not null;

    private Ballot? FindAccepted(string? id, string action, string subject) =>
        id is not null && _ballots.TryGetValue(id, out var ballot) && ballot.Statement.Action == action
        && ballot.Statement.Subject == subject && _ballotProof.IsAccepted(ballot)
            ? ballot : null;

    /// <summary>Nobody stops being an accreditor without a ballot that says so.</summary>
    private AccreditorTerm AtItsMoments(AccreditorTerm term) => term with
    {
        Since = FindAccepted(term.Ballot, BallotAction.AdmitAccreditor, term.MspId)?.DecidedAt ?? term.Since,
        Until = term.RemovedBy is not { } removal || !_ballots.ContainsKey(removal)
            ? term.Until
            : FindAccepted(removal, BallotAction.RemoveAccreditor, term.MspId)?.DecidedAt,
    };

    private void Take(Ballot ballot)
    {
        Vote[] votes = [.. ballot.Votes.Select(
            vote => vote with { VotedAt = MomentOf(vote.Signature) ?? vote.VotedAt })];
        _ballots[ballot.Statement.Id] = ballot with
        {
            ProposedAt = MomentOf(ballot.Signature) ?? ballot.ProposedAt,
            Votes = votes,

            // The last vote decides, or, after it, a count that says itself when it was.
            DecidedAt = ballot.DecidedAt is { } at ? votes.Select(vote => vote.VotedAt).Append(at).Max() : null,
        };
        _backed = null;
    }

    private void Take(Accreditation accreditation)
    {
        var before = _accreditations.GetValueOrDefault(
            accreditation.MspId, ImmutableSortedDictionary.Create<string, Accreditation>(StringComparer.Ordinal));
        _accreditations[accreditation.MspId] = before.SetItem(
            $"{accreditation.Accreditor}/{accreditation.Id}", AtItsMoments(accreditation, DateTimeOffset.MinValue));
    }

    private Accreditation AtItsMoments(Accreditation accreditation, DateTimeOffset notBefore) => accreditation with
    {
        Changes =
        [
            .. accreditation.Changes.Select(change => change with
            {
                ChangedAt = MomentOf(change.Signature)
                    ?? (change.ChangedAt > notBefore ? change.ChangedAt : notBefore),
            }),
        ],
    };
}
