namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>A way to complete what is chosen.</summary>
/// <param name="From">How what the learner has counts on this way.</param>
/// <param name="Steps">How many steps it takes.</param>
/// <param name="Cost">The credits that it takes.</param>
/// <param name="Picks">The classes that count, and how.</param>
/// <param name="Opening">The classes that are taken only because others need them.</param>
internal sealed record Way(
    Chosen From, int Steps, int Cost, IReadOnlyList<(int Class, Option Option)> Picks, IReadOnlyList<int> Opening);

/// <summary>
/// Finds the shortest ways to complete a pathway: by depth-first search with a growing number of steps, cut wherever
/// even the largest offers could not reach the end in the steps that are left.
/// </summary>
internal sealed class WaySearch
{
    /// <summary>The most ways that are told.</summary>
    public const int MaxWays = 3;

    // Beyond them the best found so far is told, as not proven. Each visit looks at every class of offers.
    private const int MaxVisits = 10_000;
    private const int MaxLooks = 4_000_000;

    private readonly Count _count;
    private readonly IReadOnlyList<OfferClass> _classes;
    private readonly WayBounds _bounds;
    private readonly (int Class, Option Option)[][] _candidates;
    private readonly (int Class, Option Option)[] _all;
    private readonly int _maxVisits;
    private readonly int[] _left;
    private readonly bool[] _isOwed;
    private readonly List<(int Class, Option Option)> _picks = [];
    private readonly List<Way> _found = [];
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private Chosen _from = null!;
    private int _limit;
    private int _visits;
    private bool _wasCut;

    public WaySearch(Count count, IReadOnlyList<OfferClass> classes)
    {
        (_count, _classes) = (count, classes);
        _maxVisits = Math.Min(MaxVisits, MaxLooks / ((classes.Count + 1) * count.Places.Count));
        _left = [.. classes.Select(one => one.Offers.Count)];
        _isOwed = new bool[classes.Count];
        _bounds = new WayBounds(count, classes, _left, _isOwed);
        _all =
        [
            .. classes.SelectMany((one, index) => one.Options.Select(option => (Class: index, Option: option)))
                .OrderBy(candidate => candidate.Option.Cost).ThenByDescending(candidate => candidate.Option.Credits),
        ];
        _candidates =
        [
            .. Enumerable.Range(0, count.Places.Count)
                .Select(place => _all.Where(candidate => candidate.Option.Place == place).ToArray()),
        ];
    }

    /// <summary>Whether what was found is certain to be the best, or that there is nothing.</summary>
    public bool IsProven => _visits <= _maxVisits;

    /// <summary>Finds ways from any of the choices for what the learner has.</summary>
    public IReadOnlyList<Way> Find(IReadOnlyList<Chosen> starts)
    {
        var reachable = starts.Select(start => (Start: start, Bound: _bounds.Steps(start.Load)))
            .Where(item => item.Bound < WayBounds.Never).OrderBy(item => item.Bound).ToList();
        if (reachable.Count == 0) return [];

        int most = _classes.Sum(one => one.IsHeld ? 0 : one.Offers.Count);
        for (_limit = reachable[0].Bound; _limit <= most && _found.Count == 0 && IsProven; _limit++)
        {
            _wasCut = false;
            foreach (var (start, bound) in reachable)
            {
                if (bound > _limit)
                {
                    _wasCut = true;
                    break;
                }

                _from = start;
                Search(start.Load, 0, 0, 0, 0);
            }

            // Nothing was left out for the number of steps: more of them lead nowhere either.
            if (!_wasCut) break;
        }

        return [.. _found.OrderBy(way => way.Cost)];
    }

    private int MostCost => _found.Count == 0 ? int.MaxValue : _found.Min(way => way.Cost);

    /// <summary>Goes on from a load: fills place after place, then what is missing over all.</summary>
    /// <param name="load">The load.</param>
    /// <param name="place">The first place that may be open.</param>
    /// <param name="first">The first candidate for it; earlier ones were left out for good.</param>
    /// <param name="steps">The steps so far.</param>
    /// <param name="cost">The credits that they take.</param>
    private void Search(int[] load, int place, int first, int steps, int cost)
    {
        if (++_visits > _maxVisits) return;
        while (place < _count.Places.Count && _count.IsFilled(load, place)) (place, first) = (place + 1, 0);

        if (place == _count.Places.Count && _count.MissingCredits(load) == 0)
        {
            Tell(steps, cost);
            return;
        }

        if (steps + _bounds.Steps(load) > _limit)
        {
            _wasCut = true;
            return;
        }

        if (cost + _bounds.Cost(load) > MostCost || (_found.Count >= MaxWays && cost + _bounds.Cost(load) >= MostCost))
            return;

        var candidates = place < _count.Places.Count ? _candidates[place] : _all;
        for (int i = first; i < candidates.Length && _visits <= _maxVisits; i++)
        {
            var (index, option) = candidates[i];
            if (_left[index] > 0 && _count.TryAdd(load, option, out int[] next))
                Take(index, option, next, place, i, steps, cost);
        }
    }

    private void Take(int index, Option option, int[] next, int place, int candidate, int steps, int cost)
    {
        var one = _classes[index];
        bool wasOwed = _isOwed[index];

        // What others need was paid for at its least; to count for more it may cost more.
        if (!one.IsHeld)
        {
            (steps, cost) = wasOwed
                ? (steps, cost + option.Cost - one.Cost)
                : (steps + 1, cost + option.Cost);
        }

        _isOwed[index] = false;
        _left[index]--;
        _picks.Add((index, option));
        Open(Needed.Of(one, null), next, place, candidate, steps, cost);
        _picks.RemoveAt(_picks.Count - 1);
        _left[index]++;
        _isOwed[index] = wasOwed;
    }

    /// <summary>
    /// Takes what something counts only with, in each way in which it can be had, and goes on. It counts for nothing
    /// more where it has a place.
    /// </summary>
    private void Open(Needed? needed, int[] load, int place, int candidate, int steps, int cost)
    {
        if (steps > _limit)
        {
            _wasCut = true;
            return;
        }

        while (needed is not null && needed.AnyOf.Any(IsTaken)) needed = needed.Then;
        if (needed is null)
        {
            Search(load, place, candidate, steps, cost);
            return;
        }

        foreach (int index in needed.AnyOf)
        {
            if (++_visits > _maxVisits) return;
            var one = _classes[index];
            _isOwed[index] = true;
            var (more, dearer) = one.IsHeld ? (steps, cost) : (steps + 1, cost + one.Cost);
            Open(Needed.Of(one, needed.Then), load, place, candidate, more, dearer);
            _isOwed[index] = false;
        }
    }

    private bool IsTaken(int index) => _left[index] == 0 || _isOwed[index];

    private void Tell(int steps, int cost)
    {
        if (steps > _limit || cost > MostCost) return;
        if (cost < MostCost)
        {
            _found.Clear();
            _told.Clear();
        }

        var opening = Enumerable.Range(0, _isOwed.Length).Where(i => _isOwed[i] && !_classes[i].IsHeld).ToList();
        string taken = string.Join(',', _picks.Select(pick => pick.Class).Where(index => !_classes[index].IsHeld)
            .Concat(opening).Select(NameOf).Order(StringComparer.Ordinal));
        if (_found.Count < MaxWays && _told.Add(taken)) _found.Add(new Way(_from, steps, cost, [.. _picks], opening));
    }

    /// <summary>Names what is taken: recognised as one thing or as another, it is the same to take.</summary>
    private string NameOf(int index) => _classes[index].Offers.Count == 1 ? _classes[index].Name : $"#{index}";

    /// <summary>What must be taken yet, one after the other: any one of these, and then the rest.</summary>
    private sealed record Needed(IReadOnlyList<int> AnyOf, Needed? Then)
    {
        public static Needed? Of(OfferClass one, Needed? then) =>
            one.Needs.Aggregate(then, (rest, anyOf) => new Needed(anyOf, rest));
    }
}
