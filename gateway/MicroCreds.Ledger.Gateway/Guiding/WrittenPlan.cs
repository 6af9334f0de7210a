using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>A timetable as it is told.</summary>
public sealed record WrittenPlan
{
    /// <summary>What to take term by term, the earliest first. Empty if nothing is missing.</summary>
    public required IReadOnlyList<WrittenTerm> Terms { get; init; }

    /// <summary>The day on which the last of it ends.</summary>
    public required DateOnly FinishesOn { get; init; }

    /// <summary>The hours of all of it.</summary>
    public required double Hours { get; init; }

    /// <summary>The ECTS credits of all of it, as those who award them count.</summary>
    public required double Credits { get; init; }

    /// <summary>What all of it costs, currency by currency; empty where it is free or nothing is known.</summary>
    public required IReadOnlyList<Money> Costs { get; init; }

    /// <summary>Whether something of it does not say what it costs.</summary>
    public required bool HasUnknownCosts { get; init; }

    /// <summary>How many of the offers are abroad.</summary>
    public required int Abroad { get; init; }

    /// <summary>Whether it is proven that no plan serves the aim better.</summary>
    public required bool IsOptimal { get; init; }

    /// <summary>What of the former plan is no longer in it. Empty without a former plan.</summary>
    public required IReadOnlyList<PlannedStep> Dropped { get; init; }

    /// <summary>All steps, in the order of their terms.</summary>
    internal IEnumerable<WrittenStep> Steps => Terms.SelectMany(term => term.Steps);

    /// <summary>Writes a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="before">The former one's steps.</param>
    public static WrittenPlan Of(Plan plan, IReadOnlyList<PlannedStep> before)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var steps = PlannedStep.AllOf(plan);
        return new WrittenPlan
        {
            Terms =
            [
                .. plan.Terms.Select(term => new WrittenTerm(
                    term.Term, term.HoursAWeek, [.. term.Steps.Select(step => new WrittenStep(step, before))])),
            ],
            FinishesOn = plan.FinishesOn,
            Hours = plan.Hours,
            Credits = plan.Credits,
            Costs = plan.Costs,
            HasUnknownCosts = plan.Steps.Any(step => step.Offer.Cost is null),
            Abroad = plan.Abroad,
            IsOptimal = plan.IsOptimal,
            Dropped = [.. before.Except(steps)],
        };
    }
}

/// <summary>What to take in one term.</summary>
/// <param name="Term">The term.</param>
/// <param name="HoursAWeek">The hours in its fullest week, with what runs across from other terms.</param>
/// <param name="Steps">What to take.</param>
public sealed record WrittenTerm(Term Term, double HoursAWeek, IReadOnlyList<WrittenStep> Steps);

/// <summary>Something to take, beside what a former plan had.</summary>
public sealed record WrittenStep : PlanStep
{
    /// <summary>Makes one of a plan's step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="before">The former plan's steps.</param>
    [SetsRequiredMembers]
    internal WrittenStep(PlanStep step, IReadOnlyList<PlannedStep> before)
        : base(step) => IsNew = before.Count == 0 ? null : !before.Contains(new PlannedStep(
            step.Take.MspId, step.Take.Achievement.Id, step.Offer.Term.First, step.Offer.Term.Last));

    /// <summary>Whether a former plan had it not, or at another time; absent without a former plan.</summary>
    public bool? IsNew { get; }
}

/// <summary>A change of the wishes that would mend what stands in the way: what is said, all at once.</summary>
public sealed record WrittenMend
{
    /// <summary>So many hours a week at least.</summary>
    public int? HoursAWeek { get; init; }

    /// <summary>The earliest day to finish on.</summary>
    public DateOnly? Deadline { get; init; }

    /// <summary>How many offers must be on site or blended at least.</summary>
    public int? NotOnline { get; init; }

    /// <summary>Further languages.</summary>
    public IReadOnlyList<string>? Languages { get; init; }

    /// <summary>How many offers must be abroad at least.</summary>
    public int? MostAbroad { get; init; }

    /// <summary>How much it costs at least.</summary>
    public Money? MostCost { get; init; }

    internal static WrittenMend Of(Mend mend) =>
        mend.Changes.Aggregate(new WrittenMend(), (all, change) => change switch
        {
            MoreHours hours => all with { HoursAWeek = hours.HoursAWeek },
            LaterDeadline later => all with { Deadline = later.Deadline },
            NotOnlyOnline not => all with { NotOnline = not.NotOnline },
            OtherLanguages other => all with { Languages = other.Languages },
            MoreAbroad more => all with { MostAbroad = more.MostAbroad },
            MoreMoney more => all with { MostCost = new Money(more.MostCost, more.Currency) },
            _ => throw new InvalidOperationException($"A change of the kind {change.GetType().Name} is not told yet."),
        });
}

/// <summary>What came of planning.</summary>
public sealed record PlanOutcome
{
    /// <summary>A timetable completes the pathway.</summary>
    public const string Planned = "planned";

    /// <summary>It is proven that none does, under all that is wished.</summary>
    public const string Impossible = "impossible";

    /// <summary>Time was up before either.</summary>
    public const string Undecided = "undecided";

    /// <summary>What came of it: <c>planned</c>, <c>impossible</c> or <c>undecided</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>The best plan.</summary>
    public WrittenPlan? Plan { get; init; }

    /// <summary>Others, the best first, each without something of those before it.</summary>
    public IReadOnlyList<WrittenPlan> Alternatives { get; init; } = [];

    /// <summary>
    /// Where it is impossible: the smallest changes of the wishes that would mend it, each by itself.
    /// </summary>
    public IReadOnlyList<WrittenMend> Mends { get; init; } = [];

    /// <summary>
    /// Where no change of wishes helps: demands of the pathway that nothing offered meets together; a single one cannot
    /// be met at all.
    /// </summary>
    public IReadOnlyList<Demand> Unmet { get; init; } = [];

    /// <summary>
    /// Where no change of wishes helps: what waits for each other by what must be finished before it starts, each for
    /// the next and the last for the first, so that none of it can begin.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<OfferedAchievement>> Circles { get; init; } = [];

    /// <summary>What of the request makes no difference to this pathway, and why.</summary>
    public IReadOnlyList<PassedOver> PassedOver { get; init; } = [];

    /// <summary>Whether mends are proven the smallest, and unmet demands the fewest; absent where there are none.
    /// </summary>
    public bool? IsProven { get; init; }
}

/// <summary>Something of a request that makes no difference.</summary>
/// <param name="Place">Where it stands, as a JSON pointer into the body.</param>
/// <param name="Detail">Why it makes none.</param>
public sealed record PassedOver([property: JsonPropertyName("pointer")] string Place, string Detail);
