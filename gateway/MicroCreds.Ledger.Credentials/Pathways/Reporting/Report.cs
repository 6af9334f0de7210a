using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Reporting;

/// <summary>Writes what was found the way people and pages read it.</summary>
internal sealed class Report
{
    private readonly PathwayInput _input;
    private readonly Pathway _pathway;
    private readonly Workings _workings;
    private readonly Outcome _outcome;
    private readonly SortedDictionary<int, Option> _counted = [];
    private readonly GroupCount[] _groups;

    // What counts, by what it is and by what it counts as: each of both once.
    private readonly HashSet<string> _taken = [];

    public Report(PathwayInput input, Workings workings, Outcome outcome)
    {
        (_input, _pathway, _workings, _outcome) = (input, input.Pathway, workings, outcome);
        var chosen = new HashSet<int>();
        foreach (var (unit, option) in outcome.Best.All())
        {
            chosen.Add(unit);
            Add(option);
        }

        // What made no difference any more is still shown where it fits, if it takes nothing from the rest.
        foreach (var unit in outcome.Units.Where((_, i) => !chosen.Contains(i)))
        {
            var fitting = unit.Options
                .Where(option => outcome.Count.IsFreeOnce(option) && !IsCounted(workings.Held[option.Source].Subject))
                .Take(1).ToList();
            foreach (var option in fitting) Add(option);
        }

        _groups = GroupCount.Of(_pathway, workings, _counted);
    }

    public PathwayEvaluation Write()
    {
        bool isComplete = _outcome.Count.IsComplete(_outcome.Best.Load);
        int counted = _groups.Sum(group => group.Credits);
        return new PathwayEvaluation
        {
            Pathway = new PathwayName(
                _pathway.MspId, _pathway.Id, _pathway.Version, _pathway.Name, _pathway.Award),
            AsOf = _input.AsOf,
            Complete = isComplete,
            Credits = new Progress(
                Hundredths.ToCredits(counted), _pathway.Credits,
                Hundredths.ToCredits(_outcome.Count.MissingCredits(_outcome.Best.Load))),
            Groups = [.. _groups.Select(group => group.Write())],
            NotCounted = NotCounted(),
            Milestones = new Milestones(_pathway, _groups, isComplete).Write(),
            FinishBy = isComplete ? null : FinishBy(),
            Ways = isComplete ? [] : new WayWriter(_input, _workings, _outcome).Write(),
            WaysAreProven = _outcome.IsProven,
            Suggestions = isComplete ? [] : new NextSteps(_input, _workings, _outcome, _groups).Write(),
        };
    }

    private List<NotCounted> NotCounted()
    {
        var result = new List<NotCounted>();
        var counted = _counted.Keys.Select(source => _workings.Held[source].Earned)
            .ToHashSet<EarnedAchievement>(ReferenceEqualityComparer.Instance);
        foreach (var ways in _workings.Held.GroupBy(held => held.Earned, ReferenceEqualityComparer.Instance))
        {
            // Of several agreements, the reason by the one that let it come nearest to counting.
            var held = ways.FirstOrDefault(one => one.MayCount) ?? ways.FirstOrDefault(one => one.Places.Count > 0)
                ?? ways.First();
            if (counted.Contains(held.Earned)) continue;
            var (reason, detail) = held.Refusal ?? ReasonOf(held);
            var achievement = held.Earned.Achievement;
            result.Add(new NotCounted(
                held.Earned.CredentialId, achievement.MspId,
                new AchievementReference(achievement.Id, achievement.Version), achievement.Name, reason, detail)
            { Ledger = held.Earned.Ledger });
        }

        return result;
    }

    private (string Reason, string Detail) ReasonOf(Held held)
    {
        if (held.Missing.Count > 0)
        {
            string needs = string.Join(", ", held.Missing.Select(need => $"{need.Id} of {need.MspId}"));
            return (NotCountedReason.PrerequisiteMissing, $"It counts only together with {needs}.");
        }

        if (!_outcome.Window.Holds(held))
        {
            return (NotCountedReason.OutsideWindow,
                $"All that counts must be earned within {_pathway.WithinMonths} months; it was earned outside them.");
        }

        return IsCounted(held.Subject)
            ? (NotCountedReason.AlreadyCounted, "Another credential counts for the same achievement.")
            : (NotCountedReason.NoRoom, "The groups that take it are full, or the agreement lets no more through.");
    }

    /// <summary>Whether it, or what it counts as, is counted already.</summary>
    private bool IsCounted(Subject subject) =>
        _taken.Contains("as " + subject.Key) || _taken.Contains("is " + subject.Identity);

    private void Add(Option option)
    {
        _counted[option.Source] = option;
        var subject = _workings.Held[option.Source].Subject;
        _taken.Add("as " + subject.Key);
        _taken.Add("is " + subject.Identity);
    }

    private DateTimeOffset? FinishBy()
    {
        DateTimeOffset? first = null;
        foreach (var (source, option) in _counted)
        {
            int? group = _pathway.Groups[_workings.Places[option.Place].Group].NotOlderThanMonths;
            int?[] limits = [group, _pathway.NotOlderThanMonths, _pathway.WithinMonths];
            if (limits.Min() is not { } months) continue;
            var until = _workings.Held[source].Earned.EarnedAt.AddMonths(months);
            if (first is null || until < first) first = until;
        }

        return first;
    }
}
