using System.Diagnostics;
using System.Globalization;
using Google.OrTools.Sat;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What was found.</summary>
/// <param name="Chosen">What is taken, as indices of takings; absent if nothing was found.</param>
/// <param name="IsProven">Whether nothing better, or nothing at all, is proven.</param>
/// <param name="Least">What each quantity came to.</param>
internal sealed record Found(IReadOnlyList<int>? Chosen, bool IsProven, IReadOnlyList<long> Least)
{
    /// <summary>Whether it is proven that there is nothing.</summary>
    public bool IsNothing => Chosen is null && IsProven;
}

/// <summary>
/// Makes quantities as small as possible, one after the other, each without making an earlier one larger. One worker, a
/// fixed seed and the same order of all that is asked: the same answer each time, unless time is up before.
/// </summary>
internal sealed class PlanSearch(TimeSpan most)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();

    private TimeSpan Left => most - _watch.Elapsed;

    /// <summary>Whether time is up.</summary>
    public bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>Searches.</summary>
    /// <param name="model">The model; what was proven is added to it.</param>
    /// <param name="quantities">The quantities, the one that matters most first; none is any solution.</param>
    /// <param name="before">The plan that changes are counted against.</param>
    public Found Find(PlanModel model, IReadOnlyList<Quantity> quantities, Plan? before = null)
    {
        IReadOnlyList<int>? chosen = null;
        var least = new List<long>();
        LinearExpr?[] goals = quantities.Count == 0
            ? [null] : [.. quantities.Select(quantity => model.Of(quantity, before))];
        foreach (var goal in goals)
        {
            if (IsOver) return new Found(chosen, false, least);
            if (goal is not null) model.Model.Minimize(goal);
            var solver = new CpSolver
            {
                StringParameters = string.Create(
                    CultureInfo.InvariantCulture,
                    $"num_workers:1,random_seed:1,max_time_in_seconds:{Left.TotalSeconds}"),
            };
            var status = solver.Solve(model.Model);
            if (status is CpSolverStatus.Infeasible) return new Found(null, true, []);
            if (status is CpSolverStatus.ModelInvalid)
                throw new InvalidOperationException("The model of a plan is not valid: " + model.Model.Validate());
            if (status is CpSolverStatus.Unknown) return new Found(chosen, false, least);
            chosen = model.Chosen(solver);
            if (goal is null) return new Found(chosen, true, least);
            least.Add(solver.Value(goal));
            if (status is not CpSolverStatus.Optimal) return new Found(chosen, false, least);
            model.Model.Add(goal <= least[^1]);
            Hint(model.Model, solver);
        }

        return new Found(chosen, true, least);
    }

    /// <summary>What was found is where the next search begins.</summary>
    private static void Hint(CpModel model, CpSolver solver)
    {
        var hint = new PartialVariableAssignment();
        hint.Vars.AddRange(Enumerable.Range(0, solver.Response!.Solution.Count));
        hint.Values.AddRange(solver.Response.Solution);
        model.Model.SolutionHint = hint;
    }
}
