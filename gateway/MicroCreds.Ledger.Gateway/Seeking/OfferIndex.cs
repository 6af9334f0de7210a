using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>
/// Finds texts by the words of a goal, the likeliest first, by the BM25 formula over weighted fields. Made once and
/// never changed. Thread-safe.
/// </summary>
internal sealed class OfferIndex
{
    /// <summary>The most different words of a goal that are looked for; further ones are passed over.</summary>
    public const int MaxWords = 40;

    // BM25's two constants, at their usual values.
    private const float Saturation = 1.2f;
    private const float LengthInfluence = 0.6f;

    private const float MeaningWeight = 0.55f;
    private const float PartWeight = 0.45f;
    private const float SlipWeight = 0.7f;
    private const float FaintWeight = 0.15f;
    private const int MinPart = 4;
    private const int MinRest = 3;
    private const int MinMeaningPart = 5;
    private const int MinInParts = 4;
    private const int MinForgiven = 5;

    private readonly Dictionary<string, int> _terms = new(StringComparer.Ordinal);
    private readonly List<string> _stems = [];
    private readonly List<List<Posting>> _postings = [];
    private readonly float[] _lengths;
    private readonly SortedWords _beginnings;
    private readonly SortedWords _ends;

    /// <summary>Takes texts in.</summary>
    /// <param name="texts">Each as the words of its fields.</param>
    public OfferIndex(IReadOnlyList<OfferText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        _lengths = new float[texts.Count];
        var known = new Dictionary<string, SaidWord?>(StringComparer.Ordinal);
        for (int i = 0; i < texts.Count; i++)
        {
            var counts = new Dictionary<int, float>();
            foreach (var (field, word) in texts[i].Words(known))
            {
                int term = TermOf(word.Stem);
                float weight = OfferText.WeightOf(field);
                counts[term] = counts.GetValueOrDefault(term) + weight;
                _lengths[i] += weight;
            }

            foreach (var (term, frequency) in counts) _postings[term].Add(new Posting(i, frequency));
        }

        _beginnings = new SortedWords(_stems);
        _ends = new SortedWords(_stems.Select(Backwards));
        float average = texts.Count == 0 ? 1 : Math.Max(1, _lengths.Average());
        for (int i = 0; i < _lengths.Length; i++)
            _lengths[i] = Saturation * (1 - LengthInfluence + LengthInfluence * _lengths[i] / average);
    }

    /// <summary>Takes a goal apart, and looks what of this index belongs to each of its words.</summary>
    public IReadOnlyList<SoughtWord> Seek(string goal)
    {
        var sought = new Dictionary<string, SoughtWord>(StringComparer.Ordinal);
        foreach (var word in SaidWords.Of(goal))
        {
            if (sought.Count >= MaxWords) break;
            if (!sought.ContainsKey(word.Stem)) sought[word.Stem] = new SoughtWord(word.Written, KinOf(word.Stem));
        }

        return [.. sought.Values];
    }

    /// <summary>Scores each text, by its place; 0 for those without a single word of the goal.</summary>
    public float[] Score(IReadOnlyList<SoughtWord> sought)
    {
        float[] scores = new float[_lengths.Length];
        float[] best = new float[_lengths.Length];
        var touched = new List<int>();
        foreach (var word in sought)
        {
            touched.Clear();
            foreach (var (term, weight, _) in word.Kin)
            {
                var postings = _postings[term];
                float rarity = RarityOf(postings.Count) * weight;
                foreach (var (place, frequency) in postings)
                {
                    float score = rarity * frequency * (1 + Saturation) / (frequency + _lengths[place]);
                    if (best[place] == 0) touched.Add(place);
                    best[place] = Math.Max(best[place], score);
                }
            }

            // A word counts once, by whichever of its kin says most.
            foreach (int place in touched)
            {
                scores[place] += best[place];
                best[place] = 0;
            }
        }

        return scores;
    }

    /// <summary>The stem of one of this index's terms.</summary>
    public string StemOf(int term) => _stems[term];

    private static string Backwards(string word) => new([.. word.Reverse()]);

    private float RarityOf(int texts) => MathF.Log(1 + (_lengths.Length - texts + 0.5f) / (texts + 0.5f));

    private int TermOf(string stem)
    {
        if (_terms.TryGetValue(stem, out int term)) return term;
        _terms[stem] = term = _stems.Count;
        _stems.Add(stem);
        _postings.Add([]);
        return term;
    }

    private List<Kin> KinOf(string stem)
    {
        var kin = new Dictionary<int, Kin>();
        float weight = SaidWords.IsFaint(stem) ? FaintWeight : 1;
        bool isKnown = AddWithMeanings(kin, stem, weight, WordKinship.Same);
        if (stem.Length >= MinPart && weight == 1) AddWholes(kin, stem, PartWeight);
        if (isKnown) return [.. kin.Values];

        if (PartsOf(stem) is { } parts)
        {
            AddWithMeanings(kin, parts.First, PartWeight, WordKinship.Part);
            AddWithMeanings(kin, parts.Last, PartWeight, WordKinship.Part);
        }
        else if (kin.Count == 0 && stem.Length >= MinForgiven)
        {
            AddSlips(kin, stem, weight);
        }

        return [.. kin.Values];
    }

    /// <summary>Adds a stem and what means the same; tells whether the stem is known at all.</summary>
    private bool AddWithMeanings(Dictionary<int, Kin> kin, string stem, float weight, WordKinship kinship)
    {
        bool isKnown = Add(kin, stem, weight, kinship);
        if (!WordGroups.Has(stem)) return isKnown;
        foreach (string other in WordGroups.Of(stem))
        {
            Add(kin, other, weight * MeaningWeight, WordKinship.Meaning);
            if (other.Length >= MinMeaningPart && weight == 1) AddWholes(kin, other, MeaningWeight * PartWeight);
        }


        return true;
    }

    /// <summary>Adds the longer words that begin or end with a stem: <c>Stadtklima</c> for <c>Klima</c>.</summary>
    private void AddWholes(Dictionary<int, Kin> kin, string stem, float weight)
    {
        var found = _beginnings.BeginningWith(stem).Concat(_ends.BeginningWith(Backwards(stem)).Select(Backwards));
        foreach (string whole in found)
        {
            if (whole.Length >= stem.Length + MinRest) Add(kin, whole, weight, WordKinship.Part);
        }
    }

    private void AddSlips(Dictionary<int, Kin> kin, string stem, float weight)
    {
        string letter = stem[..1];
        foreach (string near in _beginnings.BeginningWith(letter).Concat(WordGroups.Beginnings.BeginningWith(letter)))
        {
            if (near.Length < MinForgiven || Math.Abs(near.Length - stem.Length) > 2) continue;
            if (NameWords.DistanceOf(stem, near) is > 1)
                AddWithMeanings(kin, near, weight * SlipWeight, WordKinship.Slip);
        }
    }

    private (string First, string Last)? PartsOf(string stem)
    {
        for (int i = stem.Length - MinInParts; i >= MinInParts; i--)
        {
            string last = WordStem.Of(stem[i..]);
            if (!IsKnown(last)) continue;
            string first = WordStem.Of(stem[..i]);
            if (IsKnown(first)) return (first, last);
        }

        return null;
    }

    private bool IsKnown(string stem) => _terms.ContainsKey(stem) || WordGroups.Has(stem);

    private bool Add(Dictionary<int, Kin> kin, string stem, float weight, WordKinship kinship)
    {
        if (!_terms.TryGetValue(stem, out int term)) return false;
        if (!kin.TryGetValue(term, out var known) || known.Weight < weight) kin[term] = new Kin(term, weight, kinship);
        return true;
    }

    private readonly record struct Posting(int Place, float Frequency);
}

/// <summary>A word of a goal, and which terms of an index belong to it.</summary>
/// <param name="Written">The word as it was written.</param>
/// <param name="Kin">The terms.</param>
internal sealed record SoughtWord(string Written, IReadOnlyList<Kin> Kin);

/// <summary>A term that belongs to a word.</summary>
/// <param name="Term">The term.</param>
/// <param name="Weight">How closely, from 0 to 1.</param>
/// <param name="Kinship">In which way.</param>
internal readonly record struct Kin(int Term, float Weight, WordKinship Kinship);
