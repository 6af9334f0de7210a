using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Gateway.Evaluating;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;

namespace MicroCreds.Ledger.Gateway.Guiding;

/// <summary>
/// Plans for learners by what the ledger says now: what is offered when, and what is recognised. Keeps nothing.
/// Thread-safe; so many at once as leave half of the processors to everything else.
/// </summary>
public sealed class PathwayPlanning(
    AchievementOffers offers, Offerings offerings, OwnersRecognitions recognitions, LedgerProjection projection,
    ProjectedRecords records, TimeProvider time) : IDisposable
{
    /// <summary>The most steps that a request names in one list.</summary>
    public const int MaxSteps = 200;

    /// <summary>The place of what is wrong where offers cost several currencies.</summary>
    public const string CurrencyPlace = "/wish/mostCost";

    private static readonly TimeSpan MostTimeOfLarge = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Plans.</summary>
    /// <param name="pathway">The pathway.</param>
    /// <param name="file">What the learner has.</param>
    /// <param name="request">What else is asked; its credentials are <paramref name="file"/>.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for a place, and the search: who asks again does not wait for what is read by nobody.
    /// </param>
    /// <exception cref="ProblemException">
    /// The request contradicts itself, the pathway cannot be evaluated within bounds, or too many plan.
    /// </exception>
    public async Task<PlanOutcome> PlanAsync(
        Pathway pathway, LearnersFile file, PlanRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        PlanRequestRules.Check(request);
        var names = new PlanNames(request, offers, records, projection);
        names.Require();
        var input = InputOf(pathway, file, request);
        RequireOneCurrency(input);
        var passedOver = names.PassedOver(input);
        if (!await _places.WaitAsync(MostWait, cancellationToken))
        {
            throw new ProblemException(
                ProblemKind.TooManyRequests, "Many learners are being planned for: ask again in a moment.")
            { RetryAfter = TimeSpan.FromSeconds(5) };
        }

        try
        {
            var outcome = await Task.Run(() => Plan(input, request, cancellationToken), CancellationToken.None);
            return outcome with { PassedOver = passedOver };
        }
        catch (PathwayTooTangledException exception)
        {
            throw new ProblemException(ProblemKind.TooTangled, exception.Message);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _places.Dispose();

    private static PlanOutcome Plan(PlanInput input, PlanRequest request, CancellationToken cancellationToken)
    {
        var answer = Ask(input, request, cancellationToken);

        // A large question without an answer is asked once more, rather than to tell somebody that time was up.
        if (answer is Undecided)
            answer = Ask(input with { MostTime = MostTimeOfLarge }, request, cancellationToken);
        return answer switch
        {
            Plan plan => new PlanOutcome
            {
                Outcome = PlanOutcome.Planned,
                Plan = WrittenPlan.Of(plan, request.Before),
                Alternatives = request.Alternatives == 0 ? [] :
                [
                    .. Planner.Alternatives(input, plan, request.Alternatives, cancellationToken)
                        .Select(other => WrittenPlan.Of(other, request.Before)),
                ],
            },
            NoPlan none => new PlanOutcome
            {
                Outcome = PlanOutcome.Impossible,
                Mends = [.. none.Mends.Select(WrittenMend.Of)],
                Unmet = none.Unmet,
                Circles = none.Circles,
                IsProven = none.IsProven,
            },
            _ => new PlanOutcome { Outcome = PlanOutcome.Undecided },
        };
    }

    private static PlanAnswer Ask(PlanInput input, PlanRequest request, CancellationToken cancellationToken) =>
        request.Before.Count > 0 ? Planner.Replan(request.Before, input, cancellationToken)
        : Planner.Plan(input, cancellationToken);

    private static void RequireOneCurrency(PlanInput input)
    {
        if (input.Wish.MostCost is null && input.Wish.Aim != PlanAim.Cheapest) return;
        if (input.Currencies is { Count: > 1 } currencies)
        {
            throw ProblemException.Invalid(
                CurrencyPlace, $"cannot be kept to: what can be taken costs {string.Join(" and ", currencies)}. Leave "
                + "the cost out.");
        }
    }

    private PlanInput InputOf(Pathway pathway, LearnersFile file, PlanRequest request)
    {
        var without = request.Without.ToHashSet();
        var evaluated = new PathwayInput
        {
            Pathway = pathway,
            Earned = file.Earned,
            Catalogue = [.. offers.List().Where(one => !without.Contains(new AchievementName(one.MspId, one.Id)))],
            RecognizedAs = recognitions.Of(pathway.MspId, file.IsAccredited),
            RecognizedAbroad = recognitions.OfAbroad(pathway.MspId, file),
            AsOf = time.GetUtcNow(),
        };
        var all = offerings.All;
        var needed = NeededAchievements.Of(evaluated, all);
        string country = request.Wish.Country ?? CountryOf(pathway.MspId) ?? "";
        var known = evaluated.Catalogue.Select(one => (one.MspId, one.Id)).Distinct().Where(needed.Contains)
            .Select(name => all.GetValueOrDefault(name)).OfType<Offering>().SelectMany(Offerings.OffersOf);
        var underway = request.Underway.Select((step, i) => BegunOf(step, all, i)).ToList();
        return new PlanInput
        {
            Pathway = evaluated,
            Offers =
            [
                // What is underway is finished as it was begun, or not taken.
                .. known.Where(offer => !request.Underway.Any(
                    step => step.MspId == offer.MspId && step.Achievement == offer.Achievement)),
            ],
            NotOffered = all.Where(one => one.Value.Offers.Count == 0).Select(one => one.Key).ToHashSet(),
            NotThen = request.NotThen.Select(not => (not.MspId, not.Achievement, not.First)).ToHashSet(),
            Underway = [.. underway.Where(offer => needed.Contains((offer.MspId, offer.Achievement)))],
            Abroad = projection.Institutions.Values
                .Where(one => one.Country is { } its && its != country).Select(one => one.MspId)
                .ToHashSet(StringComparer.Ordinal),
            StartsAfter =
            [
                .. all.Values.Where(one => one.StartsAfter.Count > 0).Select(one => new PathwayPrerequisite(
                    new PathwayItem(one.MspId, one.Achievement), one.StartsAfter)),
            ],
            Wish = WishOf(request.Wish),
        };
    }

    private static PlanWish WishOf(WishedPlan wish) => new()
    {
        HoursAWeek = wish.HoursAWeek,
        Deadline = wish.Deadline,
        OnlineOnly = wish.OnlineOnly,
        Languages = wish.Languages,
        MostAbroad = wish.MostAbroad,
        MostCost = wish.MostCost,
        Aim = (PlanAim)WishedPlan.Aims.ToList().IndexOf(wish.Aim),
        HoursPerCredit = wish.HoursPerCredit,
    };

    private static Offer BegunOf(
        BegunStep step, IReadOnlyDictionary<(string MspId, string Achievement), Offering> offerings, int index)
    {
        if (offerings.GetValueOrDefault((step.MspId, step.Achievement)) is { } offering
            && Offerings.OffersOf(offering).FirstOrDefault(one => one.Term.First == step.First) is { } offer)
            return step.Last is { } last ? offer with { Term = offer.Term with { Last = last } } : offer;
        return step.Last is { } until
            ? new Offer
            {
                MspId = step.MspId,
                Achievement = step.Achievement,
                Term = new Term($"{step.First:yyyy-MM-dd}", step.First, until),
            }
            : throw ProblemException.Invalid(
                $"/underway/{index}/last", "is needed: no offer of this achievement begins on that day.");
    }

    private string? CountryOf(string mspId) => projection.Institutions.GetValueOrDefault(mspId)?.Country;
}
