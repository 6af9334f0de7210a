using System.Collections.Frozen;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>What stands in an offer, field by field.</summary>
internal sealed class OfferText
{
    private static readonly FrozenDictionary<string, string> FieldsOfStudy = SaidWords.Lines("fields")
        .Select(line => line.Split(' ', 2)).ToFrozenDictionary(parts => parts[0], parts => parts[1]);

    private readonly List<(OfferField Field, string Text)> _texts = [];

    /// <summary>The texts.</summary>
    public IReadOnlyList<(OfferField Field, string Text)> Texts => _texts;

    /// <summary>Writes down what stands in an achievement.</summary>
    public static OfferText Of(Achievement achievement)
    {
        var text = new OfferText();
        text.Add(OfferField.Name, achievement.Name);
        foreach (var skill in achievement.Skills) text.Add(OfferField.Skill, skill.Name);
        foreach (string outcome in achievement.LearningOutcomes) text.Add(OfferField.Outcome, outcome);
        text.Add(OfferField.Description, achievement.Description);
        text.Add(OfferField.Description, achievement.Criteria);
        if (achievement.FieldOfStudy is { } field && FieldsOfStudy.TryGetValue(field, out string? words))
            text.Add(OfferField.FieldOfStudy, words);
        return text;
    }

    /// <summary>Writes down a skill.</summary>
    public static OfferText Of(Skill skill)
    {
        var text = new OfferText();
        text.Add(OfferField.Name, skill.Name);
        return text;
    }

    /// <summary>Writes down what stands in a pathway and in what counts on it.</summary>
    public static OfferText Of(Pathway pathway, IEnumerable<Achievement> parts)
    {
        var text = new OfferText();
        text.Add(OfferField.Name, pathway.Name);
        text.Add(OfferField.Description, pathway.Description);
        foreach (var group in pathway.Groups)
        {
            text.Add(OfferField.Description, group.Name);
            if (group.Description is { } about) text.Add(OfferField.Description, about);
        }

        foreach (var part in parts)
        {
            text.Add(OfferField.Part, part.Name);
            foreach (var skill in part.Skills) text.Add(OfferField.Part, skill.Name);
        }

        return text;
    }

    /// <summary>How much a word counts by where it stands.</summary>
    public static float WeightOf(OfferField field) => field switch
    {
        OfferField.Name => 3,
        OfferField.Skill => 2.5f,
        OfferField.Outcome => 1.5f,
        _ => 1,
    };

    /// <summary>The words of all fields.</summary>
    /// <param name="known">Words that were met before.</param>
    public IEnumerable<(OfferField Field, SaidWord Word)> Words(Dictionary<string, SaidWord?> known) =>
        _texts.SelectMany(one => SaidWords.Of(one.Text, known).Select(word => (one.Field, word)));

    private void Add(OfferField field, string text) => _texts.Add((field, text));
}
