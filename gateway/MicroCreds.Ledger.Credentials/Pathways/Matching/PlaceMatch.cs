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

        int nearest = -1;
        for (int i = 0; i < places.Count; i++)
        {
            var (distance, reason, detail) = Judge(places[i], subject);
            if (reason is null) found.Add(i);
            else if (distance > nearest) (nearest, refusal) = (distance, (reason, detail));
        }

        if (found.Count > 0) refusal = null;
        return found;
    }

    private (int Distance, string? Reason, string Detail) Judge(Place place, Subject subject)
    {
        var group = _pathway.Groups[place.Group];
        bool isNamed = Named(group, place, subject, anyVersion: false);
        if (!isNamed && !IsInPool(group, subject))
        {
            return Named(group, place, subject, anyVersion: true)
                ? (1, NotCountedReason.OtherVersion, $"{group.Name} asks for another version of it.")
                : (0, NotCountedReason.NotInPathway, "No group of the pathway takes it.");
        }

        if (!subject.Counts)
        {
            return (2, NotCountedReason.NotRecognized,
                $"No agreement in force lets it count at {_pathway.MspId}.");
        }

        if (group.MinLevel is { } least && !(subject.Level >= least))
        {
            return (3, NotCountedReason.LevelTooLow,
                subject.Level is { } level
                    ? $"It is of EQF level {level}; {group.Name} takes level {least} and above."
                    : $"It names no EQF level; {group.Name} takes level {least} and above.");
        }

        int? months = Shorter(group.NotOlderThanMonths, _pathway.NotOlderThanMonths);
        return months is { } age && subject.EarnedAt < input.AsOf.AddMonths(-age)
            ? (4, NotCountedReason.TooOld, $"{group.Name} takes what is not older than {age} months.")
            : (5, null, "");
    }

    private bool Named(PathwayGroup group, Place place, Subject subject, bool anyVersion) => place.Item >= 0
        ? subject.IsNamedBy(group.Items[place.Item], _pathway.MspId, anyVersion)
        : group.Items.Any(item => subject.IsNamedBy(item, _pathway.MspId, anyVersion));

    private static bool IsInPool(PathwayGroup group, Subject subject)
    {
        if (group.Pool is not { } pool) return false;
        var achievement = subject.Achievement;
        return (pool.MspIds.Count == 0 || pool.MspIds.Contains(achievement.MspId))
            && (pool.Fields.Count == 0 || (achievement.FieldOfStudy is { } field
                && pool.Fields.Any(beginning => field.StartsWith(beginning, StringComparison.Ordinal))));
    }

    private static int? Shorter(int? one, int? other) => one is null || other < one ? other ?? one : one;
}
