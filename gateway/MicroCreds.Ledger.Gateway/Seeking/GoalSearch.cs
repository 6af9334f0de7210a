using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>
/// Finds what the consortium offers for a goal, by what the mirror of the ledger says now. What is asked is neither
/// kept nor logged. Thread-safe.
/// </summary>
public sealed class GoalSearch(AchievementOffers achievements, ProjectedPathways pathways)
{
    /// <summary>The longest goal, in characters.</summary>
    public const int MaxLength = 500;

    /// <summary>The most of each kind that are found.</summary>
    public const int MaxFound = 20;

    /// <summary>How many of each kind are found if nothing is said.</summary>
    public const int UsuallyFound = 5;

    private readonly Lock _making = new();
    private volatile Snapshot? _snapshot;

    /// <summary>Says why a text is no goal, and what would be; null if it is one.</summary>
    public static GoalFault? FaultOf(string? goal) =>
        string.IsNullOrWhiteSpace(goal) ? new GoalFault(
            "empty", $"must be a few words, of up to {MaxLength} characters: say what is wanted.")
        : goal.Length > MaxLength ? new GoalFault(
            "tooLong", $"has {goal.Length} characters: at most {MaxLength} are taken. Say it in a sentence or two.")
        : WrittenText.FaultOf(goal, isLong: true) is { } unseen ? new GoalFault("unseen", unseen)
        : null;

    /// <summary>Finds what serves a goal, the likeliest first.</summary>
    /// <param name="goal">The goal, as somebody would say it.</param>
    /// <param name="count">The most of each kind.</param>
    public FoundOffers Find(string goal, int count) => Offered().Find(goal, count);

    /// <summary>
    /// What is offered now, made anew only when an achievement or a pathway was published or retired.
    /// </summary>
    private Offers Offered()
    {
        var offered = achievements.List();
        string stamp = pathways.Stamp();
        if (_snapshot is { } known && known.IsOf(offered, stamp)) return known.Offers;

        // Once for all who ask meanwhile: it takes a moment where there are thousands.
        lock (_making)
        {
            if (_snapshot is { } made && made.IsOf(offered, stamp)) return made.Offers;
            var offers = new Offers(offered, pathways.ListOffered());
            _snapshot = new Snapshot(offered, stamp, offers);
            return offers;
        }
    }

    private sealed record Snapshot(IReadOnlyList<Achievement> Achievements, string Stamp, Offers Offers)
    {
        public bool IsOf(IReadOnlyList<Achievement> achievements, string stamp) =>
            ReferenceEquals(Achievements, achievements) && Stamp == stamp;
    }
}

/// <summary>Why a text is no goal.</summary>
/// <param name="Code">The reason as a key of the texts under <c>goals</c>.</param>
/// <param name="Reason">The reason and the mend, as a sentence without its subject.</param>
public sealed record GoalFault(string Code, string Reason);
