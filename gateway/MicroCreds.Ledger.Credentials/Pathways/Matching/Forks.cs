namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>
/// What is recognised as several things, by agreements side by side. It counts as one of them, and each of them counts
/// once: what is not forked is a unit with all that counts as the same; what is, is a unit of its own.
/// </summary>
internal sealed class Forks
{
    private readonly HashSet<string> _forked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _keyBounds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _thingBounds = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <param name="held">What the learner has and may count, with the name of what is missing for it.</param>
    /// <param name="offered">Likewise, what is offered.</param>
    /// <param name="bounds">The bounds, to which those are added that hold what counts once.</param>
    public Forks(
        IEnumerable<(Subject Subject, string Missing)> held, IEnumerable<(Subject Subject, string Missing)> offered,
        List<int> bounds)
    {
        List<(Subject Subject, string Missing, bool IsHeld)> all =
        [
            .. held.Select(one => (one.Subject, one.Missing, true)),
            .. offered.Select(one => (one.Subject, one.Missing, false)),
        ];
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (subject, _, _) in all)
        {
            if (keys.TryAdd(subject.Identity, subject.Key) || keys[subject.Identity] == subject.Key) continue;
            _forked.Add(subject.Identity);
        }

        if (_forked.Count == 0) return;

        var units = all.Select(one => (
            one.Subject, Name: $"{UnitOf(one.Subject, one.Missing)} {(one.IsHeld && one.Missing.Length == 0)}")).ToList();
        foreach (var byKey in units.GroupBy(one => one.Subject.Key, StringComparer.Ordinal))
        {
            if (byKey.Any(one => _forked.Contains(one.Subject.Identity))) Bound(_keyBounds, byKey, bounds);
        }

        foreach (var byThing in units.GroupBy(one => one.Subject.Identity, StringComparer.Ordinal))
        {
            if (_forked.Contains(byThing.Key)) Bound(_thingBounds, byThing, bounds);
        }
    }

    /// <summary>Names the unit that an achievement belongs to, recognised so.</summary>
    /// <param name="subject">The achievement.</param>
    /// <param name="missing">What is missing for it: what counts under other conditions is another unit.</param>
    public string UnitOf(Subject subject, string missing) =>
        _forked.Contains(subject.Identity) ? $"{subject.Identity} {missing}" : subject.Key;

    /// <summary>The bound on what it counts as; -1 if nothing else could count as the same.</summary>
    public int KeyBoundOf(Subject subject) => _keyBounds.GetValueOrDefault(subject.Key, -1);

    /// <summary>The bound on what it is; -1 if no other unit is made of the same.</summary>
    public int ThingBoundOf(Subject subject) => _thingBounds.GetValueOrDefault(subject.Identity, -1);

    private static void Bound(
        Dictionary<string, int> named, IGrouping<string, (Subject Subject, string Name)> group, List<int> bounds)
    {
        if (group.Select(one => one.Name).Distinct(StringComparer.Ordinal).Count() < 2) return;
        named[group.Key] = bounds.Count;
        bounds.Add(1);
    }
}
