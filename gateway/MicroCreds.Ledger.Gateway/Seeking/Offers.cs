using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>
/// What a consortium offers, ready to be asked for a goal. Made once of what is published and never changed; it keeps
/// nothing of what it is asked. Thread-safe.
/// </summary>
public sealed class Offers
{
    /// <summary>The pathways that lead to their achievements: the likeliest ones alone.</summary>
    private const int LeadingPathways = 2;

    /// <summary>How much of the best score an achievement gets of the best pathway on which it counts.</summary>
    private const double PathwayShare = 0.4;

    /// <summary>From this score on a pathway leads with its whole share: one word of its parts says little.</summary>
    private const double SurePathway = 8;

    /// <summary>What has less than this share of the best score is not worth showing.</summary>
    private const float LeastShare = 0.05f;

    private readonly IReadOnlyList<Achievement> _achievements;
    private readonly IReadOnlyList<Pathway> _pathways;
    private readonly IReadOnlyList<IReadOnlyList<int>> _parts;
    private readonly IReadOnlyList<OfferedSkill> _skills;
    private readonly Shelf _achievementShelf;
    private readonly Shelf _pathwayShelf;
    private readonly Shelf _skillShelf;

    /// <summary>
    /// Takes in what is published; of each achievement and pathway the newest version stands for all.
    /// </summary>
    public Offers(IEnumerable<Achievement> achievements, IEnumerable<Pathway> pathways)
    {
        _achievements = [.. achievements.GroupBy(one => (one.MspId, one.Id)).Select(one => one.MaxBy(v => v.Version)!)];
        _pathways = [.. pathways.GroupBy(one => (one.MspId, one.Id)).Select(one => one.MaxBy(v => v.Version)!)];
        _skills =
        [
            .. _achievements.SelectMany(one => one.Skills).GroupBy(skill => (skill.Framework, skill.Url))
                .Select(skill => new OfferedSkill(skill.First(), skill.Count())),
        ];
        var places = _achievements.Select((one, i) => (one, i))
            .ToDictionary(at => (at.one.MspId, at.one.Id), at => at.i);
        _parts =
        [
            .. _pathways.Select(pathway => pathway.Groups.SelectMany(group => group.Items)
                .Select(item => places.GetValueOrDefault((item.MspId, item.Id), -1)).Where(place => place >= 0)
                .Distinct().ToList()),
        ];
        _achievementShelf = new Shelf([.. _achievements.Select(OfferText.Of)]);
        _pathwayShelf = new Shelf(
            [.. _pathways.Zip(_parts, (one, parts) => OfferText.Of(one, parts.Select(place => _achievements[place])))]);
        _skillShelf = new Shelf([.. _skills.Select(one => OfferText.Of(one.Skill))]);
    }

    /// <summary>Finds what serves a goal, the likeliest first.</summary>
    /// <param name="goal">The goal, as somebody would say it, in English or German.</param>
    /// <param name="count">The most of each kind.</param>
    public FoundOffers Find(string goal, int count)
    {
        ArgumentNullException.ThrowIfNull(goal);
        var pathways = _pathwayShelf.Ask(goal);
        var leading = pathways.First(LeadingPathways);
        var achievements = _achievementShelf.Ask(goal);
        double best = achievements.Scores.DefaultIfEmpty().Max();
        var through = new Dictionary<int, Pathway>();
        foreach (int pathway in leading)
        {
            double score = pathways.Scores[pathway];
            double share = PathwayShare * score / pathways.Scores[leading[0]] * Math.Min(1, score / SurePathway);
            foreach (int part in _parts[pathway])
            {
                achievements.Scores[part] += (float)(share * best);
                through.TryAdd(part, _pathways[pathway]);
            }
        }

        var skills = _skillShelf.Ask(goal);
        return new FoundOffers(
            [.. skills.First(count).Select(at => skills.FoundAt(at, _skills[at]))],
            [
                .. achievements.First(count).Select(at => achievements.FoundAt(at, _achievements[at])
                    with { Through = through.GetValueOrDefault(at) }),
            ],
            [.. pathways.First(count).Select(at => pathways.FoundAt(at, _pathways[at]))]);
    }

    /// <summary>Texts of one kind, and their index.</summary>
    private sealed class Shelf(IReadOnlyList<OfferText> texts)
    {
        private readonly OfferIndex _index = new(texts);

        public Answer Ask(string goal)
        {
            var sought = _index.Seek(goal);
            return new Answer(this, sought, _index.Score(sought));
        }

        /// <summary>Which words of the goal led to a text, and where in it what stands for each.</summary>
        public List<MatchedWord> MatchesOf(int place, IReadOnlyList<SoughtWord> sought)
        {
            var said = texts[place].Texts
                .SelectMany(one => SaidWords.Of(one.Text).Select(word => (one.Field, one.Text, Said: word))).ToList();
            var matches = new List<MatchedWord>();
            foreach (var word in sought)
            {
                var kin = word.Kin.ToDictionary(one => _index.StemOf(one.Term), StringComparer.Ordinal);
                var best = said
                    .Where(one => kin.ContainsKey(one.Said.Stem))
                    .OrderByDescending(one => kin[one.Said.Stem].Weight * OfferText.WeightOf(one.Field))
                    .FirstOrDefault();
                if (best.Said is null) continue;
                matches.Add(new MatchedWord(
                    word.Written, best.Said.Written, kin[best.Said.Stem].Kinship, best.Field, best.Text));
            }

            return matches;
        }
    }

    /// <summary>What a shelf says to a goal.</summary>
    private sealed record Answer(Shelf Shelf, IReadOnlyList<SoughtWord> Sought, float[] Scores)
    {
        /// <summary>The likeliest places, the first so many; none far behind the first.</summary>
        public IReadOnlyList<int> First(int count)
        {
            float least = Scores.DefaultIfEmpty().Max() * LeastShare;
            return
            [
                .. Enumerable.Range(0, Scores.Length).Where(place => Scores[place] > 0 && Scores[place] >= least)
                    .OrderByDescending(place => Scores[place]).ThenBy(place => place).Take(count),
            ];
        }

        public Found<T> FoundAt<T>(int place, T what) =>
            new(what, Math.Round(Scores[place], 2), Shelf.MatchesOf(place, Sought));
    }
}

/// <summary>A skill that achievements stand for.</summary>
/// <param name="Skill">The skill.</param>
/// <param name="Achievements">How many achievements stand for it.</param>
public sealed record OfferedSkill(Skill Skill, int Achievements);

/// <summary>What serves a goal, of each kind the likeliest first.</summary>
/// <param name="Skills">Skills.</param>
/// <param name="Achievements">Achievements.</param>
/// <param name="Pathways">Pathways.</param>
public sealed record FoundOffers(
    IReadOnlyList<Found<OfferedSkill>> Skills, IReadOnlyList<Found<Achievement>> Achievements,
    IReadOnlyList<Found<Pathway>> Pathways);

/// <summary>Something that serves a goal.</summary>
/// <param name="What">What it is.</param>
/// <param name="Score">How well its words and the goal's agree: it orders what one goal found, and means nothing else.
/// </param>
/// <param name="Matched">The words that led to it, in the order of the goal.</param>
/// <typeparam name="T">The kind.</typeparam>
public sealed record Found<T>(T What, double Score, IReadOnlyList<MatchedWord> Matched)
{
    /// <summary>The pathway on which it counts and to which the goal's words lead. Default is none.</summary>
    public Pathway? Through { get; init; }
}

/// <summary>A word of a goal, and the one that was found for it.</summary>
/// <param name="Word">The word as it was written.</param>
/// <param name="FoundWord">The word that stands in the offer.</param>
/// <param name="Kinship">How the two belong together.</param>
/// <param name="Field">Where it stands.</param>
/// <param name="Text">The text that it stands in.</param>
public sealed record MatchedWord(string Word, string FoundWord, WordKinship Kinship, OfferField Field, string Text);
