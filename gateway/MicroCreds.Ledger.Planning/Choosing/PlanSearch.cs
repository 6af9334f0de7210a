using System.Diagnostics;
using System.Globalization;
using Google.OrTools.Sat;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What was found.</summary>
/// <param name="Chosen">What was chosen; absent if nothing was found.</param>
/// <param name="IsProven">Whether nothing better, or nothing at all, is proven.</param>
internal sealed record Found(Chosen? Chosen, bool IsProven);

/// <summary>
/// Makes quantities as small as possible, one after the other, each without making an earlier one larger. One worker, a
/// fixed seed and the same order of all that is asked: the same answer each time, unless time is up before.
/// </summary>
internal sealed class PlanSearch(TimeSpan most, CancellationToken cancellationToken)
{
    // Not the defaults, which are for many workers: all constraints are in the linear program from the start, and it is
    // solved to its end before the search, with no time for probing. Presolve goes over the model once and leaves
    // linear constraints as they stand: taken apart, the linear program proves less. Much faster on large questions.
    private const string Parameters =
        "num_workers:1,random_seed:1,linearization_level:2,add_lp_constraints_lazily:false,root_lp_iterations:10000,"
        + "cp_model_probing_level:0,symmetry_level:0,max_presolve_iterations:1,find_big_linear_overlap:false,"
        + "presolve_inclusion_work_limit:0";

    // What is left for reading the question and writing the answer, so that all of it keeps within the time.
    private const double ShareOfSolving = 0.94;

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    // The first question of a process loads the solver: that takes nothing of its time.
    static PlanSearch() => new CpSolver().Solve(new CpModel());

    private TimeSpan Left => (most * ShareOfSolving) - _watch.Elapsed;

    /// <summary>Whether time is up.</summary>
    public bool IsOver => Left <= TimeSpan.Zero;

    /// <summary>Searches.</summary>
    /// <param name="model">The model; what was proven is added to it.</param>
    /// <param name="quantities">The quantities, the one that matters most first; none is any solution.</param>
    /// <param name="before">The plan that changes are counted against.</param>
    public Found Find(PlanModel model, IReadOnlyList<Quantity> quantities, IReadOnlyList<PlannedStep>? before = null)
    {
        // Whether there is any is told first: from there the best is found faster.
        var (status, chosen) = Solve(model, null);
        if (status is not CpSolverStatus.Optimal) return new Found(null, status is CpSolverStatus.Infeasible);
        for (int i = 0; i < quantities.Count; i++)
        {
            if (quantities[i] == Quantity.Finish)
            {
                if (!FinishEarlier(model, ref chosen, isFirst: i == 0)) return new Found(chosen, false);
                continue;
            }

            (status, var better) = Solve(model, model.Of(quantities[i], before));
            chosen = better ?? chosen;
            if (status is not CpSolverStatus.Optimal) return new Found(chosen, false);
        }

        return new Found(chosen, true);
    }

    /// <summary>
    /// Asks for the finish before, which is mostly told at once not to be, and then halves what is left. With all that
    /// ends later left out, each is a small question; the least finish as a goal would be a large one.
    /// </summary>
    private bool FinishEarlier(PlanModel model, ref Chosen? chosen, bool isFirst)
    {
        int finish = model.FinishOf(chosen!);
        var bound = model.Model.Add(model.Of(Quantity.Finish) <= finish).Proto.Linear.Domain;
        int least = 0;
        int middle = isFirst ? finish / 2 : finish - 1;
        while (least < finish)
        {
            bound[^1] = middle;
            var (status, earlier) = Solve(model, null);
            if (earlier is not null)
            {
                chosen = earlier;
                finish = model.FinishOf(earlier);
            }
            else if (status is CpSolverStatus.Infeasible)
            {
                least = middle + 1;
            }
            else
            {
                bound[^1] = finish;
                return false;
            }

            middle = (least + finish) / 2;
        }

        bound[^1] = finish;
        return true;
    }

    private (CpSolverStatus Status, Chosen? Chosen) Solve(PlanModel model, LinearExpr? goal)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (IsOver) return (CpSolverStatus.Unknown, null);
        model.Model.Model.Objective = null;
        if (goal is not null) model.Model.Minimize(goal);
        var solver = new CpSolver
        {
            StringParameters = string.Create(
                CultureInfo.InvariantCulture, $"{Parameters},max_time_in_seconds:{Left.TotalSeconds}"),
        };
        CpSolverStatus status;
        using (cancellationToken.Register(solver.StopSearch)) status = solver.Solve(model.Model);
        cancellationToken.ThrowIfCancellationRequested();
        if (status is CpSolverStatus.ModelInvalid)
            throw new InvalidOperationException("The model of a plan is not valid: " + model.Model.Validate());
        if (status is CpSolverStatus.Unknown or CpSolverStatus.Infeasible) return (status, null);
        if (goal is not null) model.Model.Add(goal <= solver.Value(goal));
        Hint(model.Model, solver);
        return (status, model.Chosen(solver));
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
