using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>Compares what the planner says with what trying everything finds.</summary>
internal sealed class PlanComparison(PlanInput input)
{
    private readonly PlanReference _reference = new(input);

    /// <summary>Compares.</summary>
    /// <returns>What kind of case it was; a sentence that begins with <c>fault: </c> if they disagree.</returns>
    public string Compare()
    {
        var answer = Planner.Plan(input);
        var best = _reference.Plans().FirstOrDefault();
        if (answer is Plan plan)
        {
            return FaultOf(plan, best) ?? FaultOfAlternatives(plan) ?? FaultOfReplanning(plan)
                ?? $"{best!.Taken.Count} steps";
        }

        if (answer is not NoPlan none) return "fault: nothing is decided";
        if (best is not null) return "fault: no plan where there is one of " + Told(best);
        return FaultOf(none) ?? (none.Mends.Count == 0 ? "no plan" : $"mended by {none.Mends[0].Changes.Count}");
    }

    private static string? FaultOf(Change change, PlanWish wish, PlanReference reference, string[] dropped)
    {
        var plans = reference.Plans(dropped).ToList();
        long Least(Func<PlanReference.Try, long> quantity) => plans.Min(quantity);
        bool isLeast = change switch
        {
            MoreHours more => more.HoursAWeek == Least(one => (reference.FullestWeek(one.Taken) + 99) / 100),
            LaterDeadline later => later.Deadline.DayNumber
                == Least(one => one.Taken.Select(taken => taken.Offer.Term.Last.DayNumber).DefaultIfEmpty().Max()),
            NotOnlyOnline on => on.NotOnline == Least(one => one.Taken.Count(taken => !taken.IsOnline)),
            OtherLanguages other => other.Languages.Count == Least(one => one.Taken.Select(taken => taken.Language)
                .Where(language => !wish.Languages.Any(known => language.StartsWith(known, StringComparison.Ordinal)))
                .Distinct().Count()),
            MoreAbroad more => more.MostAbroad == Least(one => one.Taken.Count(reference.IsAbroad)),
            MoreMoney more => (long)(more.MostCost * 100)
                == Least(one => one.Taken.Sum(taken => (long)((taken.Offer.Cost ?? 0) * 100))),
            _ => false,
        };
        return isLeast ? null : $"fault: {change} is not the least";
    }

    private static string NameOf(Change change) => change switch
    {
        MoreHours => "hours",
        LaterDeadline => "deadline",
        NotOnlyOnline => "online",
        OtherLanguages => "languages",
        MoreAbroad => "abroad",
        _ => "cost",
    };

    private string? FaultOf(NoPlan none)
    {
        var conflicts = _reference.Conflicts();
        if (!none.IsProven) return "fault: why there is no plan is not proven";
        if (!none.Mends.Select(mend => string.Join(',', mend.Changes.Select(NameOf).Order(StringComparer.Ordinal)))
            .Order(StringComparer.Ordinal).SequenceEqual(conflicts
                .Select(set => string.Join(',', set.Order(StringComparer.Ordinal))).Order(StringComparer.Ordinal)))
            return "fault: other wishes stand in the way";
        if (conflicts.Count == 0) return FaultOfUnmet(none);
        if (none.Unmet.Count > 0) return "fault: a demand is called unmet where a change of wishes helps";
        foreach (var mend in none.Mends)
        {
            var mended = input with { Wish = mend.ApplyTo(input.Wish) };
            if (!new PlanReference(mended).Plans().Any()) return $"fault: {mend.Changes[0]} does not mend it";
            if (Planner.Plan(mended) is not Plan) return $"fault: {mend.Changes[0]} does not mend it for the planner";

            // Of several at once, the first is the least of its kind.
            if (FaultOf(mend.Changes[0], input.Wish, _reference, [.. mend.Changes.Select(NameOf)]) is { } fault)
                return fault;
        }

        return null;
    }

    /// <summary>With its unmet demands alone a pathway is impossible, and without any one of them it is not.</summary>
    private string? FaultOfUnmet(NoPlan none)
    {
        if (none.Unmet.Count == 0) return "fault: nothing is said to be unmet";
        if (CanMeet(none.Unmet)) return "fault: what is called unmet can be met";
        return none.Unmet.Any(demand => !CanMeet([.. none.Unmet.Where(other => other != demand)]))
            ? "fault: more is called unmet than need be" : null;
    }

    private bool CanMeet(IReadOnlyList<Demand> demands) => new PlanReference(input)
    {
        Demanded = [.. demands.Select(demand => demand.Group)],
    }.Plans("deadline", "hours", "languages", "online", "abroad", "cost").Any();

    private string? FaultOfAlternatives(Plan best)
    {
        List<HashSet<string>> others = [TakenBy(best)];
        foreach (var plan in Planner.Alternatives(input, best))
        {
            var expected = NextAfter(others);
            if (FaultOf(plan, expected) is { } fault) return fault + ", as an alternative";
            others.Add(TakenBy(plan));
        }

        return others.Count <= Planner.MaxAlternatives && best.Steps.Any() && NextAfter(others) is { } missed
            ? "fault: there is another alternative, " + Told(missed) : null;
    }

    private PlanReference.Try? NextAfter(List<HashSet<string>> others) => _reference.Plans().FirstOrDefault(
        one => others.All(other => !other.IsSubsetOf(one.Taken.Select(taken => taken.Achievement.Id))));

    private static HashSet<string> TakenBy(Plan plan) => [.. plan.Steps.Select(step => step.Take.Achievement.Id)];

    /// <summary>Some offers are gone: what serves the aim first as well as can be, with the fewest changes.</summary>
    private string? FaultOfReplanning(Plan before)
    {
        if (!before.Steps.Any()) return null;
        var gone = before.Steps.First().Offer;
        var now = input with
        {
            Offers = [.. input.Offers.Where(offer => (offer.Achievement, offer.Term) != (gone.Achievement, gone.Term))],
        };
        if (now.Offers.All(offer => offer.Achievement != gone.Achievement)) return null;
        var reference = new PlanReference(now);
        int head = input.Wish.Aim == PlanAim.Lightest ? 2 : 1;
        long[] Order(PlanReference.Try one) => [.. one.Aim[..head], ChangesOf(one, before), .. one.Aim[head..]];
        var all = reference.Plans().Select(Order).ToList();
        if (Planner.Replan(before, now) is not Plan plan)
            return all.Count == 0 ? null : "fault: there is a plan after the change";
        var choice = reference.Judge(ChoiceOf(plan, now));
        if (choice is null || choice.Broken.Length > 0 || !reference.IsComplete(choice))
            return "fault: the plan after the change breaks a rule";
        long[] found = Order(choice);
        return all.TrueForAll(other => string.CompareOrdinal(Sortable(found), Sortable(other)) <= 0)
            ? null : "fault: another plan after the change is nearer to the former one";
    }

    private static string Sortable(long[] numbers) => string.Join('/', numbers.Select(number => $"{number:D12}"));

    private static long ChangesOf(PlanReference.Try one, Plan before)
    {
        var steps = before.Steps.ToDictionary(step => step.Take.Achievement.Id, step => step.Offer.Term);
        int kept = one.Taken.Count(taken => steps.TryGetValue(taken.Achievement.Id, out var term)
            && taken.Offer.Term == term);
        int added = one.Taken.Count(taken => !steps.ContainsKey(taken.Achievement.Id));
        return steps.Count - kept + added;
    }

    private static string Told(PlanReference.Try choice) => string.Join(
        ", ", choice.Taken.Select(one => $"{one.Achievement.Id} in {one.Offer.Term.Name}"))
        + " for " + string.Join('/', choice.Aim);

    private string? FaultOf(Plan plan, PlanReference.Try? best)
    {
        if (_reference.Judge(ChoiceOf(plan, input)) is not { } choice)
            return "fault: the plan takes what cannot be taken";
        if (choice.Broken.Length > 0) return "fault: the plan breaks " + string.Join(", ", choice.Broken);
        if (!_reference.IsComplete(choice)) return "fault: the plan does not complete the pathway: " + Told(choice);
        if (!plan.IsOptimal) return "fault: the plan is not proven";
        if (best is null) return "fault: a plan where there is none";
        return choice.Aim.SequenceEqual(best.Aim) ? null : $"fault: {Told(choice)} where there is {Told(best)}";
    }

    private static PlanReference.Taken[] ChoiceOf(Plan plan, PlanInput of) =>
    [
        .. plan.Steps.Select(step => new PlanReference.Taken(
            of.Pathway.Catalogue.Single(one =>
                (one.MspId, one.Id) == (step.Take.MspId, step.Take.Achievement.Id)),
            step.Offer)),
    ];
}
