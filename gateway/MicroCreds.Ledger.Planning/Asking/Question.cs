using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Credentials.Pathways.Matching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Planning.Asking;

/// <summary>
/// The question in numbers, whatever is wished: what can be taken when, and what counts where at which finish. Sorted,
/// so that one question is always asked in the same way.
/// </summary>
internal sealed class Question
{
    private readonly PlanInput _input;
    private readonly Pathway _pathway;
    private readonly Prerequisites _prerequisites;
    private readonly Subject[] _held;
    private readonly List<Candidate> _candidates = [];
    private readonly List<Taking> _takings = [];
    private readonly List<Counting> _countings = [];
    private readonly Dictionary<string, int> _hadUntil = new(StringComparer.Ordinal);

    public Question(PlanInput input)
    {
        _input = input;
        _pathway = input.Pathway.Pathway;
        _prerequisites = new Prerequisites(_pathway);
        Places = Place.Of(_pathway);
        _held =
        [
            .. input.Pathway.Earned.SelectMany(earned => Subject.AllOf(input.Pathway, earned)),
        ];
        var runs = new Timetable(input).Runs();
        Moments = new Moments(input.Pathway, Places, runs.Select(run => Moments.EndOf(run.Offer.Term.Last)));
        AddCandidates(runs);
        AddStartsAfter();
        AddHeld();
        foreach (var (candidate, i) in _candidates.Select((candidate, i) => (candidate, i))) AddCountings(candidate, i);
        Useful = UsefulOnes();
        Likes = Asking.Likes.Of(this);
    }

    public PlanInput Input => _input;

    public IReadOnlyList<Place> Places { get; }

    public Moments Moments { get; }

    public IReadOnlyList<Candidate> Candidates => _candidates;

    public IReadOnlyList<Taking> Takings => _takings;

    public IReadOnlyList<Counting> Countings => _countings;

    /// <summary>Whether it can make any difference to take a candidate.</summary>
    public IReadOnlyList<bool> Useful { get; }

    /// <summary>Candidates that differ in nothing but their name.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Likes { get; }

    /// <summary>The hours in the fullest week of what is taken, in hundredths.</summary>
    /// <param name="chosen">What is taken.</param>
    /// <param name="within">The term that the fullest week begins in; absent for any.</param>
    public long FullestWeek(IReadOnlyList<int> chosen, Term? within = null)
    {
        // The load only grows where something begins.
        var all = chosen.Select(taking => _takings[taking]).ToList();
        return all.Select(taking => taking.Offer.Term.First)
            .Where(day => within is null || (day >= within.First && day <= within.Last))
            .Max(day => all.Where(taking => taking.FillsWeekOf(day)).Sum(taking => taking.HoursAWeek));
    }

    // No week has more of them than there are.
    private static long HoursAWeekOf(long hours, Term term)
    {
        int days = Math.Max(term.Days, Taking.DaysOfAWeek);
        return ((hours * Taking.DaysOfAWeek) + days - 1) / days;
    }

    private void AddCandidates(IReadOnlyList<Run> runs)
    {
        string award = Subject.KeyOf(_pathway.MspId, _pathway.Award.Id);
        foreach (var ofOne in runs.GroupBy(run => run.Achievement, ReferenceEqualityComparer.Instance))
        {
            var achievement = ofOne.First().Achievement;
            if (Subject.KeyOf(achievement.MspId, achievement.Id) == award) continue;
            long hours = Hundredths.Needed(
                achievement.WorkloadHours ?? (achievement.Credits * _input.Wish.HoursPerCredit));
            var candidate = new Candidate(
                achievement, Subject.AllOf(_input.Pathway, achievement, _input.Pathway.AsOf, _input.Pathway.AsOf),
                hours, achievement.WorkloadHours is null);
            foreach (var run in ofOne)
            {
                candidate.Takings.Add(_takings.Count);
                _takings.Add(new Taking(
                    _candidates.Count, run.Offer, run.IsTermAssumed, run.IsUnderway,
                    Moments.IndexOf(Moments.EndOf(run.Offer.Term.Last)),
                    HoursAWeekOf(hours, run.Offer.Term),
                    (long)decimal.Ceiling((run.Offer.Cost ?? 0) * 100)));
            }

            _candidates.Add(candidate);
        }
    }

    private void AddStartsAfter()
    {
        foreach (var after in _input.StartsAfter)
        {
            var waiting = _candidates.Where(one => (one.Subjects[0] with { Recognition = null })
                .IsNamedBy(after.Achievement, _pathway.MspId)).ToList();
            if (waiting.Count == 0) continue;
            foreach (var need in after.Needs)
            {
                if (_held.Any(held => held.IsNamedBy(need, _pathway.MspId))) continue;
                int[] opening = CandidatesNamedBy(need, mustCount: false);
                foreach (var candidate in waiting) candidate.StartsAfter.Add(opening);
            }
        }
    }

    private int[] CandidatesNamedBy(PathwayItem need, bool mustCount) =>
    [
        .. Enumerable.Range(0, _candidates.Count).Where(i => _candidates[i].Subjects.Any(
            subject => (subject.Counts || !mustCount) && subject.IsNamedBy(need, _pathway.MspId))),
    ];

    private void AddHeld()
    {
        foreach (var subject in _held)
        {
            var places = Moments.PlacesOf(subject, 0);
            if (places.Count == 0) continue;

            // What the learner has, and still counts at the finish, is not taken again, nor what counts as the same.
            int until = Math.Min(places.Values.Max(), Moments.LastWithin(subject.EarnedAt));
            foreach (string name in (string[])[subject.Key, subject.Identity])
                _hadUntil[name] = Math.Max(_hadUntil.GetValueOrDefault(name, -1), until);
            var needs = NeedsOf(subject);
            foreach (var (place, last) in places) Add(-1, subject, place, 0, [last], needs);
        }
    }

    private void AddCountings(Candidate candidate, int index)
    {
        candidate.FirstFinish = _hadUntil.GetValueOrDefault(candidate.Subjects[0].Identity, -1) + 1;
        foreach (var subject in candidate.Subjects)
        {
            int first = Math.Max(candidate.FirstFinish, _hadUntil.GetValueOrDefault(subject.Key, -1) + 1);
            if (first > Moments.Last || candidate.Takings.Count == 0) continue;
            var byEnd = candidate.Takings.Select(taking => _takings[taking].End).Distinct().ToDictionary(
                end => end, end => Moments.PlacesOf(subject with { EarnedAt = Moments.All[end] }, end));
            var places = byEnd.Values.First().Keys;
            if (places.Count == 0) continue;
            var needs = NeedsOf(subject);
            foreach (int place in places)
            {
                Add(index, subject, place, first,
                    [.. candidate.Takings.Select(taking => byEnd[_takings[taking].End][place])], needs);
            }
        }
    }

    private List<IReadOnlyList<int>> NeedsOf(Subject subject) =>
    [
        .. _prerequisites.Missing(subject, _held).Select(need => CandidatesNamedBy(need, mustCount: true)),
    ];

    private void Add(
        int candidate, Subject subject, int place, int first, int[] last, IReadOnlyList<IReadOnlyList<int>> needs)
    {
        int credits = Hundredths.Of(subject.Credits);
        if (!subject.IsOwn && _pathway.MaxRecognizedCredits is { } most)
            credits = CreditCap.Whole(credits, Hundredths.Of(most));
        int bound = subject.Recognition?.MaxCreditsPerLearner is { } cap ? Hundredths.Of(cap) : -1;
        if (bound >= 0) credits = Math.Min(credits, CreditCap.Whole(Hundredths.Of(subject.Credits), bound));
        _countings.Add(new Counting(candidate, subject, place, credits)
        {
            FirstFinish = first,
            LastFinish = last,
            Needs = needs,
            Clause = bound >= 0 ? $"{subject.Recognition!.Agreement}/{subject.Recognition.Clause}" : null,
            ClauseBound = bound,
        });
    }

    private bool[] UsefulOnes()
    {
        bool[] useful = new bool[_candidates.Count];

        // Where something counts at a later finish only, whatever ends late makes a difference.
        if (_countings.Any(counting => counting.Candidate >= 0 && counting.FirstFinish > 0))
        {
            Array.Fill(useful, true);
            return useful;
        }

        var open = new Stack<int>(_countings.SelectMany(counting => counting.Needs.SelectMany(anyOf => anyOf))
            .Concat(_countings.Select(counting => counting.Candidate).Where(candidate => candidate >= 0)));
        while (open.TryPop(out int candidate))
        {
            if (useful[candidate]) continue;
            useful[candidate] = true;
            foreach (int needed in _candidates[candidate].StartsAfter.SelectMany(anyOf => anyOf)) open.Push(needed);
        }

        return useful;
    }
}
