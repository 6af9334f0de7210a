using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Planning.Asking;

/// <summary>One achievement taken by one offer.</summary>
/// <param name="Candidate">Which achievement, as the index of its candidate.</param>
/// <param name="Offer">The offer, complete.</param>
/// <param name="IsTermAssumed">Whether no offer is known.</param>
/// <param name="IsUnderway">Whether the learner has begun it.</param>
/// <param name="End">Which of the moments it is earned at.</param>
/// <param name="HoursAWeek">Its hours a week, in hundredths.</param>
/// <param name="Cost">What it costs, in hundredths of its currency.</param>
internal sealed record Taking(
    int Candidate, Offer Offer, bool IsTermAssumed, bool IsUnderway, int End, long HoursAWeek, long Cost)
{
    /// <summary>How many days a week has.</summary>
    public const int DaysOfAWeek = 7;

    /// <summary>Whether its hours fill the week of a day: what is over sooner fills the week that it begins.</summary>
    public bool FillsWeekOf(DateOnly day) => Offer.Term.First <= day
        && (Offer.Term.Last >= day || Offer.Term.First.AddDays(DaysOfAWeek) > day);
}

/// <summary>An achievement that can be taken.</summary>
/// <param name="Achievement">The achievement.</param>
/// <param name="Subjects">What it is to the pathway's owner, once for each way in which it is recognised.</param>
/// <param name="Hours">Its hours, in hundredths.</param>
/// <param name="AreHoursAssumed">Whether they follow from its credits.</param>
internal sealed record Candidate(
    Achievement Achievement, IReadOnlyList<Subject> Subjects, long Hours, bool AreHoursAssumed)
{
    /// <summary>The offers to take it by, as indices of takings.</summary>
    public List<int> Takings { get; } = [];

    /// <summary>
    /// The first moment of a finish at which it may be taken: until then what the learner has of it counts.
    /// </summary>
    public int FirstFinish { get; set; }

    /// <summary>What must be finished before it starts: of each, the candidates any of which does.</summary>
    public List<IReadOnlyList<int>> StartsAfter { get; } = [];
}

/// <summary>One way in which something counts.</summary>
/// <param name="Candidate">The candidate; -1 for what the learner has.</param>
/// <param name="Subject">What it is to the owner.</param>
/// <param name="Place">The place that it counts in.</param>
/// <param name="Credits">The credits that it counts for, in hundredths.</param>
internal sealed record Counting(int Candidate, Subject Subject, int Place, int Credits)
{
    /// <summary>When what the learner has was earned; for a candidate each taking says it.</summary>
    public DateTimeOffset EarnedAt => Subject.EarnedAt;

    /// <summary>The first moment of a finish at which it may count.</summary>
    public int FirstFinish { get; init; }

    /// <summary>
    /// The last moment of a finish at which it is not too old yet: of what the learner has, or of the candidate by each
    /// of its takings.
    /// </summary>
    public required IReadOnlyList<int> LastFinish { get; init; }

    /// <summary>What it counts only with and the learner has not: of each, the candidates any of which does.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Needs { get; init; }

    /// <summary>The clause by whose bound it counts; absent without a bound.</summary>
    public string? Clause { get; init; }

    /// <summary>The clause's bound, in hundredths.</summary>
    public int ClauseBound { get; init; }
}
