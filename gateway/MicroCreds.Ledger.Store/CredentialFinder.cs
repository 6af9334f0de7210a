using System.Data.Common;

namespace MicroCreds.Ledger.Store;

/// <summary>Finds credentials among those that are on the ledger. Thread-safe.</summary>
public sealed class CredentialFinder(GatewayStore store)
{
    /// <summary>The most entries that are looked at for one word of a name.</summary>
    private const int MaxEntriesPerWord = 200_000;

    /// <summary>The most words that begin like one that was looked for.</summary>
    private const int MaxBeginnings = 200;

    /// <summary>How many are read at a time where more is asked of them than the database knows.</summary>
    private const int ReadAhead = 200;

    /// <summary>The most that are read for one page: with a rare status the next page goes on from there.</summary>
    private const int MaxRead = 20_000;

    /// <summary>How far apart numbers and times of issuances that came at once may be.</summary>
    private const int Slack = 1000;

    private const string Columns =
        """
        c.id, c.issuance, c.leaf, c.row, c.document, c.template, c.signature, i.root, i.id, i.kind, i.created_at
        """;

    private const string From = "FROM credential c JOIN issuance i ON i.number = c.issuance WHERE i.state = 'issued'";

    /// <summary>Finds a page of credentials.</summary>
    /// <param name="query">Which.</param>
    /// <param name="isMeant">What else must be so. Default is nothing.</param>
    public FoundPage Find(CredentialQuery query, Func<FoundCredential, bool>? isMeant = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        bool isCut = false;
        var places = query.Name is null && query.Places is null ? null : PlacesOf(query, out isCut);
        var source = places is null ? List(query) : ReadEach(query, places);
        var found = new List<FoundCredential>();
        int read = 0;
        FoundPlace? last = null;
        foreach (var one in source)
        {
            if (found.Count == query.Size || read == MaxRead) return new FoundPage(found, last, isCut);
            read++;
            last = one.Place;
            if (isMeant is null || isMeant(one)) found.Add(one);
        }

        return new FoundPage(found, Next: null, isCut);
    }

    /// <summary>What may be meant, in its order.</summary>
    private List<FoundPlace> PlacesOf(CredentialQuery query, out bool isCut)
    {
        isCut = false;
        var distances = query.Places?.ToDictionary(place => NameIndex.EntryOf(place.Issuance, place.Row), _ => 0);
        foreach (string word in query.Name is { } name ? NameWords.Of(name) : [])
        {
            var near = EntriesOf(word, ref isCut);
            if (distances is null)
            {
                distances = near;
                continue;
            }

            var both = new Dictionary<long, int>();
            var (few, many) = distances.Count < near.Count ? (distances, near) : (near, distances);
            foreach (var (entry, distance) in few)
            {
                if (many.TryGetValue(entry, out int other)) both[entry] = distance + other;
            }

            distances = both;
        }

        var places = new List<FoundPlace>();
        foreach (var (entry, distance) in distances ?? [])
        {
            var place = new FoundPlace(distance, entry);
            if (query.After is not { } after || place.IsBehind(after)) places.Add(place);
        }

        places.Sort(FoundPlace.Order);
        return places;
    }

    /// <summary>Whose name has a word, or one near it, and how near.</summary>
    private Dictionary<long, int> EntriesOf(string sought, ref bool isCut)
    {
        using var reader = store.Database.Read();
        var words = new Dictionary<string, int>(StringComparer.Ordinal) { [sought] = 0 };
        if (sought.Length >= NameWords.MinForgiven)
        {
            var beginnings = reader.Prepare(
                "SELECT word FROM name_word WHERE word >= $0 AND word < $1 ORDER BY word LIMIT $2", 3);
            Take(beginnings.With(sought, sought + '\uffff', MaxBeginnings));
            var slips = reader.Prepare("SELECT word FROM name_slip WHERE slip = $0", 1);
            foreach (long slip in NameWords.SlipsOf(sought)) Take(slips.With(slip));
        }

        var entries = new Dictionary<long, int>();
        var select = reader.Prepare("SELECT entry FROM name_entry WHERE word = $0", 1);
        foreach (var (word, distance) in words.OrderBy(word => word.Value))
        {
            using var rows = select.With(NameWords.KeyOf(word)).ExecuteReader();
            while (rows.Read())
            {
                if (entries.Count == MaxEntriesPerWord)
                {
                    isCut = true;
                    return entries;
                }

                entries.TryAdd(rows.GetInt64(0), distance);
            }
        }

        return entries;

        void Take(DbCommand command)
        {
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                string word = rows.GetString(0);
                if (NameWords.DistanceOf(sought, word) is { } distance) words[word] = distance;
            }
        }
    }

    private IEnumerable<FoundCredential> ReadEach(CredentialQuery query, List<FoundPlace> places)
    {
        foreach (var chunk in places.Chunk(ReadAhead))
        {
            foreach (var one in Read(chunk))
            {
                if (IsMeant(query, one)) yield return one;
            }
        }
    }

    private List<FoundCredential> Read(FoundPlace[] places)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare($"SELECT {Columns} {From} AND c.issuance = $0 AND c.row = $1", 2);
        var found = new List<FoundCredential>();
        foreach (var place in places)
        {
            var (issuance, row) = NameIndex.PlaceOf(place.Entry);
            using var rows = select.With(issuance, row).ExecuteReader();
            if (rows.Read()) found.Add(Map(rows, place.Distance));
        }

        return found;
    }

    private static bool IsMeant(CredentialQuery query, FoundCredential one) =>
        (query.Issuance is not { } issuance || one.Document.Issuance == issuance)
        && (query.Templates is not { } templates
            || (one.Document.Kept.Template is { } template && templates.Contains(template)))
        && (query.From is not { } from || one.IssuedAt >= from)
        && (query.Until is not { } until || one.IssuedAt < until);

    /// <summary>All there are, the newest first; of several templates put together.</summary>
    private IEnumerable<FoundCredential> List(CredentialQuery query)
    {
        long before = query.After?.Entry ?? NameIndex.EntryOf(NewestOf(query), (1 << NameIndex.RowBits) - 1);
        long oldest = OldestOf(query);
        while (true)
        {
            var found = query.Templates is { } templates
                ? [.. templates.SelectMany(template => ListOf(query, before, oldest, template))
                    .OrderByDescending(one => one.Place.Entry).Take(ReadAhead)]
                : ListOf(query, before, oldest, template: null);
            foreach (var one in found)
            {
                if (IsMeant(query, one)) yield return one;
            }

            if (found.Count < ReadAhead) yield break;
            before = found[^1].Place.Entry;
        }
    }

    private List<FoundCredential> ListOf(CredentialQuery query, long before, long oldest, long? template)
    {
        var (issuance, row) = NameIndex.PlaceOf(before);
        return (query.Issuance, template) switch
        {
            ({ } only, _) when issuance < only => [],
            ({ } only, _) => Read("c.issuance = $0 AND c.row < $1", only, issuance > only ? int.MaxValue : row),
            (null, { } number) => Read(
                "c.template = $0 AND (c.issuance, c.row) < ($1, $2) AND c.issuance >= $3", number, issuance, row,
                oldest),
            _ => Read("(c.issuance, c.row) < ($0, $1) AND c.issuance >= $2", issuance, row, oldest),
        };
    }

    private List<FoundCredential> Read(string condition, params ReadOnlySpan<object?> values)
    {
        using var reader = store.Database.Read();
        var select = reader.Prepare(
            $"SELECT {Columns} {From} AND {condition} ORDER BY c.issuance DESC, c.row DESC LIMIT {ReadAhead}",
            values.Length);
        using var rows = select.With(values).ExecuteReader();
        var found = new List<FoundCredential>();
        while (rows.Read()) found.Add(Map(rows, distance: 0));
        return found;
    }

    private long NewestOf(CredentialQuery query) => query.Until is { } until
        ? (NumberAt("created_at < $0 ORDER BY created_at DESC", until) ?? 0) + Slack
        : long.MaxValue >> (NameIndex.RowBits + 1);

    private long OldestOf(CredentialQuery query) => query.From is { } from
        ? (NumberAt("created_at >= $0 ORDER BY created_at", from) ?? long.MaxValue) - Slack
        : 0;

    private long? NumberAt(string condition, DateTimeOffset time)
    {
        using var reader = store.Database.Read();
        return reader.Prepare($"SELECT number FROM issuance WHERE {condition} LIMIT 1", 1)
            .With(time.ToUnixTimeMilliseconds()).ExecuteScalar() as long?;
    }

    private static FoundCredential Map(DbDataReader rows, int distance)
    {
        var document = DocumentStore.Map(rows);
        return new FoundCredential(
            document, new FoundPlace(distance, NameIndex.EntryOf(document.Issuance, document.Row)),
            rows.GetString(7), rows.GetString(8), rows.GetString(9),
            DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(10)));
    }
}
