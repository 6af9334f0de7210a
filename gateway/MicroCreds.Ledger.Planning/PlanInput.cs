using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Planning;

/// <summary>All that a plan goes by. Everything but the pathway's part is optional.</summary>
public sealed record PlanInput
{
    /// <summary>
    /// The pathway, what the learner has, what can be taken and what is recognised, as the evaluation takes them. No
    /// offer that begins before the day of its moment (UTC) is planned.
    /// </summary>
    public required PathwayInput Pathway { get; init; }

    /// <summary>
    /// When the achievements of the catalogue can be taken. Offers of others are passed over. An achievement without
    /// any can be taken in each of <see cref="Terms"/>, and the plan says that this is assumed.
    /// </summary>
    public IReadOnlyList<Offer> Offers { get; init; } = [];

    /// <summary>
    /// Achievements of which it is said that they cannot be taken for now: no term is assumed for them.
    /// </summary>
    public IReadOnlySet<(string MspId, string Achievement)> NotOffered { get; init; } =
        new HashSet<(string MspId, string Achievement)>();

    /// <summary>
    /// What is not to be taken at a time, by the first day, also where the term would only be assumed. Does not hold
    /// for what is underway.
    /// </summary>
    public IReadOnlySet<(string MspId, string Achievement, DateOnly First)> NotThen { get; init; } =
        new HashSet<(string MspId, string Achievement, DateOnly First)>();

    /// <summary>
    /// The terms in which achievements without offers are assumed to run. Default, and where it is empty, are the eight
    /// calendar half-years that begin next.
    /// </summary>
    public IReadOnlyList<Term> Terms { get; init; } = [];

    /// <summary>The offers that the learner has begun: they may be finished although they began earlier.</summary>
    public IReadOnlyList<Offer> Underway { get; init; } = [];

    /// <summary>
    /// The institutions that are abroad for the learner: what is taken there, and not online, is taken abroad, also
    /// where its term is only assumed. Default is none.
    /// </summary>
    public IReadOnlySet<string> Abroad { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// What must be finished, by a credential or in the plan, before something begins, unless it is underway. Of
    /// whichever institution; what an agreement lets stand for an achievement of the pathway's owner does as well.
    /// </summary>
    public IReadOnlyList<PathwayPrerequisite> StartsAfter { get; init; } = [];

    /// <summary>What the learner wants.</summary>
    public PlanWish Wish { get; init; } = new();

    /// <summary>
    /// How long the search for one answer may take. Default is one second. A plan that is found but not proven by then
    /// is given as such. Why there is no plan is looked for as long again.
    /// </summary>
    public TimeSpan MostTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The currencies of all that is not free, sorted. To go by cost there may be one.</summary>
    public IReadOnlyList<string> Currencies =>
    [
        .. Offers.Concat(Underway).Where(offer => offer.Cost > 0).Select(offer => offer.Currency)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
    ];
}
