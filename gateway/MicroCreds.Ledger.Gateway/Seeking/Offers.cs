using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>
/// What a consortium offers, ready to be asked for a goal. Made once of what is published and never changed; it keeps
/// nothing of what it is asked. Thread-safe.
/// </summary>
public sealed class Offers
{
    private readonly IReadOnlyList<Achievement> _achievements;
    private readonly IReadOnlyList<Pathway> _pathways;
    private readonly IReadOnlyList<OfferedSkill> _skills;
    private readonly Shelf _achievementShelf;
    private readonly Shelf _pathwayShelf;
    private readonly Shelf _skillShelf;

    /// <summary>Takes in what is published; of each achievement and pathway the newest version stands for all.</summary>
    public Offers(IEnumerable<Achievement> achievements, IEnumerable<Pathway> pathways)
    {
        _achievements = [.. achievements.GroupBy(one => (one.MspId, one.Id)).Select(one => one.MaxBy(v => v.Version)!)];
        _pathways = [.. pathways.GroupBy(one => (one.MspId, one.Id)).Select(one => one.MaxBy(v => v.Version)!)];
        _skills =
        [
            .. _achievements.SelectMany(one => one.Skills).GroupBy(skill => (skill.Framework, skill.Url))
                .Select(skill => new OfferedSkill(skill.First(), skill.Count())),
        ];
        var byName = _achievements.ToDictionary(one => (one.MspId, one.Id));
        _achievementShelf = new Shelf([.. _achievements.Select(OfferText.Of)]);
        _pathwayShelf = new Shelf([.. _pathways.Select(pathway => OfferText.Of(
            pathway,
            pathway.Groups.SelectMany(group => group.Items)
                .Select(item => byName.GetValueOrDefault((item.MspId, item.Id))).OfType<Achievement>()))]);
        _skillShelf = new Shelf([.. _skills.Select(one => OfferText.Of(one.Skill))]);
    }

    /// <summary>Finds what serves a goal, the likeliest first.</summary>
    /// <param name="goal">The goal, as somebody would say it, in English or German.</param>
    /// <param name="count">The most of each kind.</param>
    public FoundOffers Find(string goal, int count)
    {
        ArgumentNullException.ThrowIfNull(goal);
        return new FoundOffers(
            _skillShelf.Find(goal, count, place => _skills[place]),
            _achievementShelf.Find(goal, count, place => _achievements[place]),
            _pathwayShelf.Find(goal, count, place => _pathways[place]));
    }

    /// <summary>Texts of one kind, and their index.</summary>
    private sealed class Shelf(IReadOnlyList<OfferText> texts)
    {
        private readonly OfferIndex _index = new(texts);

        public IReadOnlyList<Found<T>> Find<T>(string goal, int count, Func<int, T> at)
        {
            var sought = _index.Seek(goal);
            return
            [
                .. _index.Find(sought, count).Select(found => new Found<T>(
                    at(found.Place), Math.Round(found.Score, 2), MatchesOf(texts[found.Place], sought))),
            ];
        }

        /// <summary>Which words of the goal led to a text, and where in it what stands for each.</summary>
        private IReadOnlyList<MatchedWord> MatchesOf(OfferText text, IReadOnlyList<SoughtWord> sought)
        {
            var matches = new List<MatchedWord>();
            foreach (var word in sought)
            {
                var kin = word.Kin.ToDictionary(one => _index.StemOf(one.Term), StringComparer.Ordinal);
                var best = text.Texts
                    .SelectMany(one => SaidWords.Of(one.Text).Select(said => (one.Field, one.Text, Said: said)))
                    .Where(one => kin.ContainsKey(one.Said.Stem))
                    .OrderByDescending(one => kin[one.Said.Stem].Weight * OfferText.WeightOf(one.Field))
                    .FirstOrDefault();
                if (best.Said is not null)
                {
                    matches.Add(new MatchedWord(
                        word.Written, best.Said.Written, kin[best.Said.Stem].Kinship, best.Field, best.Text));
                }
            }

            return matches;
        }
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
public sealed record Found<T>(T What, double Score, IReadOnlyList<MatchedWord> Matched);

/// <summary>A word of a goal, and the one that was found for it.</summary>
/// <param name="Word">The word as it was written.</param>
/// <param name="FoundWord">The word that stands in the offer.</param>
/// <param name="Kinship">How the two belong together.</param>
/// <param name="Field">Where it stands.</param>
/// <param name="Text">The text that it stands in.</param>
public sealed record MatchedWord(string Word, string FoundWord, WordKinship Kinship, OfferField Field, string Text);
