using Google.OrTools.Sat;
using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning.Asking;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>
/// What an evaluation adds up, as constraints: what it is and what it counts as once each, the places' demands and
/// bounds, the bounds on what is recognised, ages and the months within which all is earned.
/// </summary>
internal sealed class CountingRules(
    CpModel model, Question question, Rules rules, IReadOnlyDictionary<int, BoolVar> take, BoolVar?[] taken,
    Lazy<BoolVar[]> isLater)
{
    private readonly Pathway _pathway = question.Input.Pathway.Pathway;
    private readonly List<(Counting Counting, BoolVar Counts)> _counted = [];

    public void Add()
    {
        foreach (var counting in question.Countings)
        {
            if (counting.Candidate >= 0 && taken[counting.Candidate] is null) continue;
            if (counting.FirstFinish > question.Moments.Last) continue;
            _counted.Add((counting, model.NewBoolVar($"counts{_counted.Count}")));
        }

        AddOnces();
        AddConditions();
        AddAges();
        AddWindows();
        AddPlaces();
        AddBounds();
    }

    /// <summary>What counts where by what a solver chose.</summary>
    public IReadOnlyList<Counting> Chosen(CpSolver solver) =>
        [.. _counted.Where(one => solver.BooleanValue(one.Counts)).Select(one => one.Counting)];

    private static LinearExpr Credits(IEnumerable<(Counting Counting, BoolVar Counts)> all)
    {
        var listed = all.ToList();
        return LinearExpr.WeightedSum(
            listed.Select(one => one.Counts), listed.Select(one => (long)one.Counting.Credits));
    }

    private static LinearExpr Number(IEnumerable<(Counting Counting, BoolVar Counts)> all) =>
        LinearExpr.Sum(all.Select(one => one.Counts));

    private void AddOnces()
    {
        foreach (var ofCandidate in _counted.GroupBy(one => one.Counting.Candidate).Where(all => all.Key >= 0))
            model.Add(Number(ofCandidate) <= taken[ofCandidate.Key]!);
        foreach (var same in _counted.GroupBy(one => one.Counting.Subject.Key, StringComparer.Ordinal))
            if (same.Skip(1).Any()) model.AddAtMostOne(same.Select(one => one.Counts));
        foreach (var same in _counted.GroupBy(one => one.Counting.Subject.Identity, StringComparer.Ordinal))
            if (same.Skip(1).Any()) model.AddAtMostOne(same.Select(one => one.Counts));
    }

    private void AddConditions()
    {
        foreach (var (counting, counts) in _counted)
        {
            if (counting.FirstFinish > 0) model.AddImplication(counts, isLater.Value[counting.FirstFinish]);
            foreach (var anyOf in counting.Needs)
            {
                model.Add(LinearExpr.Sum(anyOf.Where(candidate => taken[candidate] is not null)
                    .Select(candidate => taken[candidate]!)) >= counts);
            }
        }
    }

    private void AddAges()
    {
        foreach (var (counting, counts) in _counted)
        {
            foreach (var (last, when) in Sources(counting).Select((when, i) => (counting.LastFinish[i], when)))
            {
                if (last >= question.Moments.Last || when is { IsOut: true }) continue;
                model.AddBoolOr([counts.Not(), isLater.Value[last + 1].Not(), .. when.Unless]);
            }
        }
    }

    /// <summary>When something is earned, and by which of its offers it is.</summary>
    private IEnumerable<Source> Sources(Counting counting)
    {
        if (counting.Candidate < 0)
        {
            yield return new Source(counting.EarnedAt, [], false);
            yield break;
        }

        foreach (int taking in question.Candidates[counting.Candidate].Takings)
        {
            yield return take.TryGetValue(taking, out var isTaken)
                ? new Source(question.Moments.All[question.Takings[taking].End], [isTaken.Not()], false)
                : new Source(default, [], true);
        }
    }

    /// <summary>
    /// All that counts lies in one window: the one that ends with the finish, or one that begins with something that
    /// counts.
    /// </summary>
    private void AddWindows()
    {
        if (_pathway.WithinMonths is not { } months) return;
        var windows = new List<(DateTimeOffset From, DateTimeOffset Until, BoolVar Is)>();
        var later = isLater.Value;
        for (int i = 0; i < later.Length; i++)
        {
            var moment = question.Moments.All[i];
            var window = model.NewBoolVar($"until{i}");
            model.AddImplication(window, later[i]);
            if (i + 1 < later.Length) model.AddImplication(window, later[i + 1].Not());
            windows.Add((moment.AddMonths(-months), moment, window));
        }

        var starts = _counted.SelectMany(one => Sources(one.Counting)).Where(source => !source.IsOut)
            .Select(source => source.EarnedAt).Distinct().Order().ToList();
        windows.AddRange(starts.Select(
            (start, i) => (start, start.AddMonths(months), model.NewBoolVar($"from{i}"))));
        model.AddExactlyOne(windows.Select(window => window.Is));
        foreach (var (counting, counts) in _counted)
        {
            foreach (var source in Sources(counting).Where(source => !source.IsOut))
            {
                model.AddBoolOr(
                [
                    counts.Not(), .. source.Unless,
                    .. windows.Where(window => source.EarnedAt >= window.From && source.EarnedAt <= window.Until)
                        .Select(window => window.Is),
                ]);
            }
        }
    }

    private void AddPlaces()
    {
        var total = new List<LinearExpr>();
        for (int i = 0; i < question.Places.Count; i++)
        {
            var place = question.Places[i];
            var inside = _counted.Where(one => one.Counting.Place == i).ToList();
            bool isDemanded = rules.Groups.Contains(place.Group);
            if (place.MaxCount < inside.Count) model.Add(Number(inside) <= place.MaxCount);
            if (isDemanded && place.NeedCount > 0) model.Add(Number(inside) >= place.NeedCount);
            var credits = Credits(inside);
            if (place.MaxCredits != int.MaxValue) credits = Within(credits, place, i);
            if (isDemanded && place.NeedCredits > 0) model.Add(credits >= place.NeedCredits);
            total.Add(credits);
        }

        if (rules.Total) model.Add(LinearExpr.Sum(total) >= Hundredths.Needed(_pathway.Credits));
    }

    private IntVar Within(LinearExpr credits, Place place, int index)
    {
        var within = model.NewIntVar(0, place.MaxCredits, $"within{index}");
        model.Add(within <= credits);
        return within;
    }

    private void AddBounds()
    {
        if (_pathway.MaxRecognizedCredits is { } most)
            model.Add(Credits(_counted.Where(one => !one.Counting.Subject.IsOwn)) <= Hundredths.Of(most));

        foreach (var clause in _counted.Where(one => one.Counting.Clause is not null)
            .GroupBy(one => one.Counting.Clause, StringComparer.Ordinal))
        {
            var used = Credits(clause);
            foreach (var byBound in clause.GroupBy(one => one.Counting.ClauseBound))
            {
                // Of two versions of one clause the stricter bound holds for both, if anything counts by it.
                var bounded = model.Add(used <= byBound.Key);
                if (byBound.Count() == clause.Count()) continue;
                var counts = model.NewBoolVar("");
                foreach (var one in byBound) model.AddImplication(one.Counts, counts);
                bounded.OnlyEnforceIf(counts);
            }
        }
    }

    /// <summary>When something is earned.</summary>
    /// <param name="EarnedAt">The moment.</param>
    /// <param name="Unless">What holds if it is not earned so.</param>
    /// <param name="IsOut">Whether it cannot be at all.</param>
    private sealed record Source(DateTimeOffset EarnedAt, IReadOnlyList<ILiteral> Unless, bool IsOut);
}
