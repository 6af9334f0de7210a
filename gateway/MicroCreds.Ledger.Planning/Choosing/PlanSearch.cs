using System.Diagnostics;
using System.Globalization;
using Google.OrTools.Sat;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What was found.</summary>
/// <param name="Chosen">What was chosen; absent if nothing was found.</param>
/// <param name="IsProven">Whether nothing better, or nothing at all, is proven.</param>
/// <param name="Least">What each quantity came to.</param>
internal sealed record Found(Chosen? Chosen, bool IsProven, IReadOnlyList<long> Least)
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
    // Not the defaults, which are for many workers: all constraints are in the linear program from the start, and it is
    // solved to its end before the search. Thirty times as fast on large questions.
    private const string Parameters =
        "num_workers:1,random_seed:1,linearization_level:2,add_lp_constraints_lazily:false,root_lp_iterations:10000,"
        + "cp_model_probing_level:0,symmetry_level:0";

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
        Chosen? chosen = null;
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
                    $"{Parameters},max_time_in_seconds:{Left.TotalSeconds}"),
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
