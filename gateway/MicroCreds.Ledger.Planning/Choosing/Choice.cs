using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Planning.Asking;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What was found and confirmed.</summary>
/// <param name="Chosen">What was chosen; absent if nothing was found.</param>
/// <param name="IsProven">Whether nothing better, or nothing at all, is proven.</param>
/// <param name="Evaluation">What the evaluation says of it.</param>
/// <param name="Model">The model that it came of.</param>
internal sealed record Confirmed(
    Chosen? Chosen, bool IsProven, PathwayEvaluation? Evaluation, PlanModel Model)
{
    /// <summary>Whether it is proven that there is nothing.</summary>
    public bool IsNothing => Chosen is null && IsProven;
}

/// <summary>Chooses what to take, and has the evaluation itself confirm that it completes the pathway.</summary>
internal sealed class Choice(Question question)
{
    // Where a rule of counting is not linear, a choice that the evaluation refuses is forbidden and the next one asked.
    private const int MaxRefused = 100;

    private readonly PlanWriter _writer = new(question);
    private readonly List<IReadOnlyList<int>> _refused = [];

    // Several versions of one clause with bounds of their own: the strictest of those that are there holds for all of
    // them, also of what does not count. All other rules are constraints as they stand.
    private readonly bool _isLinear = question.Countings.Where(one => one.Clause is not null)
        .GroupBy(one => one.Clause).All(clause => clause.Select(one => one.ClauseBound).Distinct().Count() == 1);

    /// <summary>Finds the best choice that keeps to the rules.</summary>
    /// <param name="search">What is left of the time.</param>
    /// <param name="rules">The rules, with all demands of the pathway among them.</param>
    /// <param name="quantities">What it is best at, the one that matters most first.</param>
    /// <param name="others">What each must leave out something of, as candidates.</param>
    /// <param name="before">The plan that changes are counted against.</param>
    public Confirmed Find(
        PlanSearch search, Rules rules, IReadOnlyList<Quantity> quantities,
        IReadOnlyList<IReadOnlyList<int>> others, IReadOnlyList<PlannedStep>? before = null)
    {
        var known = others.SelectMany(other => other).Concat(before is null ? [] : CandidatesOf(before)).ToHashSet();
        while (true)
        {
            known.UnionWith(_refused.SelectMany(refused => refused)
                .Select(taking => question.Takings[taking].Candidate));
            var model = new PlanModel(question, rules, known);
            foreach (var other in others) model.ForbidAll(other);
            foreach (var refused in _refused) model.ForbidExactly(refused);
            var found = search.Find(model, quantities, before);
            if (found.Chosen is null) return new Confirmed(null, found.IsProven, null, model);
            var evaluation = _writer.Evaluate(found.Chosen);
            if (evaluation.Complete)
                return new Confirmed(found.Chosen, found.IsProven, evaluation, model);
            if (_isLinear)
                throw new InvalidOperationException("What the planner counts as complete, the evaluation does not.");
            if (_refused.Count == MaxRefused) return new Confirmed(null, false, null, model);
            _refused.Add(found.Chosen.Takings);
        }
    }

    /// <summary>Whether rules can be met at all, also without some demands; null if time was up before.</summary>
    public bool? MayBeMet(PlanSearch search, Rules rules)
    {
        var found = search.Find(new PlanModel(question, rules, new HashSet<int>()), []);
        return found.Chosen is not null ? true : found.IsProven ? false : null;
    }

    /// <summary>What a plan takes, as candidates.</summary>
    public IReadOnlyList<int> CandidatesOf(IReadOnlyList<PlannedStep> plan)
    {
        var taken = plan.Select(step => (step.MspId, step.Achievement)).ToHashSet();
        return
        [
            .. Enumerable.Range(0, question.Candidates.Count).Where(i => taken.Contains(
                (question.Candidates[i].Achievement.MspId, question.Candidates[i].Achievement.Id))),
        ];
    }

    /// <summary>Writes what was found as a plan.</summary>
    public Plan Write(Confirmed found) => _writer.Write(found.Chosen!.Takings, found.Evaluation!, found.IsProven);
}
