namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>
/// How many steps, and credits, it takes at the very least to complete a load: each place for itself, as if no other
/// wanted the same offers. Never more than it really takes.
/// </summary>
internal sealed class WayBounds
{
    /// <summary>Stands for: in no number of steps.</summary>
    public const int Never = int.MaxValue / 4;

    private readonly Count _count;
    private readonly IReadOnlyList<OfferClass> _classes;
    private readonly int[] _left;
    private readonly bool[] _isOwed;

    // For each place, and at the end for all of them: classes with the most credits that one of them counts for there.
    private readonly (int Class, int Credits)[][] _largest;
    private readonly (int Class, int Cost)[][] _cheapest;
    private readonly double _leastCostPerCredit;

    public WayBounds(Count count, IReadOnlyList<OfferClass> classes, int[] left, bool[] isOwed)
    {
        (_count, _classes, _left, _isOwed) = (count, classes, left, isOwed);
        _largest = [.. Enumerable.Range(0, count.Places.Count + 1).Select(Largest)];
        _cheapest = [.. Enumerable.Range(0, count.Places.Count).Select(Cheapest)];
        _leastCostPerCredit = classes.SelectMany(one => one.Options).Where(option => option.Credits > 0)
            .Select(option => option.Cost / (double)option.Credits).Append(1).Min();
    }

    /// <summary>The least number of steps.</summary>
    public int Steps(int[] load)
    {
        int steps = 0;
        for (int i = 0; i < _count.Places.Count; i++)
        {
            steps += Steps(i, _count.MissingCount(load, i), _count.MissingCredits(load, i));
            if (steps >= Never) return Never;
        }

        return Math.Max(steps, Steps(_count.Places.Count, 0, _count.MissingCredits(load)));
    }

    /// <summary>The least number of credits.</summary>
    public int Cost(int[] load)
    {
        // What is to be taken anyway costs nothing more, wherever it counts.
        int paid = 0;
        for (int i = 0; i < _classes.Count; i++)
        {
            if (_isOwed[i]) paid += _classes[i].Options.Select(option => option.Credits).DefaultIfEmpty(0).Max();
        }

        double places = 0;
        for (int i = 0; i < _count.Places.Count; i++)
        {
            places += Math.Max(
                CostOfCredits(_count.MissingCredits(load, i) - paid), CostOf(i, _count.MissingCount(load, i)));
        }

        return (int)Math.Max(places, CostOfCredits(_count.MissingCredits(load) - paid));
    }

    private double CostOfCredits(int missing) => Math.Max(0, missing) * _leastCostPerCredit;

    private int Steps(int place, int missingCount, int missingCredits)
    {
        if (missingCount <= 0 && missingCredits <= 0) return 0;

        // What takes no step of its own first, as if all of it could count here.
        foreach (var (index, credits) in _largest[place])
        {
            if (!IsFree(index) || _left[index] <= 0) continue;
            missingCount -= _left[index];
            missingCredits -= _left[index] * credits;
        }

        int steps = 0;
        foreach (var (index, credits) in _largest[place])
        {
            if (missingCount <= 0 && missingCredits <= 0) return steps;
            if (IsFree(index)) continue;
            int needed = Math.Max(missingCount, missingCredits <= 0 || credits == 0
                ? 0 : (missingCredits + credits - 1) / credits);
            int taken = Math.Min(_left[index], needed);
            (steps, missingCount, missingCredits) =
                (steps + taken, missingCount - taken, missingCredits - (taken * credits));
        }

        return missingCount <= 0 && missingCredits <= 0 ? steps : Never;
    }

    private double CostOf(int place, int missingCount)
    {
        if (missingCount <= 0) return 0;
        foreach (var (index, _) in _cheapest[place])
        {
            if (IsFree(index)) missingCount -= _left[index];
        }

        double cost = 0;
        foreach (var (index, least) in _cheapest[place])
        {
            if (missingCount <= 0) break;
            if (IsFree(index)) continue;
            int taken = Math.Min(_left[index], missingCount);
            missingCount -= taken;
            cost += (double)taken * least;
        }

        return cost;
    }

    private bool IsFree(int index) => _classes[index].IsHeld || _isOwed[index];

    private (int Class, int Credits)[] Largest(int place) =>
    [
        .. _classes.Select((one, index) => (
                Class: index,
                Credits: one.Options.Where(option => place == _count.Places.Count || option.Place == place)
                    .Select(option => option.Credits).DefaultIfEmpty(-1).Max()))
            .Where(item => item.Credits >= 0).OrderByDescending(item => item.Credits),
    ];

    private (int Class, int Cost)[] Cheapest(int place) =>
    [
        .. _classes.Select((one, index) => (
                Class: index,
                Cost: one.Options.Where(option => option.Place == place)
                    .Select(option => option.Cost).DefaultIfEmpty(-1).Min()))
            .Where(item => item.Cost >= 0).OrderBy(item => item.Cost),
    ];
}
