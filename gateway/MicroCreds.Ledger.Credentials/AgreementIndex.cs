using System.Collections.Concurrent;
using System.Collections.Immutable;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Agreements in memory, those of each institution and of each two at hand, so that one question looks at those few
/// alone. One writer, any number of readers.
/// </summary>
/// <param name="proof">What tells which parts count. None takes all for what they say.</param>
public sealed class AgreementIndex(AgreementProof? proof = null)
{
    private readonly ConcurrentDictionary<string, ImmutableList<AgreementPart>> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Agreement> _agreements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<DisregardedPart>> _disregarded =
        new(StringComparer.Ordinal);

    private readonly Dictionary<string, HashSet<string>> _signedBy = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Slots> _of = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, string), Slots> _between = [];

    /// <summary>All agreements, by their names.</summary>
    public IReadOnlyList<Agreement> All => Sorted(_agreements.Values);

    /// <summary>Finds an agreement.</summary>
    public Agreement? Find(string id) => _agreements.GetValueOrDefault(id);

    /// <summary>The agreements that name an institution, in any version, by their names.</summary>
    public IReadOnlyList<Agreement> Of(string mspId) =>
        _of.TryGetValue(mspId, out var slots) ? Sorted(slots.Agreements) : [];

    /// <summary>The agreements that name both institutions, in any version.</summary>
    public IReadOnlyList<Agreement> Between(string one, string other) =>
        _between.TryGetValue(PairOf(one, other), out var slots) ? slots.Agreements : [];

    /// <summary>The parts of an agreement that do not count, since their signers do not stand for them.</summary>
    public IReadOnlyList<DisregardedPart> DisregardedOf(string id) => _disregarded.GetValueOrDefault(id, []);

    /// <summary>Takes in a part of an agreement, once, in whatever order.</summary>
    public void Add(AgreementPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        var (id, signer) = part switch
        {
            { Proposal.Statement: { } proposed } => (proposed.Id, proposed.MspId),
            { Acceptance.Statement: { } accepted } => (accepted.Agreement, accepted.MspId),
            { Notice.Statement: { } notice } => (notice.Agreement, notice.MspId),
            _ => throw new ArgumentException("It is no proposal, acceptance or notice.", nameof(part)),
        };
        if (!_signedBy.TryGetValue(signer, out var signed)) _signedBy[signer] = signed = new(StringComparer.Ordinal);
        signed.Add(id);
        _parts[id] = _parts.GetValueOrDefault(id, []).Add(part);
        Take(id);
    }

    /// <summary>
    /// Looks again at what an institution signed: that a key of its was in other hands is found out later.
    /// </summary>
    public void Refresh(string mspId)
    {
        foreach (string id in _signedBy.GetValueOrDefault(mspId, [])) Take(id);
    }

    private void Take(string id)
    {
        var proven = proof?.Prove(_parts[id]) ?? new ProvenParts(_parts[id], []);
        if (proven.Disregarded.Count > 0) _disregarded[id] = proven.Disregarded;
        else _disregarded.TryRemove(id, out _);

        // In the order of the ledger's keys, acceptances come before their proposal.
        var before = _agreements.GetValueOrDefault(id);
        if (Agreement.Of(proven.Counting) is not { } agreement)
        {
            if (before is null) return;
            _agreements.TryRemove(id, out _);
            Place(before, (slots, one) => slots.Remove(one));
            return;
        }

        _agreements[id] = agreement;
        if (before is not null && !PartiesOf(before).SequenceEqual(PartiesOf(agreement)))
            Place(before, (slots, one) => slots.Remove(one));
        Place(agreement, (slots, one) => slots.Put(one));
    }

    private static IEnumerable<string> PartiesOf(Agreement agreement) =>
        agreement.Versions.SelectMany(version => version.Terms.Parties).Distinct();

    private void Place(Agreement agreement, Action<Slots, Agreement> place)
    {
        string[] parties = [.. PartiesOf(agreement)];
        for (int i = 0; i < parties.Length; i++)
        {
            place(_of.GetOrAdd(parties[i], _ => new Slots()), agreement);
            for (int j = i + 1; j < parties.Length; j++)
                place(_between.GetOrAdd(PairOf(parties[i], parties[j]), _ => new Slots()), agreement);
        }
    }

    private static Agreement[] Sorted(IEnumerable<Agreement> agreements) =>
        [.. agreements.OrderBy(agreement => agreement.Id, StringComparer.Ordinal)];

    private static (string, string) PairOf(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);

    /// <summary>
    /// Some agreements as they stand: readers take the array as it is, the writer puts another in place.
    /// </summary>
    private sealed class Slots
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private volatile Agreement[] _agreements = [];

        public Agreement[] Agreements => _agreements;

        public void Put(Agreement agreement)
        {
            bool isThere = _places.TryGetValue(agreement.Id, out int place);
            var next = new Agreement[isThere ? _agreements.Length : _agreements.Length + 1];
            _agreements.CopyTo(next, 0);
            if (!isThere) _places[agreement.Id] = place = next.Length - 1;
            next[place] = agreement;
            _agreements = next;
        }

        public void Remove(Agreement agreement)
        {
            if (!_places.Remove(agreement.Id, out int place)) return;
            var next = new List<Agreement>(_agreements);
            next.RemoveAt(place);
            for (int i = place; i < next.Count; i++) _places[next[i].Id] = i;
            _agreements = [.. next];
        }
    }
}
