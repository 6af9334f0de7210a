using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Projection;

/// <summary>
/// What members decided and agreed, in memory: accreditors, ballots, accreditations and agreements. One writer, which
/// is the projection; any number of readers.
/// </summary>
public sealed class SharedRecords
{
    private static readonly string ConsortiumPrefix = CompositeKey.Create(RecordKey.ConsortiumType);
    private static readonly string MembersPrefix = CompositeKey.Create(RecordKey.MembersType);
    private static readonly string BallotPrefix = CompositeKey.Create(RecordKey.BallotType);
    private static readonly string AccreditationPrefix = CompositeKey.Create(RecordKey.AccreditationType);
    private static readonly string AgreementPrefix = CompositeKey.Create(RecordKey.AgreementType);

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
    internal void Take(string key, byte[]? value)
    {
        if (value is null)
            return;
        if (key.StartsWith(AgreementPrefix, StringComparison.Ordinal))
            Agreements.Add(Parse<AgreementPart>(value));
        else if (key.StartsWith(AccreditationPrefix, StringComparison.Ordinal))
            Take(Parse<Accreditation>(value));
        else if (key.StartsWith(BallotPrefix, StringComparison.Ordinal))
            Take(Parse<Ballot>(value));
        else if (key == ConsortiumPrefix)
            _consortium = Parse<Consortium>(value);
        else if (key == MembersPrefix)
            _members = Parse<Members>(value);
    }

    private void Take(Ballot ballot) => _ballots[ballot.Statement.Id] = ballot;

    private void Take(Accreditation accreditation)
    {
        var before = _accreditations.GetValueOrDefault(
            accreditation.MspId, ImmutableSortedDictionary.Create<string, Accreditation>(StringComparer.Ordinal));
        _accreditations[accreditation.MspId] =
            before.SetItem($"{accreditation.Accreditor}/{accreditation.Id}", accreditation);
    }

    private static T Parse<T>(byte[] json) =>
        JsonSerializer.Deserialize<T>(json, LedgerJson.Options)
        ?? throw new InvalidDataException($"A record on the ledger is null where a {typeof(T).Name} belongs.");
}
