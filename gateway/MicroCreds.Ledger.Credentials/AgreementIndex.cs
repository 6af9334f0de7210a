using System.Collections.Concurrent;
using System.Collections.Immutable;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Agreements in memory, those of each institution and of each two at hand, so that one question looks at those few
/// alone. One writer, any number of readers.
/// </summary>
public sealed class AgreementIndex
{
    private readonly ConcurrentDictionary<string, ImmutableList<AgreementPart>> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Agreement> _agreements = new(StringComparer.Ordinal);
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

    /// <summary>Takes in a part of an agreement, once, in whatever order.</summary>
    public void Add(AgreementPart part)
    {
        ArgumentNullException.ThrowIfNull(part);
        string id = part.Proposal?.Statement.Id ?? part.Acceptance?.Statement.Agreement
            ?? part.Notice!.Statement.Agreement;
        var parts = _parts.GetValueOrDefault(id, []).Add(part);
        _parts[id] = parts;

        // In the order of the ledger's keys, acceptances come before their proposal.
        if (Agreement.Of(parts) is not { } agreement) return;

        _agreements[id] = agreement;
        string[] parties = [.. agreement.Versions.SelectMany(version => version.Terms.Parties).Distinct()];
        for (int i = 0; i < parties.Length; i++)
        {
            _of.GetOrAdd(parties[i], _ => new Slots()).Put(agreement);
            for (int j = i + 1; j < parties.Length; j++)
                _between.GetOrAdd(PairOf(parties[i], parties[j]), _ => new Slots()).Put(agreement);
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
    }
}
