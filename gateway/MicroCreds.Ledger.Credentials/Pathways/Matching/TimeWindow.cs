namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>The months within which all that counts is earned.</summary>
/// <param name="From">The first moment; absent without such a limit.</param>
/// <param name="Until">The last moment.</param>
internal sealed record TimeWindow(DateTimeOffset? From, DateTimeOffset Until)
{
    /// <summary>
    /// The windows that matter: the one that ends now, from which the learner goes on, and then those that begin with
    /// a credential before it, the latest first.
    /// </summary>
    public static IReadOnlyList<TimeWindow> Of(PathwayInput input, IReadOnlyList<Held> held)
    {
        if (input.Pathway.WithinMonths is not { } months) return [new TimeWindow(null, input.AsOf)];
        var current = new TimeWindow(input.AsOf.AddMonths(-months), input.AsOf);
        return
        [
            current,
            .. held.Where(one => one.MayCount && one.Earned.EarnedAt < current.From)
                .Select(one => one.Earned.EarnedAt).Distinct().OrderDescending()
                .Select(start => new TimeWindow(start, start.AddMonths(months))),
        ];
    }

    public bool Holds(Held held) =>
        From is null || (held.Earned.EarnedAt >= From && held.Earned.EarnedAt <= Until);
}
