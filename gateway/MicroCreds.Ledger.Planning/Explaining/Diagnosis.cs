using MicroCreds.Ledger.Planning.Asking;
using MicroCreds.Ledger.Planning.Choosing;

namespace MicroCreds.Ledger.Planning.Explaining;

/// <summary>
/// Finds why there is no plan: the fewest wishes that must change, and each of them as little as can be; or, if none
/// of them is the reason, demands of the pathway that cannot be met together.
/// </summary>
internal sealed class Diagnosis(Question question, Choice choice, CancellationToken cancellationToken)
{
    private readonly PlanInput _input = question.Input;
    private readonly PlanSearch _search = new(question.Input.MostTime, cancellationToken);
    private readonly Rules _all = Rules.AllOf(question.Input);
    private bool _isProven = true;

    public NoPlan Find()
    {
        var wishes = _all.Wishes.Order().ToArray();
        var unbound = choice.Find(_search, _all with { Wishes = new HashSet<WishKind>() }, [], []);
        if (unbound.IsNothing)
        {
            var unmet = Unmet();
            return new NoPlan
            {
                Mends = [],
                Unmet =
                [
                    .. unmet.Groups.Order().Select(DemandOf),
                    .. unmet.Total ? [new Demand(null, _input.Pathway.Pathway.Name)] : Array.Empty<Demand>(),
                ],
                Circles = new Circles(question).WithinReachOf(unmet),
                IsProven = _isProven,
            };
        }

        _isProven = unbound.Chosen is not null;
        var mends = new List<Mend>();
        for (int size = 1; size <= wishes.Length && mends.Count == 0; size++)
        {
            foreach (var dropped in Subsets(wishes, size))
            {
                if (Mend(dropped) is { } mend) mends.Add(mend);
            }
        }

        return new NoPlan { Mends = mends, Unmet = [], Circles = [], IsProven = _isProven };
    }

    private static IEnumerable<WishKind[]> Subsets(WishKind[] all, int size) =>
        Enumerable.Range(0, 1 << all.Length).Where(bits => int.PopCount(bits) == size)
            .Select(bits => all.Where((_, i) => (bits >> i & 1) == 1).ToArray());

    private Mend? Mend(WishKind[] dropped)
    {
        var rules = _all with { Wishes = _all.Wishes.Except(dropped).ToHashSet() };
        var found = choice.Find(_search, rules, [.. dropped.Select(QuantityOf)], []);
        _isProven &= found.IsProven;
        return found.Chosen is { } chosen
            ? new Mend([.. dropped.Select(wish => ChangeOf(wish, chosen.Takings, found.Model))]) : null;
    }

    private static Quantity QuantityOf(WishKind wish) => wish switch
    {
        WishKind.Deadline => Quantity.Finish,
        WishKind.Hours => Quantity.FullestWeek,
        WishKind.Language => Quantity.OtherLanguages,
        WishKind.Online => Quantity.NotOnline,
        WishKind.Abroad => Quantity.Abroad,
        _ => Quantity.Cost,
    };

    private Change ChangeOf(WishKind wish, IReadOnlyList<int> chosen, PlanModel model)
    {
        var takings = chosen.Select(taking => question.Takings[taking]).ToList();
        var offers = takings.Select(taking => taking.Offer).ToList();
        return wish switch
        {
            WishKind.Deadline => new LaterDeadline(offers.Max(offer => offer.Term.Last)),
            WishKind.Hours => new MoreHours((int)((question.FullestWeek(chosen) + 99) / 100)),
            WishKind.Language => new OtherLanguages(model.LanguagesOf(chosen)),
            WishKind.Online => new NotOnlyOnline(offers.Count(offer => offer.Mode != OfferMode.Online)),
            WishKind.Abroad => new MoreAbroad(offers.Count(offer => offer.IsAbroad)),
            _ => new MoreMoney(
                takings.Sum(taking => taking.Cost) / 100m,
                offers.Where(offer => offer.Cost > 0).Select(offer => offer.Currency).First()),
        };
    }

    private Demand DemandOf(int group) =>
        new(_input.Pathway.Pathway.Groups[group].Id, _input.Pathway.Pathway.Groups[group].Name);

    /// <summary>
    /// Leaves out one demand after the other, for good if the rest cannot be met without it either: the credits over
    /// all groups first, since a group says more of what is missing.
    /// </summary>
    private Rules Unmet()
    {
        var rules = _all with { Wishes = new HashSet<WishKind>() };

        // If they can be met, only the evaluation itself sees why they are not.
        _isProven = choice.MayBeMet(_search, rules) is false;
        rules = WithoutIfNotMet(rules, rules with { Total = false });
        foreach (int group in rules.Groups.Order())
        {
            var fewer = rules with { Groups = rules.Groups.Where(other => other != group).ToHashSet() };
            rules = WithoutIfNotMet(rules, fewer);
        }

        return rules;
    }

    private Rules WithoutIfNotMet(Rules rules, Rules fewer)
    {
        bool? isMet = choice.MayBeMet(_search, fewer);
        _isProven &= isMet is not null;
        return isMet == false ? fewer : rules;
    }
}
