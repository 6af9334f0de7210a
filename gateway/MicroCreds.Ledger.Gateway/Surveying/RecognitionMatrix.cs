using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// What partners recognize of an institution and it of theirs, now and as already agreed for later.
/// </summary>
public static class RecognitionMatrix
{
    /// <summary>The most clauses that are told of one partner in one direction; the number is that of all.</summary>
    public const int MaxClauses = 50;

    /// <summary>Lists all other members by their MSPs.</summary>
    /// <param name="mspId">The institution.</param>
    /// <param name="institutions">All members.</param>
    /// <param name="agreements">All agreements.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<PartnerRecognition> Of(
        string mspId, IReadOnlyDictionary<string, Institution> institutions, AgreementIndex agreements,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(institutions);
        ArgumentNullException.ThrowIfNull(agreements);
        var partners = new SortedDictionary<string, Row>(StringComparer.Ordinal);
        foreach (string other in institutions.Keys.Where(other => other != mspId))
            partners[other] = new Row([], []);
        foreach (var agreement in agreements.Of(mspId))
        {
            foreach (var reign in agreement.ReignsAt(now))
                Add(agreement, reign, mspId, now, partners);
        }

        return
        [
            .. partners.Select(partner => new PartnerRecognition(
                partner.Key, institutions[partner.Key].Name, institutions[partner.Key].Country,
                Tell(partner.Value.Theirs, now), Tell(partner.Value.Ours, now))),
        ];
    }

    private static void Add(
        Agreement agreement, AgreementReign reign, string mspId, DateTimeOffset now,
        SortedDictionary<string, Row> partners)
    {
        var terms = reign.Version.Terms;
        if (reign.Until <= now || !terms.Parties.Contains(mspId) || terms.Abroad is not null) return;

        foreach (string other in terms.Parties)
        {
            if (!partners.TryGetValue(other, out var row)) continue;

            var end = agreement.EndFor(terms, mspId, other);
            var until = reign.Until is { } next && !(end <= next) ? next : end;
            if (until <= now || until <= reign.From) continue;

            foreach (var clause in terms.Clauses)
            {
                var recognized = new RecognizedClause(
                    terms.Id, terms.Name, terms.Version, reign.From, until, clause);
                if (clause.Means(other, mspId)) row.Theirs.Add(recognized);
                if (clause.Means(mspId, other)) row.Ours.Add(recognized);
            }
        }
    }

    private static RecognizedClauses Tell(List<RecognizedClause> clauses, DateTimeOffset now) => new(
        clauses.Count,
        [.. clauses.OrderBy(clause => clause.From > now).ThenBy(clause => clause.Agreement, StringComparer.Ordinal)
            .ThenBy(clause => clause.Version).Take(MaxClauses)]);

    private sealed record Row(List<RecognizedClause> Theirs, List<RecognizedClause> Ours);
}

/// <summary>An institution and one of its partners.</summary>
/// <param name="MspId">The partner.</param>
/// <param name="Name">Its name.</param>
/// <param name="Country">Its country.</param>
/// <param name="RecognizesOfIt">What the partner recognizes of the institution's awards.</param>
/// <param name="RecognizedByIt">What the institution recognizes of the partner's awards.</param>
public sealed record PartnerRecognition(
    string MspId, string Name, string Country, RecognizedClauses RecognizesOfIt, RecognizedClauses RecognizedByIt)
{
    /// <summary>Whether nothing is recognized either way.</summary>
    internal bool IsEmpty => RecognizesOfIt.Count == 0 && RecognizedByIt.Count == 0;
}

/// <summary>What is recognized in one direction.</summary>
/// <param name="Count">How many clauses there are.</param>
/// <param name="Clauses">The clauses, those in force first, as far as they are told.</param>
public sealed record RecognizedClauses(int Count, IReadOnlyList<RecognizedClause> Clauses);

/// <summary>A clause and the time for which it counts between two institutions.</summary>
/// <param name="Agreement">The agreement.</param>
/// <param name="Name">The agreement's title.</param>
/// <param name="Version">The version.</param>
/// <param name="From">From when on awards count by it.</param>
/// <param name="Until">Until when, by its end, a notice or the next version; absent while no end is set.</param>
/// <param name="Clause">What is recognized, as what.</param>
public sealed record RecognizedClause(
    string Agreement, string Name, int Version, DateTimeOffset From, DateTimeOffset? Until, AgreementClause Clause);
