using System.Collections.Concurrent;
using System.Collections.Immutable;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// What members decided and agreed, in memory: accreditors, ballots, accreditations and agreements. One writer, which
/// is the projection; any number of readers.
/// </summary>
public sealed class SharedRecords
{
    private readonly ConcurrentDictionary<string, Ballot> _ballots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableSortedDictionary<string, Accreditation>> _accreditations =
        new(StringComparer.Ordinal);
    private volatile Consortium _consortium = new();
    private volatile Members _members = new([]);

    /// <summary>The kinds of records that are kept here.</summary>
    internal static IReadOnlyList<string> Types { get; } =
    [
        RecordKey.ConsortiumType, RecordKey.MembersType, RecordKey.BallotType, RecordKey.AccreditationType,
        RecordKey.AgreementType,
    ];

    /// <summary>Who the accreditors are and were.</summary>
    public Consortium Consortium => _consortium;

    /// <summary>Who the members are, and who left.</summary>
    public Members Members => _members;

    /// <summary>All ballots, by their names.</summary>
    public IReadOnlyList<Ballot> Ballots =>
        [.. _ballots.Values.OrderBy(ballot => ballot.Statement.Id, StringComparer.Ordinal)];

    /// <summary>All accreditations.</summary>
    public IEnumerable<Accreditation> Accreditations =>
        _accreditations.OrderBy(all => all.Key, StringComparer.Ordinal).SelectMany(all => all.Value.Values);

    /// <summary>The agreements.</summary>
    public AgreementIndex Agreements { get; } = new();

    /// <summary>Finds a ballot.</summary>
    public Ballot? FindBallot(string id) => _ballots.GetValueOrDefault(id);

    /// <summary>The accreditations of an institution.</summary>
    public IEnumerable<Accreditation> AccreditationsOf(string mspId) =>
        _accreditations.TryGetValue(mspId, out var found) ? found.Values : [];

    /// <summary>Takes in a record; none of these is ever deleted.</summary>
    internal void Take(object record)
    {
        switch (record)
        {
            case AgreementPart part:
                Agreements.Add(part);
                break;
            case Accreditation accreditation:
                Take(accreditation);
                break;
            case Ballot ballot:
                Take(ballot);
                break;
            case Consortium consortium:
                _consortium = consortium;
                break;
            case Members members:
                _members = members;
                break;
        }
    }

    private void Take(Ballot ballot) => _ballots[ballot.Statement.Id] = ballot;

    private void Take(Accreditation accreditation)
    {
        var before = _accreditations.GetValueOrDefault(
            accreditation.MspId, ImmutableSortedDictionary.Create<string, Accreditation>(StringComparer.Ordinal));
        _accreditations[accreditation.MspId] =
            before.SetItem($"{accreditation.Accreditor}/{accreditation.Id}", accreditation);
    }
}
