using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Reporting;

/// <summary>Writes ways as steps: of each class of equal offers, those that serve the learner's goal best.</summary>
internal sealed class WayWriter(PathwayInput input, Workings workings, Outcome outcome)
{
    /// <summary>The most other offers that are told for one step.</summary>
    private const int MaxInstead = 5;

    private readonly int[] _depths = DepthsOf(input.Pathway.Groups);

    /// <summary>Writes them, each set of steps once, however many ways there are to count it.</summary>
    public IReadOnlyList<PathwayWay> Write() =>
    [
        .. outcome.Ways.Select(Write).DistinctBy(
            way => string.Join(',', way.Steps.Select(NameOf).Order(StringComparer.Ordinal)), StringComparer.Ordinal),
    ];

    private static string NameOf(WayStep step) => Subject.KeyOf(step.Take.MspId, step.Take.Achievement.Id);

    private PathwayWay Write(Way way)
    {
        var steps = way.Opening.Select(index => (Order: -1, Step: Opening(outcome.Classes[index])))
            .Concat(way.Picks.Where(pick => !outcome.Classes[pick.Class].IsHeld)
                .GroupBy(pick => pick.Class)
                .SelectMany(picks => Steps(outcome.Classes[picks.Key], [.. picks.Select(pick => pick.Option)])));
        return new PathwayWay(
            [.. steps.OrderBy(item => item.Order).Select(item => item.Step)], Hundredths.ToCredits(way.Cost));
    }

    private WayStep Opening(OfferClass one)
    {
        var subject = outcome.Offers[one.Offers[0]].Unit.Sources.Select(source => workings.Offered[source])
            .MinBy(subject => subject.Achievement.Credits)!;
        return new WayStep { Take = OfferedBy(subject), CountsAs = 0, OrInstead = [] };
    }

    private IEnumerable<(int Order, WayStep Step)> Steps(OfferClass one, IReadOnlyList<Option> picks)
    {
        int[] ranked = [.. one.Offers.OrderByDescending(ServesGoal)
            .ThenBy(offer => outcome.Offers[offer].Unit.Key, StringComparer.Ordinal)];
        for (int i = 0; i < picks.Count; i++)
        {
            int option = 0;
            while (one.Options[option] != picks[i]) option++;
            var subject = SubjectOf(ranked[i], option);
            int group = workings.Places[picks[i].Place].Group;
            yield return (_depths[group], new WayStep
            {
                Take = OfferedBy(subject),
                Group = input.Pathway.Groups[group].Id,
                CountsAs = Hundredths.ToCredits(picks[i].Credits),
                Agreement = subject.Agreement,
                OrInstead =
                [
                    .. ranked.Skip(picks.Count).Take(MaxInstead)
                        .Select(offer => OfferedBy(SubjectOf(offer, option))),
                ],
            });
        }
    }

    private Subject SubjectOf(int offer, int option) =>
        workings.Offered[outcome.Offers[offer].Unit.Options[option].Source];

    private int ServesGoal(int offer) => outcome.Offers[offer].Unit.Options
        .Max(option => NextSteps.SkillsOf(workings.Offered[option.Source].Achievement, input.Goal).Count());

    /// <summary>How many groups come one before the other up to each: those that come first are told first.</summary>
    private static int[] DepthsOf(IReadOnlyList<PathwayGroup> groups)
    {
        int[] depths = new int[groups.Count];

        // However they are listed, each round settles at least one more.
        for (int round = 0; round < groups.Count; round++)
        {
            for (int i = 0; i < groups.Count; i++)
            {
                for (int j = 0; j < groups.Count; j++)
                {
                    if (groups[i].After.Contains(groups[j].Id)) depths[i] = Math.Max(depths[i], depths[j] + 1);
                }
            }
        }

        return depths;
    }

    public static OfferedAchievement OfferedBy(Subject subject) => new(
        subject.Achievement.MspId,
        new AchievementReference(subject.Achievement.Id, subject.Achievement.Version),
        subject.Achievement.Name,
        subject.Achievement.Credits);
}
