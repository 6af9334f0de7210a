using MicroCreds.Ledger.Credentials.Pathways.Counting;

namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>Of all offers those that can be taken and make a difference.</summary>
internal static class TakeableOffers
{
    /// <summary>Leaves out what needs something that nobody offers, and what makes no difference.</summary>
    /// <param name="offers">All of them, each with what it needs, as indices of others.</param>
    /// <returns>The rest, with what each needs as indices of the rest.</returns>
    public static IReadOnlyList<Offer> Of(IReadOnlyList<Offer> offers)
    {
        bool[] isOut = new bool[offers.Count];
        for (bool hasChanged = true; hasChanged;)
        {
            hasChanged = false;
            for (int i = 0; i < offers.Count; i++)
            {
                if (isOut[i] || !offers[i].Needs.Any(anyOf => anyOf.All(need => isOut[need]))) continue;
                isOut[i] = hasChanged = true;
            }
        }

        var needed = Enumerable.Range(0, offers.Count).Where(i => !isOut[i])
            .SelectMany(i => offers[i].Needs).SelectMany(anyOf => anyOf).ToHashSet();
        var kept = Enumerable.Range(0, offers.Count)
            .Where(i => !isOut[i] && (offers[i].Unit.Options.Count > 0 || needed.Contains(i))).ToList();
        return
        [
            .. kept.Select(i => offers[i] with
            {
                Needs = [.. offers[i].Needs.Select(anyOf =>
                    (IReadOnlyList<int>)[.. anyOf.Select(kept.BinarySearch).Where(index => index >= 0)])],
            }),
        ];
    }
}
