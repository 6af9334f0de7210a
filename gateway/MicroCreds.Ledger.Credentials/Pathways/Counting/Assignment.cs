namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>A choice of options for what the learner has, as a chain of single choices.</summary>
internal sealed record Chosen(int[] Load, Chosen? Before, int Unit, Option Option)
{
    /// <summary>The choices by unit.</summary>
    public IEnumerable<(int Unit, Option Option)> All()
    {
        for (var chosen = this; chosen.Before is not null; chosen = chosen.Before)
            yield return (chosen.Unit, chosen.Option);
    }
}

/// <summary>
/// Finds how what the learner has may count: not one way that looks good, but every way that no other one dominates, so
/// that whichever rest is taken later, the best count is among them. A greedy choice would be wrong wherever groups
/// share electives.
/// </summary>
internal sealed class Assignment(
    Count count, IReadOnlyList<Unit> units, IReadOnlyList<Offer> offers, Effort effort)
{
    // Beyond it an evaluation is refused. Realistic pathways need a hundredth of it.
    private const int MaxKept = 1024;

    // What looks best is followed first, a few ways wide: what is complete by it is complete, whatever else there is.
    private const int MaxKeptAtFirst = 32;

    /// <summary>Tells quickly, and only then truly, that units cannot complete a pathway.</summary>
    public static bool CouldComplete(Count count, IReadOnlyList<Unit> units)
    {
        int[] numbers = new int[count.Places.Count];
        int[] credits = new int[count.Places.Count];
        long total = 0;
        foreach (var unit in units)
        {
            int most = 0;
            foreach (var option in unit.Options)
            {
                numbers[option.Place]++;
                credits[option.Place] += option.Credits;
                most = Math.Max(most, option.Credits);
            }

            total += most;
        }

        return total >= count.Credits && count.Places.Select((place, i) => (place, i)).All(item =>
            numbers[item.i] >= item.place.NeedCount && credits[item.i] >= item.place.NeedCredits);
    }

    /// <summary>Finds the ways; a single one if the pathway is complete.</summary>
    /// <exception cref="PathwayTooTangledException">There are too many.</exception>
    public IReadOnlyList<Chosen> Find()
    {
        var start = new Chosen(count.Empty, null, -1, default);
        var contested = new List<int>();
        for (int i = 0; i < units.Count; i++)
        {
            if (units[i].Options.Count == 0) continue;
            if (units[i].Options is [var only] && count.IsFree(only))
            {
                // It can count in one place and takes nothing from anything there: no question to be decided.
                if (count.TryAdd(start.Load, only, out int[] load)) start = new Chosen(load, start, i, only);
            }
            else contested.Add(i);
        }

        // The largest first: what completes a group early makes the rest of no account there.
        contested.Sort((one, other) => Largest(other).CompareTo(Largest(one)) is var order and not 0
            ? order
            : one.CompareTo(other));
        if (count.IsComplete(start.Load)) return [start];
        return CouldComplete(count, units)
            && Find(start, contested, MaxKeptAtFirst) is [var first, ..] && count.IsComplete(first.Load)
            ? [first]
            : Find(start, contested, int.MaxValue);
    }

    private List<Chosen> Find(Chosen start, List<int> contested, int width)
    {
        List<Chosen> kept = [start];
        var spent = SpentAfter(contested);
        for (int i = 0; i < contested.Count; i++)
        {
            int unit = contested[i];
            var next = new List<Chosen>(kept);
            foreach (var chosen in kept)
            {
                foreach (var option in units[unit].Options)
                {
                    if (!count.TryAdd(chosen.Load, option, out int[] load)) continue;
                    var more = new Chosen(load, chosen, unit, option);
                    if (count.IsComplete(load)) return [more];
                    next.Add(more);
                }
            }

            if (next.Count == kept.Count) continue;
            if (spent[i] is { } bounds)
                next = [.. next.Select(chosen => chosen with { Load = count.Forget(chosen.Load, bounds) })];
            kept = Undominated(next, width);
        }

        return kept;
    }

    /// <summary>
    /// What counts once is of no account any more when the last that could count as it is decided. Whoever remembered
    /// it would keep twice as many ways with each.
    /// </summary>
    private List<int>?[] SpentAfter(List<int> contested)
    {
        var last = new Dictionary<int, int>();
        for (int i = 0; i < contested.Count; i++)
        {
            foreach (int bound in OnceOnly(units[contested[i]])) last[bound] = i;
        }

        var spent = new List<int>?[contested.Count];
        if (last.Count == 0) return spent;

        foreach (int bound in offers.SelectMany(offer => OnceOnly(offer.Unit))) last.Remove(bound);
        foreach (var (bound, i) in last) (spent[i] ??= []).Add(bound);
        return spent;
    }

    private static IEnumerable<int> OnceOnly(Unit unit)
    {
        foreach (var option in unit.Options)
        {
            if (option.KeyBound >= 0) yield return option.KeyBound;
            if (option.ThingBound >= 0) yield return option.ThingBound;
        }
    }

    private List<Chosen> Undominated(List<Chosen> all, int width)
    {
        // What dominates has the larger sum, or the same one and uses up less.
        int gains = (2 * count.Places.Count) + 1;
        var kept = new List<Chosen>();
        foreach (var chosen in all.OrderByDescending(chosen => Sum(chosen.Load.AsSpan(0, gains)))
            .ThenBy(chosen => Sum(chosen.Load.AsSpan(gains))))
        {
            bool isDominated = false;
            foreach (var other in kept)
            {
                effort.Spend();
                if (!count.Dominates(other.Load, chosen.Load)) continue;
                isDominated = true;
                break;
            }

            if (!isDominated) kept.Add(chosen);
            if (kept.Count == width) break;
        }

        return kept.Count <= MaxKept ? kept : throw new PathwayTooTangledException();
    }

    private static int Sum(ReadOnlySpan<int> values)
    {
        int sum = 0;
        foreach (int value in values) sum += value;
        return sum;
    }

    private int Largest(int unit) => units[unit].Options.Max(option => option.Credits);
}
