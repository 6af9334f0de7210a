namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>
/// What is recognised as several things, by agreements side by side. It counts as one of them, and each of them counts
/// once: what is not forked is a unit with all that counts as the same under the same conditions; what is, is a unit of
/// its own. Where several units are the same, or count as the same, a bound holds them together.
/// </summary>
internal sealed class Forks
{
    private readonly HashSet<string> _forked;
    private readonly Dictionary<string, int> _keyBounds;
    private readonly Dictionary<string, int> _thingBounds;

    /// <summary>Finds them.</summary>
    /// <param name="all">All that may count, had or offered, and the conditions that it counts under.</param>
    /// <param name="bounds">The bounds, to which those are added that hold what counts once.</param>
    public Forks(IEnumerable<(Subject Subject, string Conditions)> all, List<int> bounds)
    {
        var listed = all.ToList();
        _forked = Ambiguous(listed.Select(one => (one.Subject.Identity, one.Subject.Key)));
        var units = listed.Select(one => (one.Subject, Name: UnitOf(one.Subject, one.Conditions))).ToList();
        _keyBounds = Bound(units.Select(one => (one.Subject.Key, one.Name)), bounds);

        // What counts as one thing only is held together by that already.
        _thingBounds = Bound(
            units.Where(one => _forked.Contains(one.Subject.Identity)).Select(one => (one.Subject.Identity, one.Name)),
            bounds);
    }

    /// <summary>Names the unit that an achievement belongs to, recognised so.</summary>
    /// <param name="subject">The achievement.</param>
    /// <param name="conditions">What it counts only with, and what counts only with it.</param>
    public string UnitOf(Subject subject, string conditions)
    {
        string name = _forked.Contains(subject.Identity) ? subject.Identity : subject.Key;
        return conditions.Length == 0 ? name : $"{name} {conditions}";
    }

    /// <summary>The bound on what it counts as; -1 if nothing else could count as the same.</summary>
    public int KeyBoundOf(Subject subject) => _keyBounds.GetValueOrDefault(subject.Key, -1);

    /// <summary>The bound on what it is; -1 if no other unit is made of the same.</summary>
    public int ThingBoundOf(Subject subject) => _thingBounds.GetValueOrDefault(subject.Identity, -1);

    private static Dictionary<string, int> Bound(IEnumerable<(string Of, string Unit)> units, List<int> bounds)
    {
        var bounded = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string of in Ambiguous(units))
        {
            bounded[of] = bounds.Count;
            bounds.Add(1);
        }

        return bounded;
    }

    /// <summary>What goes with more than one thing.</summary>
    private static HashSet<string> Ambiguous(IEnumerable<(string Of, string With)> pairs)
    {
        var first = new Dictionary<string, string>(StringComparer.Ordinal);
        var ambiguous = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (of, with) in pairs)
        {
            if (!first.TryAdd(of, with) && first[of] != with) ambiguous.Add(of);
        }

        return ambiguous;
    }
}
