using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Pathways;

namespace MicroCreds.Ledger.Tests.Ledger.Planning;

/// <summary>
/// Plans by trying everything: each achievement not at all or by each of its offers. It is written from the rules and
/// shares no code with the planner, and none with the evaluator either.
/// </summary>
internal sealed class PlanReference
{
    private static readonly string[] AllWishes = ["deadline", "hours", "languages", "online", "abroad", "cost"];

    private readonly PlanInput _input;
    private readonly PathwayInput _pathway;
    private readonly Dictionary<string, bool> _completes = [];
    private readonly List<Try> _all = [];

    public PlanReference(PlanInput input)
    {
        (_input, _pathway) = (input, input.Pathway);
        Achievement[] achievements =
        [
            .. _pathway.Catalogue.Where(one => $"{one.MspId}/{one.Id}" !=
                $"{_pathway.Pathway.MspId}/{_pathway.Pathway.Award.Id}"),
        ];
        Add(achievements, 0, []);
    }

    /// <summary>
    /// The groups whose demands are looked at, null among them for the credits over all. Default is all.
    /// </summary>
    public IReadOnlyList<string?>? Demanded { get; init; }

    /// <summary>One thing taken.</summary>
    public sealed record Taken(Achievement Achievement, Offer Offer)
    {
        public string Language => Offer.Language ?? Achievement.Language;

        public bool IsOnline => Offer.Mode is { } mode
            ? mode == OfferMode.Online : Achievement.Participation == "online";
    }

    /// <summary>One choice, which keeps to all but the wishes.</summary>
    public sealed record Try(IReadOnlyList<Taken> Taken, string[] Broken, long[] Aim);

    /// <summary>All choices that keep to the wishes that are kept, the best first, complete ones only.</summary>
    public IEnumerable<Try> Plans(params string[] dropped) => _all
        .Where(one => one.Broken.All(dropped.Contains))
        .OrderBy(one => one.Aim[0]).ThenBy(one => one.Aim[1]).ThenBy(one => one.Aim[2]).ThenBy(one => one.Aim[3])
        .Where(IsComplete);

    /// <summary>
    /// The sets of wishes that lead to a plan if they are dropped: all of the smallest size at which there are any.
    /// </summary>
    public IReadOnlyList<string[]> Conflicts()
    {
        for (int size = 1; size <= AllWishes.Length; size++)
        {
            string[][] sets =
            [
                .. Enumerable.Range(0, 1 << AllWishes.Length).Where(bits => int.PopCount(bits) == size)
                    .Select(bits => AllWishes.Where((_, i) => (bits >> i & 1) == 1).ToArray())
                    .Where(set => set.All(wish => _all.Any(one => one.Broken.Contains(wish))) && Plans(set).Any()),
            ];
            if (sets.Length > 0) return sets;
        }

        return [];
    }

    /// <summary>The most hours in any week of a choice, in hundredths, looked at day by day.</summary>
    public long FullestWeek(IReadOnlyList<Taken> taken)
    {
        long most = 0;
        if (taken.Count == 0) return 0;
        for (var day = taken.Min(one => one.Offer.Term.First); day <= taken.Max(BusyUntil); day = day.AddDays(1))
        {
            most = Math.Max(most, taken.Where(one => one.Offer.Term.First <= day && day <= BusyUntil(one))
                .Sum(one =>
                {
                    int days = BusyUntil(one).DayNumber - one.Offer.Term.First.DayNumber + 1;
                    return (long)Math.Ceiling(HoursOf(one.Achievement) * 7m / days);
                }));
        }

        return most;
    }

    /// <summary>Whether the learner goes abroad for something.</summary>
    public bool IsAbroad(Taken one) =>
        one.Offer.IsAbroad || (_input.Abroad.Contains(one.Achievement.MspId) && !one.IsOnline);

    /// <summary>Hours in hundredths.</summary>
    public long HoursOf(Achievement achievement) => (long)Math.Ceiling(100 *
        (decimal)(achievement.WorkloadHours ?? (achievement.Credits * _input.Wish.HoursPerCredit)));

    /// <summary>Judges a choice: which wishes it breaks, or null if it breaks what is no wish.</summary>
    public Try? Judge(IReadOnlyList<Taken> taken)
    {
        var today = DateOnly.FromDateTime(_pathway.AsOf.UtcDateTime);
        foreach (var one in taken)
        {
            bool isUnderway = _input.Underway.Any(offer => offer.Achievement == one.Achievement.Id
                && offer.MspId == one.Achievement.MspId && offer.Term == one.Offer.Term);
            if (isUnderway ? one.Offer.Term.Last < today : one.Offer.Term.First < today) return null;
            if (!isUnderway && one.Offer.PlacesLeft == 0) return null;
            if (!isUnderway && !StartsAfterItsNeeds(one, taken)) return null;
        }

        var wish = _input.Wish;
        var finish = taken.Select(one => one.Offer.Term.Last).DefaultIfEmpty(today).Max();
        decimal cost = taken.Sum(one => one.Offer.Cost ?? 0);
        var broken = new List<string>();
        if (taken.Count > 0 && finish > wish.Deadline) broken.Add("deadline");
        if (wish.HoursAWeek is { } hours && FullestWeek(taken) is var fullest && fullest > hours * 100)
        {
            // No wish for hours can be for more than a week has.
            if (fullest > 16_800) return null;
            broken.Add("hours");
        }

        if (wish.Languages.Count > 0 && taken.Any(one => !wish.Languages.Any(language =>
            one.Language == language || one.Language.StartsWith(language + "-", StringComparison.Ordinal))))
            broken.Add("languages");
        if (wish.OnlineOnly && taken.Any(one => !one.IsOnline)) broken.Add("online");
        if (taken.Count(IsAbroad) > wish.MostAbroad) broken.Add("abroad");
        if (cost > wish.MostCost) broken.Add("cost");

        (long Days, long Hours, long Steps, long Cents) all = (
            taken.Count == 0 ? 0 : finish.DayNumber, taken.Sum(one => HoursOf(one.Achievement)), taken.Count,
            (long)(cost * 100));
        return new Try(taken, [.. broken], wish.Aim switch
        {
            PlanAim.Shortest => [all.Days, all.Hours, all.Steps, all.Cents],
            PlanAim.Lightest => [all.Hours, all.Steps, all.Days, all.Cents],
            _ => [all.Cents, all.Days, all.Hours, all.Steps],
        });
    }

    /// <summary>Whether a choice completes the pathway on the day that it is finished.</summary>
    public bool IsComplete(Try choice)
    {
        string key = string.Join(';', choice.Taken.Select(one => $"{one.Achievement.Id}{one.Offer.Term.Last}"));
        if (_completes.TryGetValue(key, out bool known)) return known;
        EarnedAchievement[] earned =
        [
            .. choice.Taken.Select(one => new EarnedAchievement(
                "taken:" + one.Achievement.Id, one.Achievement,
                new DateTimeOffset(one.Offer.Term.Last, new TimeOnly(23, 59, 59), TimeSpan.Zero))),
        ];
        return _completes[key] = new Reference(_pathway with
        {
            AsOf = earned.Select(one => one.EarnedAt).Append(_pathway.AsOf).Max(),
            Catalogue = [],
            Pathway = _pathway.Pathway with
            {
                Credits = Demanded?.Contains(null) == false ? 0 : _pathway.Pathway.Credits,
            },
        })
        {
            Optional = [.. _pathway.Pathway.Groups.Select(group => group.Id)
                .Where(group => Demanded?.Contains(group) == false)],
        }.CompletesWith(earned);
    }

    private void Add(Achievement[] achievements, int index, List<Taken> taken)
    {
        if (index == achievements.Length)
        {
            if (Judge([.. taken]) is { } one) _all.Add(one);
            return;
        }

        Add(achievements, index + 1, taken);
        var achievement = achievements[index];
        Offer[] own =
        [
            .. _input.Offers.Where(offer => (offer.MspId, offer.Achievement) == (achievement.MspId, achievement.Id)),
        ];
        if (own.Length == 0)
        {
            own = [.. _input.Terms.Select(term => new Offer
            {
                MspId = achievement.MspId,
                Achievement = achievement.Id,
                Term = term,
            })];
        }

        foreach (var offer in own)
        {
            taken.Add(new Taken(achievement, offer));
            Add(achievements, index + 1, taken);
            taken.RemoveAt(taken.Count - 1);
        }
    }

    /// <summary>The last day of what takes a week or longer; the seventh of what is over sooner.</summary>
    private static DateOnly BusyUntil(Taken one) => one.Offer.Term.First.AddDays(6) is var week
        && week > one.Offer.Term.Last ? week : one.Offer.Term.Last;

    private bool StartsAfterItsNeeds(Taken one, IReadOnlyList<Taken> taken) => _input.StartsAfter
        .Where(after => (after.Achievement.MspId, after.Achievement.Id)
            == (one.Achievement.MspId, one.Achievement.Id))
        .SelectMany(after => after.Needs)
        .All(need => _pathway.Earned.Any(earned => IsNamed(need, earned.Achievement, earned.AnchoredAt))
            || taken.Any(other => other.Offer.Term.Last < one.Offer.Term.First
                && IsNamed(need, other.Achievement, _pathway.AsOf)));

    private bool IsNamed(PathwayItem need, Achievement achievement, DateTimeOffset at) =>
        (need.MspId, need.Id) == (achievement.MspId, achievement.Id)
        || (need.MspId == _pathway.Pathway.MspId && achievement.MspId != need.MspId
            && _pathway.RecognizedAs(achievement, at).Any(one => one.Equivalent?.Id == need.Id));
}
