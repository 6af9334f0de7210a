using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
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
    private static readonly string FoundingPrefix = CompositeKey.Create(RecordKey.FoundingType);
    private static readonly string ConsortiumPrefix = CompositeKey.Create(RecordKey.ConsortiumType);
    private static readonly string MembersPrefix = CompositeKey.Create(RecordKey.MembersType);
    private static readonly string BallotPrefix = CompositeKey.Create(RecordKey.BallotType);
    private static readonly string AccreditationPrefix = CompositeKey.Create(RecordKey.AccreditationType);
    private static readonly string AgreementPrefix = CompositeKey.Create(RecordKey.AgreementType);

    private readonly ConcurrentDictionary<string, Ballot> _ballots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<string, Accreditation>> _accreditations =
        new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _moments = new(StringComparer.Ordinal);
    private readonly BallotProof _ballotProof;
    private volatile Consortium _consortium = new();
    private volatile Consortium? _backed;
    private volatile Members _members = new([]);
    private volatile string _ledger = "";

    /// <param name="find">Finds an institution with its keys.</param>
    public SharedRecords(Func<string, Institution?> find)
    {
        _ballotProof = new BallotProof(() => _ledger, find);
        Agreements = new AgreementIndex(new AgreementProof(() => _ledger, find));
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
        Accreditors = [.. _consortium.Accreditors.Where(IsBacked)],
    };

    /// <summary>Who stands among the accreditors without enough signed votes.</summary>
    public IReadOnlyList<AccreditorTerm> UnbackedAccreditors =>
        [.. _consortium.Accreditors.Where(term => !IsBacked(term))];

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

    /// <summary>Tells when a statement was first written, by its signature.</summary>
    public DateTimeOffset? MomentOf(string signature) =>
        _moments.TryGetValue(signature, out var moment) ? moment : null;

    /// <summary>The signatures of the statements that a record of these kinds holds; none of any other.</summary>
    internal static IReadOnlyList<string> SignaturesOf(string key, byte[] value)
    {
        if (key.StartsWith(AgreementPrefix, StringComparison.Ordinal))
            return SignaturesOf(Parse<AgreementPart>(value));
        if (key.StartsWith(AccreditationPrefix, StringComparison.Ordinal))
            return [.. Parse<Accreditation>(value).Changes.Select(change => change.Signature)];
        return key.StartsWith(BallotPrefix, StringComparison.Ordinal) ? SignaturesOf(Parse<Ballot>(value)) : [];
    }

    /// <summary>Notes when a statement was first written.</summary>
    internal void Note(string signature, DateTimeOffset moment) => _moments.TryAdd(signature, moment);

    /// <summary>Looks again at what an institution signed, since its keys have changed.</summary>
    internal void Refresh(string mspId)
    {
        Agreements.Refresh(mspId);
        _backed = null;
    }

    /// <summary>Takes in a record; none of these is ever deleted.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its text.</param>
    /// <param name="moment">The moment of the block that wrote it.</param>
    internal void Take(string key, byte[]? value, DateTimeOffset moment)
    {
        if (value is null)
            return;
        foreach (string signature in SignaturesOf(key, value))
            Note(signature, moment);
        if (key.StartsWith(AgreementPrefix, StringComparison.Ordinal))
            Take(key, Parse<AgreementPart>(value));
        else if (key.StartsWith(AccreditationPrefix, StringComparison.Ordinal))
            Take(Parse<Accreditation>(value));
        else if (key.StartsWith(BallotPrefix, StringComparison.Ordinal))
            Take(Parse<Ballot>(value));
        else if (key == FoundingPrefix && _ledger.Length == 0)
            _ledger = Parse<Founding>(value).Ledger;
        else if (key == ConsortiumPrefix)
            (_consortium, _backed) = (Parse<Consortium>(value), null);
        else if (key == MembersPrefix)
            _members = Parse<Members>(value);
    }

    private static string[] SignaturesOf(AgreementPart part) =>
    [
        .. new[] { part.Proposal?.Signature, part.Acceptance?.Signature, part.Notice?.Signature }.OfType<string>(),
    ];

    private static string[] SignaturesOf(Ballot ballot) =>
        [ballot.Signature, .. ballot.Votes.Select(vote => vote.Signature)];

    // Under another's key even a signed statement is not where its signer had it written.
    private static bool IsAtItsPlace(string key, AgreementPart part)
    {
        var own = part switch
        {
            { Proposal.Statement: { } one } => RecordKey.AgreementProposal(one.Id, one.Version),
            { Acceptance.Statement: { } one } => RecordKey.AgreementAcceptance(one.Agreement, one.Version, one.MspId),
            { Notice.Statement: { } one } => RecordKey.AgreementNotice(one.Agreement, one.MspId),
            _ => null,
        };
        return own is not null && key == CompositeKey.Create(own.ObjectType, own.Attributes);
    }

    private bool IsBacked(AccreditorTerm term) =>
        _ballots.TryGetValue(term.Ballot, out var ballot)
        && ballot.Statement.Action == BallotAction.AdmitAccreditor && ballot.Statement.Subject == term.MspId
        && _ballotProof.IsAccepted(ballot);

    private void Take(string key, AgreementPart part)
    {
        if (IsAtItsPlace(key, part))
            Agreements.Add(part with { WrittenAt = MomentOf(SignaturesOf(part)[0]) ?? part.WrittenAt });
    }

    private void Take(Ballot ballot)
    {
        _ballots[ballot.Statement.Id] = ballot with
        {
            ProposedAt = MomentOf(ballot.Signature) ?? ballot.ProposedAt,
            Votes = [.. ballot.Votes.Select(vote => vote with { VotedAt = MomentOf(vote.Signature) ?? vote.VotedAt })],
        };
        _backed = null;
    }

    private void Take(Accreditation accreditation)
    {
        var before = _accreditations.GetValueOrDefault(
            accreditation.MspId, ImmutableSortedDictionary.Create<string, Accreditation>(StringComparer.Ordinal));
        _accreditations[accreditation.MspId] = before.SetItem(
            $"{accreditation.Accreditor}/{accreditation.Id}",
            accreditation with
            {
                Changes =
                [
                    .. accreditation.Changes.Select(
                        change => change with { ChangedAt = MomentOf(change.Signature) ?? change.ChangedAt }),
                ],
            });
    }

    private static T Parse<T>(byte[] json) =>
        JsonSerializer.Deserialize<T>(json, LedgerJson.Options)
        ?? throw new InvalidDataException($"A record on the ledger is null where a {typeof(T).Name} belongs.");
}
