using MicroCreds.Ledger.Credentials.Pathways.Counting;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Pathways.Matching;

/// <summary>A credential of the learner's by one way in which it is recognised, and where it may count so.</summary>
/// <param name="Earned">The credential.</param>
/// <param name="Subject">What it is to the owner.</param>
/// <param name="Places">The places that take it.</param>
/// <param name="Refusal">Why none does.</param>
/// <param name="Missing">What it counts only with, and the learner has not.</param>
internal sealed record Held(
    EarnedAchievement Earned,
    Subject Subject,
    IReadOnlyList<int> Places,
    (string Reason, string Detail)? Refusal,
    IReadOnlyList<PathwayItem> Missing)
{
    /// <summary>Whether it may count as things stand.</summary>
    public bool MayCount => Places.Count > 0 && Missing.Count == 0;
}

/// <summary>A pathway, what the learner has and what is offered, brought together: the question in numbers.</summary>
internal sealed class Workings
{
    private readonly PathwayInput _input;
    private readonly PlaceMatch _match;
    private readonly Prerequisites _prerequisites;
    private readonly Subject[] _all;
    private readonly TimeWindow _now;
    private readonly Subject[] _seen;
    private readonly IReadOnlyList<int>[] _offeredPlaces;
    private readonly Forks _forks;
    private static readonly List<PathwayItem> None = [];
    private readonly IReadOnlyList<PathwayItem>[] _offeredMissing;
    private readonly string[] _heldConditions;
    private readonly string[] _offeredConditions;

    // By achievement, whatever it counts as: which of the needs it is one of.
    private readonly Dictionary<string, List<PathwayItem>> _needed;
    private readonly List<int> _bounds = [];
    private readonly SortedDictionary<string, int> _agreementBounds = new(StringComparer.Ordinal);

    public Workings(PathwayInput input)
    {
        _input = input;
        Places = Place.Of(input.Pathway);
        _match = new PlaceMatch(input, Places);
        _prerequisites = new Prerequisites(input.Pathway);
        if (input.Pathway.MaxRecognizedCredits is { } most) _bounds.Add(Hundredths.Of(most));

        var seen = input.Earned.SelectMany(earned =>
            Subject.AllOf(input, earned).Select(subject => (earned, subject))).ToList();
        _all = [.. seen.Select(one => one.subject)];
        Held =
        [
            .. seen.Select(one =>
            {
                var places = _match.Find(one.subject, out var refusal);
                return new Held(
                    one.earned, one.subject, places, refusal,
                    places.Count == 0 ? [] : _prerequisites.Missing(one.subject, _all));
            }),
        ];
        _now = TimeWindow.Of(input, Held)[0];
        _seen = SeenBy(input.Catalogue);
        Offered = OfferedOf(_seen);
        _offeredPlaces = [.. Offered.Select(subject => _match.Find(subject, out _))];
        _needed = Needed();
        _offeredMissing = [.. Offered.Select(subject => _prerequisites.Missing(subject, _all))];
        _heldConditions = [.. Held.Select(held => ConditionsOf(held.Subject, held.Missing))];
        _offeredConditions = [.. Offered.Select((subject, i) => ConditionsOf(subject, _offeredMissing[i]))];
        _forks = new Forks(
            Held.Select((held, i) => (held.Subject, _heldConditions[i])).Where((_, i) => Held[i].Places.Count > 0)
                .Concat(Offered.Select((subject, i) => (subject, _offeredConditions[i]))
                    .Where((_, i) => _offeredPlaces[i].Count > 0)),
            _bounds);
    }

    public IReadOnlyList<Place> Places { get; }

    /// <summary>What the learner has, in the order given, each once for each way in which it is recognised.</summary>
    public IReadOnlyList<Held> Held { get; }

    /// <summary>
    /// What is offered and not had yet: the newest version of each, once for each way in which it is recognised.
    /// </summary>
    public IReadOnlyList<Subject> Offered { get; }

    /// <summary>
    /// The bounds, on recognised credits and on what counts once; complete once all units were made.
    /// </summary>
    public IReadOnlyList<int> Bounds => _bounds;

    /// <summary>Makes units of what may count as things stand.</summary>
    /// <param name="isIn">Which of it is looked at.</param>
    public IReadOnlyList<Unit> UnitsOfHeld(Func<Held, bool> isIn) => Units(
        Held.Select((held, source) => (held, source)).Where(item => item.held.MayCount && isIn(item.held))
            .Select(item => (item.held.Subject, item.held.Places, item.source, Cost: 0)), _heldConditions);

    /// <summary>Makes offers of what can be taken, and of what the learner has and something is missing for.</summary>
    public IReadOnlyList<Offer> Offers()
    {
        var units = Units(Offered.Select((subject, source) => (
            subject, _offeredPlaces[source], source, Hundredths.Of(subject.Achievement.Credits))), _offeredConditions);
        var opening = units.SelectMany((unit, i) => NeededOf(Offered[unit.Sources[0]]).Select(need => (need, i)))
            .ToLookup(item => Prerequisites.NameOf([item.need]), item => item.i, StringComparer.Ordinal);
        IReadOnlyList<IReadOnlyList<int>> NeedsOf(IReadOnlyList<PathwayItem> missing) =>
            [.. missing.Select(need => (IReadOnlyList<int>)[.. opening[Prerequisites.NameOf([need])]])];
        var offers = units.Select(unit => new Offer(
            unit.Sources.All(source => Offered[source].Identity == Offered[unit.Sources[0]].Identity)
                ? Offered[unit.Sources[0]].Identity : unit.Key,
            unit, unit.Sources.Min(source => Hundredths.Of(Offered[source].Achievement.Credits)), IsHeld: false,
            NeedsOf(_offeredMissing[unit.Sources[0]])));
        var waiting = Units(Held.Select((held, source) => (held, source))
            .Where(item => item.held.Places.Count > 0 && item.held.Missing.Count > 0 && _now.Holds(item.held))
            .Select(item => (item.held.Subject, item.held.Places, item.source, Cost: 0)), _heldConditions)
            .Select(unit => new Offer(unit.Key, unit, 0, IsHeld: true, NeedsOf(Held[unit.Sources[0]].Missing)));
        return TakeableOffers.Of([.. offers, .. waiting]);
    }

    /// <summary>The newest version of everything that is not retired, in each way in which it is recognised.</summary>
    private Subject[] SeenBy(IReadOnlyList<Achievement> catalogue) =>
    [
        .. catalogue.Where(achievement => achievement.RetiredAt is null)
            .GroupBy(achievement => (achievement.MspId, achievement.Id))
            .Select(versions => versions.MaxBy(achievement => achievement.Version)!)
            .SelectMany(achievement => Subject.AllOf(_input, achievement, _input.AsOf, _input.AsOf)),
    ];

    /// <summary>What of it is not had already.</summary>
    private Subject[] OfferedOf(IEnumerable<Subject> seen)
    {
        // What the learner has, and may count by any agreement, is not taken again.
        var had = Held.Where(held => held.Places.Count > 0 && _now.Holds(held))
            .SelectMany(held => new[] { held.Subject.Key, held.Subject.Identity }).ToHashSet();
        string award = Subject.KeyOf(_input.Pathway.MspId, _input.Pathway.Award.Id);
        return
        [
            .. seen.Where(subject => subject.Key != award && !had.Contains(subject.Key)
                && !had.Contains(subject.Identity)),
        ];
    }

    /// <summary>
    /// Says what an achievement can be a need of others as, by any of its agreements: also by one as which it is not
    /// taken, since the learner has that.
    /// </summary>
    private Dictionary<string, List<PathwayItem>> Needed()
    {
        var needed = new Dictionary<string, List<PathwayItem>>(StringComparer.Ordinal);
        if (_prerequisites.Needs.Count == 0) return needed;
        foreach (var need in _prerequisites.Needs)
        {
            foreach (var subject in _seen)
            {
                if (!subject.Counts || !subject.IsNamedBy(need, _input.Pathway.MspId)) continue;
                if (!needed.TryGetValue(subject.Identity, out var needs)) needed[subject.Identity] = needs = [];
                if (needs.Count == 0 || needs[^1] != need) needs.Add(need);
            }
        }

        return needed;
    }

    private List<PathwayItem> NeededOf(Subject subject) =>
        _needed.TryGetValue(subject.Identity, out var needs) ? needs : None;

    /// <summary>Names what it counts only with and what counts only with it: where they differ, so do units.</summary>
    private string ConditionsOf(Subject subject, IReadOnlyList<PathwayItem> missing)
    {
        var needed = NeededOf(subject);
        return missing.Count == 0 && needed.Count == 0
            ? "" : $"needs {Prerequisites.NameOf(missing)} opens {Prerequisites.NameOf(needed)}";
    }

    private List<Unit> Units(
        IEnumerable<(Subject Subject, IReadOnlyList<int> Places, int Source, int Cost)> subjects, string[] conditions)
    {
        var order = new List<string>();
        var options = new Dictionary<string, (List<Option> Options, List<int> Sources)>(StringComparer.Ordinal);
        foreach (var (subject, places, source, cost) in subjects)
        {
            string name = _forks.UnitOf(subject, conditions[source]);
            if (!options.TryGetValue(name, out var ofUnit))
            {
                options[name] = ofUnit = ([], []);
                order.Add(name);
            }

            int own = !subject.IsOwn && _input.Pathway.MaxRecognizedCredits is not null ? 0 : -1;
            int agreement = BoundOf(subject.Recognition);
            int credits = Math.Min(Within(own, subject.Credits), Within(agreement, subject.Credits));
            var (key, thing) = (_forks.KeyBoundOf(subject), _forks.ThingBoundOf(subject));
            ofUnit.Sources.Add(source);
            foreach (int place in places)
                ofUnit.Options.Add(new Option(place, credits, cost, source, own, agreement, key, thing));
        }

        return [.. order.Select(name => Unit.Of(name, options[name].Options, options[name].Sources))];
    }

    private int Within(int bound, double credits) => bound >= 0
        ? CreditCap.Whole(Hundredths.Of(credits), _bounds[bound])
        : Hundredths.Of(credits);

    private int BoundOf(RecognizedAchievement? recognition)
    {
        if (recognition?.MaxCreditsPerLearner is not { } most) return -1;
        string name = $"{recognition.Agreement}/{recognition.Clause}";
        if (!_agreementBounds.TryGetValue(name, out int bound))
        {
            _agreementBounds[name] = bound = _bounds.Count;
            _bounds.Add(Hundredths.Of(most));
        }

        // Of two versions of one clause the stricter bound holds for both.
        _bounds[bound] = Math.Min(_bounds[bound], Hundredths.Of(most));
        return bound;
    }
}
