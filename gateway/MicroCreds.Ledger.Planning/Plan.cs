using MicroCreds.Ledger.Credentials.Pathways;

namespace MicroCreds.Ledger.Planning;

/// <summary>What came of planning: a <see cref="Plan"/>, a <see cref="NoPlan"/> or <see cref="Undecided"/>.</summary>
public abstract record PlanAnswer;

/// <summary>A timetable that completes the pathway: the evaluation itself says so.</summary>
public sealed record Plan : PlanAnswer
{
    /// <summary>What to take term by term, the earliest first. Empty if nothing is missing.</summary>
    public required IReadOnlyList<PlanTerm> Terms { get; init; }

    /// <summary>The day on which the last of it ends; the day of the input if nothing is missing.</summary>
    public required DateOnly FinishesOn { get; init; }

    /// <summary>The hours of all of it.</summary>
    public required double Hours { get; init; }

    /// <summary>The ECTS credits of all of it, as those who award them count.</summary>
    public required double Credits { get; init; }

    /// <summary>What all of it costs, currency by currency; nothing where it is free or nothing is known.</summary>
    public required IReadOnlyList<Money> Costs { get; init; }

    /// <summary>How many of the offers are abroad.</summary>
    public required int Abroad { get; init; }

    /// <summary>Whether it is proven that no plan serves the aim better. If not, time was up before.</summary>
    public required bool IsOptimal { get; init; }

    /// <summary>How the pathway stands on the day of the finish, with all of it earned.</summary>
    public required PathwayEvaluation Evaluation { get; init; }

    /// <summary>All steps, in the order of their terms.</summary>
    public IEnumerable<PlanStep> Steps => Terms.SelectMany(term => term.Steps);
}

/// <summary>What to take in one term.</summary>
/// <param name="Term">The term.</param>
/// <param name="HoursAWeek">
/// The hours in the fullest week that begins one of the plan's offers within the term, with what runs across from other
/// terms.
/// </param>
/// <param name="Steps">What to take.</param>
public sealed record PlanTerm(Term Term, double HoursAWeek, IReadOnlyList<PlanStep> Steps);

/// <summary>Something to take.</summary>
public record PlanStep
{
    /// <summary>What to take.</summary>
    public required OfferedAchievement Take { get; init; }

    /// <summary>The offer to take it by, with all that was left to the achievement filled in.</summary>
    public required Offer Offer { get; init; }

    /// <summary>Whether no offer is known and the term is assumed.</summary>
    public required bool IsTermAssumed { get; init; }

    /// <summary>The hours that it takes, to the hundredth.</summary>
    public required double Hours { get; init; }

    /// <summary>Whether the achievement states no hours, so that they follow from its credits.</summary>
    public required bool AreHoursAssumed { get; init; }

    /// <summary>The hours in each of its weeks, rounded up to the hundredth.</summary>
    public required double HoursAWeek { get; init; }

    /// <summary>What it counts as; absent if it only opens the way to others.</summary>
    public CountsAs? CountsAs { get; init; }
}

/// <summary>What a step counts as.</summary>
/// <param name="Group">The group.</param>
/// <param name="Credits">The credits.</param>
/// <param name="Agreement">The agreement under which it counts; absent for the owner's own achievements.</param>
public sealed record CountsAs(string Group, double Credits, AgreementUse? Agreement);

/// <summary>An amount of a currency.</summary>
/// <param name="Amount">How much, to the hundredth.</param>
/// <param name="Currency">Of what, ISO 4217.</param>
public sealed record Money(decimal Amount, string Currency);

/// <summary>
/// Time was up before a plan was found, or it was proven that there is none: ask again with more of it.
/// </summary>
public sealed record Undecided : PlanAnswer;
