using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>Tells in which places an achievement may count by itself, and why in none.</summary>
internal sealed class PlaceMatch(PathwayInput input, IReadOnlyList<Place> places)
{
    private readonly Pathway _pathway = input.Pathway;

    /// <summary>Finds the places that take an achievement.</summary>
    /// <param name="subject">The achievement.</param>
    /// <param name="refusal">Why there is none: the reason that lies nearest to counting.</param>
    public IReadOnlyList<int> Find(Subject subject, out (string Reason, string Detail)? refusal)
    {
        refusal = null;
        var found = new List<int>();
        if (subject.Key == Subject.KeyOf(_pathway.MspId, _pathway.Award.Id))
        {
            refusal = (NotCountedReason.IsTheAward, "It is what the pathway leads to, not a part of it.");
            return found;
        }

        var nearest = Distance.None;
        int nearestPlace = -1;
        for (int i = 0; i < places.Count; i++)
        {
            var distance = Judge(places[i], subject);
            if (distance == Distance.Takes) found.Add(i);
            else if (distance > nearest) (nearest, nearestPlace) = (distance, i);
        }

        if (found.Count == 0 && nearestPlace >= 0)
            refusal = Explain(nearest, _pathway.Groups[places[nearestPlace].Group], subject);
        return found;
    }

    private Distance Judge(Place place, Subject subject)
    {
        var group = _pathway.Groups[place.Group];
        if (!Named(group, place, subject, anyVersion: false) && !IsInPool(group, subject))
        {
            return Named(group, place, subject, anyVersion: true)
                ? Distance.OtherVersion
                : Distance.NotInPathway;
        }

        if (!subject.Counts) return Distance.NotRecognized;
        if (group.MinLevel is { } least && !(subject.Level >= least)) return Distance.LevelTooLow;
        return OldestOf(group) is { } age && subject.EarnedAt < input.AsOf.AddMonths(-age)
            ? Distance.TooOld
            : Distance.Takes;
    }

    private (string Reason, string Detail) Explain(Distance distance, PathwayGroup group, Subject subject) =>
        distance switch
        {
            Distance.OtherVersion =>
                (NotCountedReason.OtherVersion, $"{group.Name} asks for another version of it."),
            Distance.NotRecognized =>
                (NotCountedReason.NotRecognized, $"No agreement in force lets it count at {_pathway.MspId}."),
            Distance.LevelTooLow => (NotCountedReason.LevelTooLow, subject.Level is { } level
                ? $"It is of EQF level {level}; {group.Name} takes level {group.MinLevel} and above."
                : $"It names no EQF level; {group.Name} takes level {group.MinLevel} and above."),
            Distance.TooOld => (NotCountedReason.TooOld,
                $"{group.Name} takes what is not older than {OldestOf(group)} months."),
            _ => (NotCountedReason.NotInPathway, "No group of the pathway takes it."),
        };

    private int? OldestOf(PathwayGroup group) => Shorter(group.NotOlderThanMonths, _pathway.NotOlderThanMonths);

    private bool Named(PathwayGroup group, Place place, Subject subject, bool anyVersion)
    {
        if (place.Item >= 0) return subject.IsNamedBy(group.Items[place.Item], _pathway.MspId, anyVersion);
        foreach (var item in group.Items)
        {
            if (subject.IsNamedBy(item, _pathway.MspId, anyVersion)) return true;
        }

        return false;
    }

    private static bool IsInPool(PathwayGroup group, Subject subject)
    {
        if (group.Pool is not { } pool) return false;
        var achievement = subject.Achievement;
        return (pool.MspIds.Count == 0 || (subject.Ledger is null && pool.MspIds.Contains(achievement.MspId)))
            && (pool.Fields.Count == 0 || (achievement.FieldOfStudy is { } field
                && pool.Fields.Any(beginning => field.StartsWith(beginning, StringComparison.Ordinal))));
    }

    private static int? Shorter(int? one, int? other) => one is null || other < one ? other ?? one : one;

    // How near a place comes to taking something: the farther down, the nearer.
    private enum Distance
    {
        None,
        NotInPathway,
        OtherVersion,
        NotRecognized,
        LevelTooLow,
        TooOld,
        Takes,
    }
}
