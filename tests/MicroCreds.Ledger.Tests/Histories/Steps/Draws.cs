namespace MicroCreds.Ledger.Tests.Histories.Steps;

/// <summary>Draws what a step is about.</summary>
internal static class Draws
{
    public static T One<T>(Random draw, IReadOnlyList<T> of) => of[draw.Next(of.Count)];

    /// <summary>One of those who are there; null if nobody will do.</summary>
    public static Actor? AnActor(HistoryWorld world, Random draw, Func<Actor, bool>? which = null)
    {
        List<Actor> found =
            [.. world.PresentActors.Where(actor => actor.IsRegistered && (which is null || which(actor)))];
        return found.Count == 0 ? null : One(draw, found);
    }

    /// <summary>One who can issue.</summary>
    public static Actor? AnIssuer(HistoryWorld world, Random draw) =>
        AnActor(world, draw, actor => actor.Courses.Count > 0 && actor.ActiveKey is not null);

    public static bool Chance(Random draw, int oneIn) => draw.Next(oneIn) == 0;
}
