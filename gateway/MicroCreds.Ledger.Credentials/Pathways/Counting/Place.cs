using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Counting;

/// <summary>
/// Where achievements count: a demanded achievement is a place of its own, a group to choose for is one place.
/// </summary>
/// <param name="Group">The group's index.</param>
/// <param name="Item">The demanded achievement's index in it; -1 for a group to choose for.</param>
/// <param name="NeedCount">How many are needed.</param>
/// <param name="NeedCredits">How many credits are needed.</param>
/// <param name="MaxCount">The most that count; <see cref="int.MaxValue"/> if there is no bound.</param>
/// <param name="MaxCredits">The most credits that count; <see cref="int.MaxValue"/> if there is no bound.</param>
internal sealed record Place(int Group, int Item, int NeedCount, int NeedCredits, int MaxCount, int MaxCredits)
{
    public static IReadOnlyList<Place> Of(Pathway pathway)
    {
        var places = new List<Place>();
        for (int i = 0; i < pathway.Groups.Count; i++)
        {
            var group = pathway.Groups[i];
            if (group.Rule == PathwayRule.All)
            {
                int index = i;
                places.AddRange(group.Items.Select(
                    (_, item) => new Place(index, item, 1, 0, 1, int.MaxValue)));
            }
            else
            {
                places.Add(new Place(
                    i, -1, group.MinCount ?? 0, Hundredths.Needed(group.MinCredits ?? 0),
                    group.MaxCount ?? int.MaxValue,
                    group.MaxCredits is { } most ? Hundredths.Of(most) : int.MaxValue));
            }
        }

        return places;
    }
}

/// <summary>One way in which something may count.</summary>
/// <param name="Place">The place.</param>
/// <param name="Credits">The credits that it counts for there.</param>
/// <param name="Cost">The credits that it takes to earn it; 0 for what the learner has.</param>
/// <param name="Source">Which credential or offer it is.</param>
/// <param name="OwnBound">The bound of all that is recognised that it uses up; -1 if none.</param>
/// <param name="AgreementBound">The agreement's bound that it uses up; -1 if none.</param>
/// <param name="KeyBound">What it counts as, where other units could count as the same; -1 if none could.</param>
/// <param name="ThingBound">What it is, where other units are made of the same; -1 if none is.</param>
internal readonly record struct Option(
    int Place, int Credits, int Cost, int Source, int OwnBound = -1, int AgreementBound = -1, int KeyBound = -1,
    int ThingBound = -1)
{
    /// <summary>All of it but which credential or offer it is.</summary>
    public string Form => string.Create(
        CultureInfo.InvariantCulture,
        $"{Place} {Credits} {Cost} {OwnBound} {AgreementBound} {KeyBound} {ThingBound}");

    public bool IsBounded => OwnBound >= 0 || AgreementBound >= 0 || KeyBound >= 0 || ThingBound >= 0;

    /// <summary>Whether this one is at least as good as another in every way.</summary>
    public bool Covers(Option other) =>
        Place == other.Place && Credits >= other.Credits && Cost <= other.Cost
        && (KeyBound < 0 || KeyBound == other.KeyBound) && (ThingBound < 0 || ThingBound == other.ThingBound)
        && (OwnBound < 0 || (OwnBound == other.OwnBound && Credits == other.Credits))
        && (AgreementBound < 0 || (AgreementBound == other.AgreementBound && Credits == other.Credits));
}

/// <summary>
/// All that stands for one achievement, or one achievement with all that it may stand for: it counts at most once.
/// </summary>
/// <param name="Key">The achievement.</param>
/// <param name="Options">How it may count; only one of them is used.</param>
/// <param name="Sources">All that it is made of, also what may count nowhere.</param>
internal sealed record Unit(string Key, IReadOnlyList<Option> Options, IReadOnlyList<int> Sources)
{
    /// <summary>Leaves out options that another one makes useless.</summary>
    public static Unit Of(string key, IEnumerable<Option> options, IReadOnlyList<int> sources)
    {
        var kept = new List<Option>();
        foreach (var option in options)
        {
            if (kept.Exists(other => other.Covers(option))) continue;
            kept.RemoveAll(other => option.Covers(other));
            kept.Add(option);
        }

        return new Unit(key, kept, sources);
    }
}
