using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>
/// The rules as numbers, and what a choice of options amounts to under them: a load holds, for each place, how many
/// count and how many credits, each only as far as more of it would still make a difference; then the credits of all
/// places without a bound of their own; then what is used up of the bounds: on recognised credits, and on what counts
/// only once though several units hold it.
/// </summary>
internal sealed class Count
{
    private readonly bool[] _isScarce;
    private readonly int[] _countCaps;
    private readonly int[] _creditCaps;
    private readonly int _total;

    /// <summary>Prepares counting.</summary>
    /// <param name="places">The places.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="credits">The credits needed over all places.</param>
    /// <param name="units">All units that may ever count, to see which places could overflow.</param>
    public Count(IReadOnlyList<Place> places, IReadOnlyList<int> bounds, int credits, IEnumerable<Unit> units)
    {
        (Places, Bounds, Credits) = (places, bounds, credits);
        int[] candidates = new int[places.Count];
        foreach (var unit in units)
        {
            foreach (int place in unit.Options.Select(option => option.Place).Distinct()) candidates[place]++;
        }

        _isScarce = [.. places.Select((place, i) => candidates[i] > place.MaxCount)];
        _countCaps = [.. places.Select((place, i) => _isScarce[i] ? place.MaxCount : place.NeedCount)];
        _creditCaps = [.. places.Select(place => HasOwnBound(place) ? place.MaxCredits : place.NeedCredits)];
        _total = 2 * places.Count;
    }

    public IReadOnlyList<Place> Places { get; }

    public IReadOnlyList<int> Bounds { get; }

    public int Credits { get; }

    public int[] Empty => new int[_total + 1 + Bounds.Count];

    /// <summary>Whether a place cannot take all that might count there.</summary>
    public bool IsScarce(int place) => _isScarce[place];

    /// <summary>Whether something can be added without taking room from anything else.</summary>
    public bool IsFree(Option option) =>
        !option.IsBounded && !_isScarce[option.Place] && !HasOwnBound(Places[option.Place]);

    /// <summary>Likewise, unless it was counted already: by itself, or as something that was.</summary>
    public bool IsFreeOnce(Option option) => IsFree(option with { KeyBound = -1, ThingBound = -1 });

    /// <summary>Adds an option if there is room and it makes a difference.</summary>
    public bool TryAdd(int[] load, Option option, out int[] next)
    {
        next = load;
        int place = option.Place;
        int count = load[2 * place];
        if (_isScarce[place] && count >= Places[place].MaxCount) return false;
        if (!HasRoom(load, option.OwnBound, option.Credits) || !HasRoom(load, option.AgreementBound, option.Credits)
            || IsUsed(load, option.KeyBound) || IsUsed(load, option.ThingBound))
            return false;

        int newCount = Math.Min(count + 1, _countCaps[place]);
        int newCredits = Math.Min(load[(2 * place) + 1] + option.Credits, _creditCaps[place]);
        int newTotal = HasOwnBound(Places[place]) ? load[_total] : Math.Min(load[_total] + option.Credits, Credits);
        if (newCount == count && newCredits == load[(2 * place) + 1] && newTotal == load[_total]) return false;

        next = (int[])load.Clone();
        next[2 * place] = newCount;
        next[(2 * place) + 1] = newCredits;
        next[_total] = newTotal;
        if (option.OwnBound >= 0) next[_total + 1 + option.OwnBound] += option.Credits;
        if (option.AgreementBound >= 0) next[_total + 1 + option.AgreementBound] += option.Credits;
        if (option.KeyBound >= 0) next[_total + 1 + option.KeyBound] = 1;
        if (option.ThingBound >= 0) next[_total + 1 + option.ThingBound] = 1;
        return true;
    }

    /// <summary>Forgets what was used of bounds that nothing will ask about any more.</summary>
    public int[] Forget(int[] load, IReadOnlyList<int> bounds)
    {
        if (!bounds.Any(bound => IsUsed(load, bound))) return load;
        int[] next = (int[])load.Clone();
        foreach (int bound in bounds) next[_total + 1 + bound] = 0;
        return next;
    }

    /// <summary>Whether everything is there.</summary>
    public bool IsComplete(int[] load) => MissingCredits(load) == 0 && FirstOpen(load) < 0;

    /// <summary>Whether a place has what it needs.</summary>
    public bool IsFilled(int[] load, int place) => MissingCount(load, place) == 0 && MissingCredits(load, place) == 0;

    public int MissingCount(int[] load, int place) => Math.Max(0, Places[place].NeedCount - load[2 * place]);

    public int MissingCredits(int[] load, int place) => Math.Max(0, Places[place].NeedCredits - load[(2 * place) + 1]);

    /// <summary>The credits missing over all places.</summary>
    public int MissingCredits(int[] load)
    {
        int total = load[_total];
        for (int i = 0; i < Places.Count; i++)
        {
            if (HasOwnBound(Places[i])) total += load[(2 * i) + 1];
        }

        return Math.Max(0, Credits - total);
    }

    /// <summary>Whether whatever can be made of one load can be made of another at least as well.</summary>
    public bool Dominates(int[] load, int[] other)
    {
        for (int i = 0; i < Places.Count; i++)
        {
            int difference = load[2 * i] - other[2 * i];
            if (difference < 0 || (difference > 0 && _isScarce[i])) return false;
            if (load[(2 * i) + 1] < other[(2 * i) + 1]) return false;
        }

        if (load[_total] < other[_total]) return false;
        for (int i = _total + 1; i < load.Length; i++)
        {
            if (load[i] > other[i]) return false;
        }

        return true;
    }

    private static bool HasOwnBound(Place place) => place.MaxCredits != int.MaxValue;

    private int FirstOpen(int[] load)
    {
        for (int i = 0; i < Places.Count; i++)
        {
            if (!IsFilled(load, i)) return i;
        }

        return -1;
    }

    private bool IsUsed(int[] load, int bound) => bound >= 0 && load[_total + 1 + bound] > 0;

    private bool HasRoom(int[] load, int bound, int credits) =>
        bound < 0 || CreditCap.Takes(credits, Bounds[bound], load[_total + 1 + bound]);
}
