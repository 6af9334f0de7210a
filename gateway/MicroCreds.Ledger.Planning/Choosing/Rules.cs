namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>The wishes that can keep a learner from a plan.</summary>
internal enum WishKind
{
    Deadline,
    Hours,
    Language,
    Online,
    Abroad,
    Cost,
}

/// <summary>What a model keeps to.</summary>
/// <param name="Wishes">The wishes.</param>
/// <param name="Groups">The groups whose demands it meets.</param>
/// <param name="Total">Whether it reaches the credits over all groups.</param>
internal sealed record Rules(IReadOnlySet<WishKind> Wishes, IReadOnlySet<int> Groups, bool Total)
{
    /// <summary>All that is asked.</summary>
    public static Rules AllOf(PlanInput input) => new(
        WishesOf(input.Wish), Enumerable.Range(0, input.Pathway.Pathway.Groups.Count).ToHashSet(), true);

    /// <summary>The wishes that are made at all.</summary>
    public static HashSet<WishKind> WishesOf(PlanWish wish)
    {
        var wishes = new HashSet<WishKind>();
        if (wish.Deadline is not null) wishes.Add(WishKind.Deadline);
        if (wish.HoursAWeek is not null) wishes.Add(WishKind.Hours);
        if (wish.Languages.Count > 0) wishes.Add(WishKind.Language);
        if (wish.OnlineOnly) wishes.Add(WishKind.Online);
        if (wish.MostAbroad is not null) wishes.Add(WishKind.Abroad);
        if (wish.MostCost is not null) wishes.Add(WishKind.Cost);
        return wishes;
    }

    /// <summary>Whether an offer keeps to the wishes that ask of each by itself.</summary>
    public bool Take(PlanWish wish, Offer offer) =>
        !(Wishes.Contains(WishKind.Deadline) && offer.Term.Last > wish.Deadline)
        && !(Wishes.Contains(WishKind.Online) && offer.Mode != OfferMode.Online)
        && !(Wishes.Contains(WishKind.Language) && !IsUnderstood(wish, offer.Language!));

    /// <summary>Whether a language is wished for, by the basic filtering of RFC 4647.</summary>
    public static bool IsUnderstood(PlanWish wish, string language) => wish.Languages.Any(range =>
        language.Equals(range, StringComparison.OrdinalIgnoreCase)
        || language.StartsWith(range + "-", StringComparison.OrdinalIgnoreCase));
}

/// <summary>What can be made as small as possible.</summary>
internal enum Quantity
{
    Finish,
    HoursAndSteps,
    Cost,
    FullestWeek,
    OtherLanguages,
    NotOnline,
    Abroad,
    Changes,
}
