using Google.OrTools.Sat;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Planning.Asking;

namespace MicroCreds.Ledger.Planning.Choosing;

/// <summary>What a solver chose.</summary>
/// <param name="Takings">What is taken, as indices of takings.</param>
/// <param name="Countings">What counts where.</param>
internal sealed record Chosen(IReadOnlyList<int> Takings, IReadOnlyList<Counting> Countings);

/// <summary>The question as constraints over what is taken, when it is finished and what counts where.</summary>
internal sealed class PlanModel
{
    // Hours come first, then steps: more of these than one evaluation takes credentials there are never.
    private const long HoursScale = 1024;

    private readonly Question _question;
    private readonly Rules _rules;
    private readonly PlanWish _wish;
    private readonly CpModel _model = new();
    private readonly SortedDictionary<int, BoolVar> _take = [];
    private readonly BoolVar?[] _taken;
    private readonly Lazy<BoolVar[]> _isLater;
    private readonly CountingRules _counting;
    private readonly Dictionary<string, BoolVar> _languages = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a model.</summary>
    /// <param name="question">The question.</param>
    /// <param name="rules">What it keeps to.</param>
    /// <param name="known">
    /// Candidates that matter by their name, also among others that are like them, and if they are of no use any more.
    /// </param>
    public PlanModel(Question question, Rules rules, IReadOnlySet<int> known)
    {
        (_question, _rules, _wish) = (question, rules, question.Input.Wish);
        _taken = new BoolVar?[question.Candidates.Count];
        for (int i = 0; i < question.Takings.Count; i++)
        {
            var taking = question.Takings[i];
            if (!question.Useful[taking.Candidate] && !known.Contains(taking.Candidate)) continue;
            if (!rules.Take(_wish, taking.Offer)) continue;
            if (question.Candidates[taking.Candidate].FirstFinish > question.Moments.Last) continue;
            _take[i] = _model.NewBoolVar($"take{i}");
        }

        // Where neither an age nor the aim asks for it, the finish only makes the question larger.
        _isLater = new Lazy<BoolVar[]>(AddFinish);
        AddTaken();
        AddLikes(known);
        AddFirstFinish();
        AddStartsAfter();
        AddWishes();
        _counting = new CountingRules(_model, question, rules, _take, _taken, _isLater);
        _counting.Add();
    }

    public CpModel Model => _model;

    /// <summary>What a solver chose.</summary>
    public Chosen Chosen(CpSolver solver) => new(
        [.. _take.Where(item => solver.BooleanValue(item.Value)).Select(item => item.Key)],
        _counting.Chosen(solver));

    /// <summary>The moment of the finish of what was chosen.</summary>
    public int FinishOf(Chosen chosen) =>
        chosen.Takings.Select(taking => _question.Takings[taking].End).DefaultIfEmpty(0).Max();

    /// <summary>Tells a quantity.</summary>
    /// <param name="quantity">Which.</param>
    /// <param name="before">The plan that changes are counted against.</param>
    public LinearExpr Of(Quantity quantity, IReadOnlyList<PlannedStep>? before = null) => quantity switch
    {
        Quantity.Finish => LinearExpr.Sum(_isLater.Value.Skip(1)),
        Quantity.HoursAndSteps => HoursAndSteps(),
        Quantity.Cost => Weighted(_take.Keys, taking => _question.Takings[taking].Cost),
        Quantity.NotOnline => Weighted(
            _take.Keys, taking => _question.Takings[taking].Offer.Mode == OfferMode.Online ? 0 : 1),
        Quantity.Abroad => Weighted(_take.Keys, taking => _question.Takings[taking].Offer.IsAbroad ? 1 : 0),
        Quantity.FullestWeek => FullestWeek(),
        Quantity.OtherLanguages => OtherLanguages(),
        _ => Changes(before!),
    };

    /// <summary>The languages of what was chosen that are not wished for.</summary>
    public IReadOnlyList<string> LanguagesOf(IReadOnlyList<int> chosen) =>
    [
        .. chosen.Select(taking => _question.Takings[taking].Offer.Language!)
            .Where(language => !Rules.IsUnderstood(_wish, language))
            .Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal),
    ];

    /// <summary>Asks that not all of these are taken.</summary>
    public void ForbidAll(IEnumerable<int> candidates)
    {
        BoolVar?[] all = [.. candidates.Select(candidate => _taken[candidate])];
        if (all.All(one => one is not null)) _model.AddBoolOr(all.Select(one => one!.Not()));
    }

    /// <summary>Asks for another choice than this one.</summary>
    public void ForbidExactly(IReadOnlyList<int> chosen)
    {
        if (!chosen.All(_take.ContainsKey)) return;
        _model.AddBoolOr(_take.Select(
            item => chosen.Contains(item.Key) ? item.Value.Not() : (ILiteral)item.Value));
    }

    private LinearExpr HoursAndSteps()
    {
        long HoursOf(int taking) => _question.Candidates[_question.Takings[taking].Candidate].Hours;

        // As small as they can be: large numbers are slow.
        long unit = _take.Keys.Select(HoursOf).Where(hours => hours > 0).Aggregate(0L, GreatestCommonDivisor);
        return Weighted(_take.Keys, taking => unit == 0 ? 1 : (HoursOf(taking) / unit * HoursScale) + 1);
    }

    private static long GreatestCommonDivisor(long one, long other) =>
        other == 0 ? one : GreatestCommonDivisor(other, one % other);

    private LinearExpr Weighted(IEnumerable<int> takings, Func<int, long> weight)
    {
        int[] all = [.. takings];
        return LinearExpr.WeightedSum(all.Select(taking => _take[taking]), all.Select(weight));
    }

    private void AddTaken()
    {
        for (int i = 0; i < _question.Candidates.Count; i++)
        {
            BoolVar[] takings =
            [
                .. _question.Candidates[i].Takings.Where(_take.ContainsKey).Select(taking => _take[taking]),
            ];
            if (takings.Length == 0) continue;
            if (takings.Length == 1)
            {
                _taken[i] = takings[0];
                continue;
            }

            var taken = _model.NewBoolVar($"taken{i}");
            _model.Add(LinearExpr.Sum(takings) == taken);
            _taken[i] = taken;
        }
    }

    /// <summary>Of what is alike the first are taken: all other choices are the same again.</summary>
    private void AddLikes(IReadOnlySet<int> known)
    {
        foreach (var likes in _question.Likes)
        {
            BoolVar[] all = [.. likes.Where(i => !known.Contains(i)).Select(i => _taken[i]).OfType<BoolVar>()];
            for (int i = 1; i < all.Length; i++) _model.AddImplication(all[i], all[i - 1]);
        }
    }

    /// <summary>The finish is the last end of anything that is taken, neither earlier nor later.</summary>
    private BoolVar[] AddFinish()
    {
        BoolVar[] isLater =
        [
            .. Enumerable.Range(0, _question.Moments.Last + 1).Select(i => _model.NewBoolVar($"later{i}")),
        ];
        _model.Add(isLater[0] == 1);
        for (int i = 1; i < isLater.Length; i++)
        {
            _model.AddImplication(isLater[i], isLater[i - 1]);
            int moment = i;
            _model.Add(LinearExpr.Sum(_take.Where(item => _question.Takings[item.Key].End >= moment)
                .Select(item => item.Value)) >= isLater[i]);
        }

        foreach (var (taking, take) in _take) _model.AddImplication(take, isLater[_question.Takings[taking].End]);
        return isLater;
    }

    private void AddFirstFinish()
    {
        for (int i = 0; i < _question.Candidates.Count; i++)
        {
            if (_taken[i] is { } taken && _question.Candidates[i].FirstFinish is > 0 and int first)
                _model.AddImplication(taken, _isLater.Value[first]);
        }
    }

    private void AddStartsAfter()
    {
        foreach (var (taking, take) in _take)
        {
            // What has begun did so by its institution's leave, whatever it asked for.
            if (_question.Takings[taking].IsUnderway) continue;
            var start = _question.Takings[taking].Offer.Term.First;
            foreach (var anyOf in _question.Candidates[_question.Takings[taking].Candidate].StartsAfter)
            {
                _model.Add(LinearExpr.Sum(anyOf.SelectMany(candidate => _question.Candidates[candidate].Takings)
                    .Where(other => _take.ContainsKey(other) && _question.Takings[other].Offer.Term.Last < start)
                    .Select(other => _take[other])) >= take);
            }
        }
    }

    private void AddWishes()
    {
        if (_wish.HoursAWeek is { } hours)
        {
            // Where it is asked what more of them would do, they are still those of a week.
            int most = Hundredths.Of(_rules.Wishes.Contains(WishKind.Hours) ? hours : PlanWish.MostHoursAWeek);
            foreach (var (week, _) in Weeks()) _model.Add(week <= most);
        }

        if (_rules.Wishes.Contains(WishKind.Abroad)) _model.Add(Of(Quantity.Abroad) <= _wish.MostAbroad!.Value);
        if (_rules.Wishes.Contains(WishKind.Cost))
            _model.Add(Of(Quantity.Cost) <= (long)decimal.Floor(_wish.MostCost!.Value * 100));
    }

    /// <summary>The load where something begins: between such days it only falls.</summary>
    private IEnumerable<(LinearExpr Load, DateOnly Day)> Weeks()
    {
        var seen = new HashSet<string>();
        foreach (var day in _take.Keys.Select(taking => _question.Takings[taking].Offer.Term.First).Distinct().Order())
        {
            int[] running =
            [
                .. _take.Keys.Where(taking => _question.Takings[taking].FillsWeekOf(day)),
            ];
            if (seen.Add(string.Join(',', running)))
                yield return (Weighted(running, taking => _question.Takings[taking].HoursAWeek), day);
        }
    }

    private IntVar FullestWeek()
    {
        // In whole hours: no learner counts finer, and a finer answer is much harder to prove.
        var fullest = _model.NewIntVar(0, PlanWish.MostHoursAWeek, "fullest");
        foreach (var (week, _) in Weeks()) _model.Add(week <= fullest * 100);
        return fullest;
    }

    private LinearExpr OtherLanguages()
    {
        foreach (var (taking, take) in _take)
        {
            string language = _question.Takings[taking].Offer.Language!;
            if (Rules.IsUnderstood(_wish, language)) continue;
            if (!_languages.TryGetValue(language, out var spoken))
                _languages[language] = spoken = _model.NewBoolVar($"language{_languages.Count}");
            _model.AddImplication(take, spoken);
        }

        return LinearExpr.Sum(_languages.Values);
    }

    /// <summary>What is new, and what is no longer taken in the term that it was planned for.</summary>
    private LinearExpr Changes(IReadOnlyList<PlannedStep> before)
    {
        var planned = before.ToDictionary(step => (step.MspId, step.Achievement));
        int[] added = [.. _take.Keys.Where(taking => !planned.ContainsKey(NameOf(taking)))];
        int[] kept = [.. _take.Keys.Where(taking => planned.TryGetValue(NameOf(taking), out var term)
            && _question.Takings[taking].Offer.Term is var now && (now.First, now.Last) == (term.First, term.Last))];
        return Weighted(added, _ => 1) - Weighted(kept, _ => 1) + planned.Count;
    }

    private (string MspId, string Id) NameOf(int taking)
    {
        var achievement = _question.Candidates[_question.Takings[taking].Candidate].Achievement;
        return (achievement.MspId, achievement.Id);
    }
}
