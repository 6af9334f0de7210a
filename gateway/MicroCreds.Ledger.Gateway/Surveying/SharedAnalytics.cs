using System.Globalization;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Guiding;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Surveying;

/// <summary>
/// What an institution learns of how people learn: where they stop on a pathway, what they take next, what is asked
/// for. Counted from what learners chose to share and from the public record; told as <see cref="Crowd"/> has it.
/// Thread-safe.
/// </summary>
public sealed class SharedAnalytics(
    SharedFacts facts, AwardApplications applications, IssuingStatistics statistics, ProjectedPathways pathways,
    ProjectedRecords records, Offerings offerings, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>The most rows of each table.</summary>
    public const int MaxRows = 100;

    private const int DemandMonths = 12;

    /// <summary>Counts.</summary>
    public Analytics Count()
    {
        var now = time.GetUtcNow();
        return new Analytics
        {
            Rounding = Crowd.Step,
            CountedBefore = MonthOf(now),
            Pathways = PathwaysOf(facts.Count(SharedFact.Stage, now)),
            Next = NextOf(facts.Count(SharedFact.Next, now)),
            Demand = DemandAt(now),
        };
    }

    private List<PathwayStages> PathwaysOf(IReadOnlyList<SharedCount> counts)
    {
        var found = new List<PathwayStages>();

        // That there is a row at all would tell of the few who share it.
        foreach (var subject in counts.GroupBy(one => one.Subject))
        {
            if (Crowd.Told(subject.Sum(one => one.Learners)) is not { } learners) continue;
            if (FindPathway(subject.Key) is not { } pathway) continue;
            var reached = new List<GroupStage>();
            for (int n = 1; n <= pathway.Groups.Count; n++)
            {
                long people = subject.Where(one => StageOf(one.Value) >= n).Sum(one => one.Learners);
                reached.Add(new GroupStage(n, pathway.Groups[n - 1].Name, Crowd.Told(people)));
            }

            found.Add(new PathwayStages(
                pathway.MspId, pathway.Id, pathway.Version, pathway.Name, learners, reached));
            if (found.Count == MaxRows) break;
        }

        return found;
    }

    private List<NextTaken> NextOf(IReadOnlyList<SharedCount> counts) =>
    [
        .. counts.Select(one => (one, Told: Crowd.Told(one.Learners))).Where(one => one.Told is not null)
            .OrderByDescending(one => one.Told).ThenBy(one => one.one.Subject, StringComparer.Ordinal)
            .ThenBy(one => one.one.Value, StringComparer.Ordinal).Take(MaxRows)
            .Select(one => new NextTaken(
                one.one.Subject, NameOf(one.one.Subject), one.one.Value, NameOf(one.one.Value), one.Told!.Value)),
    ];

    private List<AchievementDemand> DemandAt(DateTimeOffset now)
    {
        var issued = statistics.List(
            options.MspId, MonthOf(now.AddMonths(-DemandMonths)), MonthOf(now), ("", ""), int.MaxValue)
            .Where(one => one.Achievement is not null)
            .GroupBy(one => one.Achievement!).ToDictionary(one => one.Key, one => one.Sum(m => m.Counts.Issued));
        var asked = applications.CountByPathway();
        var awards = asked.Select(one => (Pathway: pathways.FindNewest(options.MspId, one.Key), one.Value))
            .Where(one => one.Pathway is not null)
            .GroupBy(one => one.Pathway!.Award.Id)
            .Select(one => (one.Key, Told: Crowd.Told(one.Sum(p => p.Value)))).Where(one => one.Told is not null)
            .ToDictionary(one => one.Key, one => one.Told);
        var places = PlacesAt(DateOnly.FromDateTime(now.UtcDateTime));
        return
        [
            .. issued.Keys.Union(awards.Keys).Union(places.Keys).Select(id => new AchievementDemand(
                id, records.FindNewestAchievement(options.MspId, id)?.Name ?? id, issued.GetValueOrDefault(id),
                awards.GetValueOrDefault(id), places.TryGetValue(id, out long its) ? its : null))
                .OrderByDescending(one => one.Issued).ThenBy(one => one.Id, StringComparer.Ordinal).Take(MaxRows),
        ];
    }

    /// <summary>The places of what begins within the year, of achievements whose offers all say how many.</summary>
    private Dictionary<string, long> PlacesAt(DateOnly today) => offerings.All.Values
        .Where(one => one.MspId == options.MspId)
        .Select(one => (one.Achievement, Coming: one.Offers.Where(
            offer => offer.First >= today && offer.First < today.AddMonths(DemandMonths)).ToList()))
        .Where(one => one.Coming.Count > 0 && one.Coming.All(offer => offer.Places is not null))
        .ToDictionary(one => one.Achievement, one => one.Coming.Sum(offer => (long)offer.Places!.Value));

    private Pathway? FindPathway(string name) =>
        name.Split('/') is [var mspId, var id, var digits]
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int version)
            ? pathways.Find(mspId, id, version) : null;

    private string NameOf(string achievement) => achievement.Split('/') is [var mspId, var id]
        ? records.FindNewestAchievement(mspId, id)?.Name ?? achievement : achievement;

    private static int StageOf(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int stage) ? stage : 0;

    private static string MonthOf(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM", CultureInfo.InvariantCulture);
}

/// <summary>How people learn, in numbers that hide small groups.</summary>
public sealed record Analytics
{
    /// <summary>Numbers of people are rounded down to multiples of this; one that is absent is less than it.</summary>
    public required int Rounding { get; init; }

    /// <summary>What was shared before this month is counted.</summary>
    public required string CountedBefore { get; init; }

    /// <summary>How far people are on pathways.</summary>
    public required IReadOnlyList<PathwayStages> Pathways { get; init; }

    /// <summary>What is earned next after what, the most frequent first; what few do is left out.</summary>
    public required IReadOnlyList<NextTaken> Next { get; init; }

    /// <summary>What is asked for of this institution's achievements.</summary>
    public required IReadOnlyList<AchievementDemand> Demand { get; init; }
}

/// <summary>How far those who share it are on a pathway.</summary>
/// <param name="MspId">Whose pathway.</param>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Name">Its title.</param>
/// <param name="Learners">How many share it; a pathway that few share is left out.</param>
/// <param name="Reached">How many have the first groups complete.</param>
public sealed record PathwayStages(
    string MspId, string Id, int Version, string Name, long Learners, IReadOnlyList<GroupStage> Reached);

/// <summary>How many have the groups from the first to one complete.</summary>
/// <param name="Groups">How many groups.</param>
/// <param name="Name">The title of the last of them.</param>
/// <param name="Learners">How many; absent if they are few.</param>
public sealed record GroupStage(int Groups, string Name, long? Learners);

/// <summary>That an achievement was earned next after another.</summary>
/// <param name="After">The one before, as its institution and name.</param>
/// <param name="AfterName">Its title.</param>
/// <param name="Taken">The one that came next.</param>
/// <param name="TakenName">Its title.</param>
/// <param name="Learners">How many.</param>
public sealed record NextTaken(string After, string AfterName, string Taken, string TakenName, long Learners);

/// <summary>What is asked for.</summary>
/// <param name="Id">The achievement.</param>
/// <param name="Name">Its title.</param>
/// <param name="Issued">How many were issued in the last twelve months, by the public record.</param>
/// <param name="Asked">How many ask, or asked, for it as the award of a pathway; absent if they are few.</param>
/// <param name="Places">
/// How many places there are in what begins within twelve months; absent if nothing does, or it does not say.
/// </param>
public sealed record AchievementDemand(string Id, string Name, long Issued, long? Asked, long? Places);
