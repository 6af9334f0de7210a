using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>Draws small questions for the planner, so that all that meets on large ones meets here often.</summary>
internal static class RandomPlans
{
    // After PathwaySamples.Now; the third overlaps the second, the fourth begins the day after it.
    private static readonly Term[] Terms =
    [
        new("summer", new DateOnly(2026, 7, 1), new DateOnly(2026, 8, 25)),
        new("autumn", new DateOnly(2026, 9, 1), new DateOnly(2026, 12, 14)),
        new("late autumn", new DateOnly(2026, 11, 1), new DateOnly(2027, 1, 31)),
        new("winter", new DateOnly(2026, 12, 15), new DateOnly(2027, 3, 31)),
        new("next year", new DateOnly(2027, 9, 1), new DateOnly(2028, 2, 29)),
        new("gone", new DateOnly(2026, 3, 1), new DateOnly(2026, 7, 15)),
    ];

    private static readonly string[] Languages = ["en", "de", "en-IE", "sv"];

    private static readonly Term Weekend = new("weekend", new DateOnly(2026, 8, 28), new DateOnly(2026, 8, 30));

    /// <summary>Draws one.</summary>
    public static PlanInput Draw(Random random)
    {
        var pathway = RandomPathways.Draw(random);
        pathway = pathway with
        {
            Pathway = random.Next(3) == 0 ? pathway.Pathway : Easier(random, pathway.Pathway),
            Catalogue = [.. pathway.Catalogue.Select(achievement => achievement with
            {
                WorkloadHours = random.Next(3) == 0 ? random.Next(10, 200) : null,
                Participation = Pick(random, ["online", "onsite", "blended"]),
            })],
        };
        var offers = pathway.Catalogue.SelectMany(achievement => Offers(random, achievement)).ToList();
        return Varied(random, new PlanInput
        {
            Pathway = pathway,
            Offers = offers,
            Terms = [Terms[1]],
            Underway = [.. offers.Where(offer => offer.Term.Name == "gone" && random.Next(2) == 0)],
            StartsAfter = random.Next(3) == 0 ? StartsAfter(random, pathway) : [],
            Wish = Wish(random),
            MostTime = TimeSpan.FromMinutes(1),
        });
    }

    // Drawn last, so that a seed that is known for something still draws what it did before.
    private static PlanInput Varied(Random random, PlanInput input) => input with
    {
        Abroad = random.Next(3) == 0 ? new HashSet<string> { PathwaySamples.Abroad } : new HashSet<string>(),
        Offers = random.Next(4) == 0
            ? [.. input.Offers.Select(offer => offer.Term == Terms[0] ? offer with { Term = Weekend } : offer)]
            : input.Offers,
    };

    /// <summary>Most pathways that are drawn lead nowhere: of some of their groups only one thing is asked.</summary>
    private static Pathway Easier(Random random, Pathway pathway) => pathway with
    {
        Credits = Math.Ceiling(pathway.Credits / 2),
        MaxRecognizedCredits = random.Next(2) == 0 ? pathway.MaxRecognizedCredits : null,
        Groups =
        [
            .. pathway.Groups.Select(group => random.Next(3) == 0 ? group : group with
            {
                Rule = PathwayRule.Choice,
                Pool = new PathwayPool { Fields = random.Next(2) == 0 ? ["06"] : [] },
                MinCount = random.Next(2) == 0 ? 1 : null,
                MinCredits = random.Next(2) == 0 ? 1 : null,
                MaxCount = group.MaxCount is null ? null : 3,
            }),
        ],
    };

    private static IEnumerable<Offer> Offers(Random random, Achievement achievement) =>
        Terms.OrderBy(_ => random.Next()).Take(Pick(random, [0, 1, 2, 2, 2, 3, 3])).Select(term => new Offer
        {
            MspId = achievement.MspId,
            Achievement = achievement.Id,
            Term = term,
            PlacesLeft = Pick<int?>(random, [null, null, null, null, 5, 0]),
            Mode = Pick<OfferMode?>(random, [null, OfferMode.Online, OfferMode.Online, OfferMode.OnSite]),
            Language = Pick<string?>(random, [null, null, .. Languages]),
            Cost = Pick<decimal?>(random, [null, 0, 50, 99.5m, 120]),
            IsAbroad = achievement.MspId != PathwaySamples.Home && random.Next(2) == 0,
        });

    private static PlanWish Wish(Random random) => new()
    {
        HoursAWeek = random.Next(3) == 0 ? random.Next(3, 20) : null,
        Deadline = random.Next(4) == 0 ? new DateOnly(2026, 8, 1).AddDays(random.Next(600)) : null,
        OnlineOnly = random.Next(8) == 0,
        Languages = random.Next(5) == 0 ? [Pick(random, Languages)] : [],
        MostAbroad = random.Next(5) == 0 ? random.Next(2) : null,
        MostCost = random.Next(5) == 0 ? random.Next(250) : null,
        Aim = Pick(random, Enum.GetValues<PlanAim>()),
        HoursPerCredit = Pick(random, [25, 27.5, 30]),
    };

    private static PathwayPrerequisite[] StartsAfter(Random random, PathwayInput pathway)
    {
        Achievement[] all = [.. pathway.Catalogue, .. pathway.Earned.Select(earned => earned.Achievement)];
        return
        [
            .. Enumerable.Range(0, random.Next(1, 3)).Select(_ => new PathwayPrerequisite(
                Item(Pick(random, [.. pathway.Catalogue])),
                [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Item(Pick(random, all)))])),
        ];
    }

    private static PathwayItem Item(Achievement one) => PathwaySamples.Item(one.Id, one.MspId);

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];
}
