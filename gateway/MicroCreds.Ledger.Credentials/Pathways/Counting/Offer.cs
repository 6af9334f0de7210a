namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>Something that the learner may still do.</summary>
/// <param name="Unit">The achievement and how it would count.</param>
/// <param name="Cost">The credits that it takes at least, whether it counts or not.</param>
/// <param name="IsHeld">
/// Whether the learner has it already, so that it takes no step but those to what it counts only with.
/// </param>
/// <param name="Needs">What it counts only with and is missing yet, as indices of other offers.</param>
internal sealed record Offer(Unit Unit, int Cost, bool IsHeld, IReadOnlyList<int> Needs);

/// <summary>Offers that make no difference to the count: which of them is taken is the learner's choice.</summary>
internal sealed class OfferClass(IReadOnlyList<Option> options, int cost, bool isHeld)
{
    private readonly List<int> _offers = [];

    /// <summary>How they may count; the source is the first's.</summary>
    public IReadOnlyList<Option> Options => options;

    public int Cost => cost;

    public bool IsHeld => isHeld;

    /// <summary>The offers of the class.</summary>
    public IReadOnlyList<int> Offers => _offers;

    /// <summary>All other classes that must be taken too.</summary>
    public IReadOnlyList<int> Needs { get; private set; } = [];

    /// <summary>Gathers offers into classes. One with prerequisites, or which is one, is a class of its own.</summary>
    public static IReadOnlyList<OfferClass> Of(IReadOnlyList<Offer> offers)
    {
        var classes = new List<OfferClass>();
        var byForm = new Dictionary<string, int>(StringComparer.Ordinal);
        var needed = offers.SelectMany(offer => offer.Needs).ToHashSet();
        int[] classOf = new int[offers.Count];
        for (int i = 0; i < offers.Count; i++)
        {
            var offer = offers[i];
            bool isAlone = offer.IsHeld || offer.Needs.Count > 0 || needed.Contains(i);
            string form = isAlone
                ? $"#{i}"
                : offer.Cost + ":" + string.Join(';', offer.Unit.Options.Select(option => option with { Source = 0 }));
            if (!byForm.TryGetValue(form, out int found))
            {
                byForm[form] = found = classes.Count;
                classes.Add(new OfferClass(offer.Unit.Options, offer.Cost, offer.IsHeld));
            }

            classes[found]._offers.Add(i);
            classOf[i] = found;
        }

        foreach (var one in classes)
            one.Needs = [.. AllNeeds(one._offers[0], offers).Select(offer => classOf[offer]).Order()];
        return classes;
    }

    private static HashSet<int> AllNeeds(int offer, IReadOnlyList<Offer> offers)
    {
        var found = new HashSet<int>();
        var next = new Stack<int>(offers[offer].Needs);
        while (next.TryPop(out int need))
        {
            if (!found.Add(need)) continue;
            foreach (int further in offers[need].Needs) next.Push(further);
        }

        // What stands for an achievement that needs it would lead back here: having it is enough.
        found.Remove(offer);
        return found;
    }
}
