namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>Something that the learner may still do.</summary>
/// <param name="Name">What is taken, whatever it counts as.</param>
/// <param name="Unit">The achievement and how it would count.</param>
/// <param name="Cost">The credits that it takes at least, whether it counts or not.</param>
/// <param name="IsHeld">
/// Whether the learner has it already, so that it takes no step but those to what it counts only with.
/// </param>
/// <param name="Needs">
/// What it counts only with and is missing yet: of each, the offers that are one, as their indices; any of them does.
/// </param>
internal sealed record Offer(
    string Name, Unit Unit, int Cost, bool IsHeld, IReadOnlyList<IReadOnlyList<int>> Needs);

/// <summary>Offers that make no difference to the count: which of them is taken is the learner's choice.</summary>
internal sealed class OfferClass(string name, IReadOnlyList<Option> options, int cost, bool isHeld)
{
    private readonly List<int> _offers = [];

    /// <summary>What the first of them is.</summary>
    public string Name => name;

    /// <summary>How they may count; the source is the first's.</summary>
    public IReadOnlyList<Option> Options => options;

    public int Cost => cost;

    public bool IsHeld => isHeld;

    /// <summary>The offers of the class.</summary>
    public IReadOnlyList<int> Offers => _offers;

    /// <summary>The classes of which some must be taken too: one out of each list.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Needs { get; private set; } = [];

    /// <summary>Gathers offers into classes. One with prerequisites, or which is one, is a class of its own.</summary>
    public static IReadOnlyList<OfferClass> Of(IReadOnlyList<Offer> offers)
    {
        var classes = new List<OfferClass>();
        var byForm = new Dictionary<string, int>(StringComparer.Ordinal);
        var needed = offers.SelectMany(offer => offer.Needs).SelectMany(anyOf => anyOf).ToHashSet();
        int[] classOf = new int[offers.Count];
        for (int i = 0; i < offers.Count; i++)
        {
            var offer = offers[i];
            bool isAlone = offer.IsHeld || offer.Needs.Count > 0 || needed.Contains(i);
            string form = isAlone
                ? $"#{i}"
                : offer.Cost + ":" + string.Join(';', offer.Unit.Options.Select(option => option.Form));
            if (!byForm.TryGetValue(form, out int found))
            {
                byForm[form] = found = classes.Count;
                classes.Add(new OfferClass(offer.Name, offer.Unit.Options, offer.Cost, offer.IsHeld));
            }

            classes[found]._offers.Add(i);
            classOf[i] = found;
        }

        foreach (var one in classes)
        {
            one.Needs = [.. offers[one._offers[0]].Needs.Select(anyOf => (IReadOnlyList<int>)
                [.. anyOf.Select(offer => classOf[offer]).OrderBy(index => classes[index].Cost)])];
        }

        return classes;
    }
}
