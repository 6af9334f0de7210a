using System.Collections.Concurrent;
using System.Collections.Immutable;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Agreements in memory, those of each two institutions at hand, so that one question looks at those few alone. One
/// writer, any number of readers.
/// </summary>
public sealed class AgreementIndex
{
    private readonly ConcurrentDictionary<string, ImmutableList<AgreementPart>> _parts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Agreement> _agreements = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, string), ImmutableHashSet<string>> _between = [];

    /// <summary>All agreements, by their names.</summary>
    public IReadOnlyList<Agreement> All =>
        [.. _agreements.Values.OrderBy(agreement => agreement.Id, StringComparer.Ordinal)];

    /// <summary>Finds an agreement.</summary>
    public Agreement? Find(string id) => _agreements.GetValueOrDefault(id);

    /// <summary>The agreements that name both institutions, in any version.</summary>
    public IEnumerable<Agreement> Between(string one, string other) =>
        _between.TryGetValue(PairOf(one, other), out var ids) ? ids.Select(id => _agreements[id]) : [];

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
        if (part.Proposal?.Statement.Parties is not { } parties) return;

        for (int i = 0; i < parties.Count; i++)
        {
            for (int j = i + 1; j < parties.Count; j++)
            {
                var pair = PairOf(parties[i], parties[j]);
                _between[pair] = _between.GetValueOrDefault(pair, []).Add(id);
            }
        }
    }

    private static (string, string) PairOf(string one, string other) =>
        string.CompareOrdinal(one, other) < 0 ? (one, other) : (other, one);
}
