using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;

namespace MicroCreds.Ledger.Planning.Asking;

/// <summary>
/// The moments at which a plan may be finished: now, if nothing is taken, and the end of each term. What counts is
/// asked of the evaluation's own matching, as of each of them.
/// </summary>
internal sealed class Moments
{
    private readonly PlaceMatch[] _matches;
    private readonly Dictionary<DateTimeOffset, int> _indices = [];
    private readonly int? _withinMonths;
    private readonly bool _nothingAges;

    public Moments(PathwayInput input, IReadOnlyList<Place> places, IEnumerable<DateTimeOffset> ends)
    {
        All = [input.AsOf, .. ends.Distinct().Order()];
        for (int i = 0; i < All.Count; i++) _indices[All[i]] = i;
        _withinMonths = input.Pathway.WithinMonths;
        _nothingAges = input.Pathway.NotOlderThanMonths is null
            && input.Pathway.Groups.All(group => group.NotOlderThanMonths is null);
        _matches = [.. All.Select(moment => new PlaceMatch(input with { AsOf = moment }, places))];
    }

    public IReadOnlyList<DateTimeOffset> All { get; }

    public int Last => All.Count - 1;

    /// <summary>The moment at which what ends on a day is earned.</summary>
    public static DateTimeOffset EndOf(DateOnly day) =>
        new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1).AddSeconds(-1);

    public int IndexOf(DateTimeOffset moment) => _indices[moment];

    /// <summary>Finds the places that take something, each with the last moment at which it is not too old.</summary>
    /// <param name="subject">What it is.</param>
    /// <param name="from">The first moment that is asked about.</param>
    public Dictionary<int, int> PlacesOf(Subject subject, int from)
    {
        var last = new Dictionary<int, int>();
        for (int i = from; i <= Last; i++)
        {
            var places = _matches[i].Find(subject, out _);
            foreach (int place in places) last[place] = _nothingAges ? Last : i;
            if (_nothingAges || places.Count == 0) break;
        }

        return last;
    }

    /// <summary>The last moment from which something still lies within the months for all of it; -1 for none.</summary>
    public int LastWithin(DateTimeOffset earnedAt)
    {
        if (_withinMonths is not { } months) return Last;
        int last = -1;
        while (last < Last && earnedAt >= All[last + 1].AddMonths(-months)) last++;
        return last;
    }
}
