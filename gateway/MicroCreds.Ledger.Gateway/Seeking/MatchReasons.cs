using MicroCreds.Ledger.Gateway.Pages;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>Says in a reader's language why something was found.</summary>
internal static class MatchReasons
{
    private const int MaxQuoted = 120;

    /// <summary>Why something was found: by which words, and through which pathway.</summary>
    public static IReadOnlyList<string> Of<T>(Found<T> found, PageText text)
    {
        var reasons = found.Matched.Select(match => SentenceOf(match, text)).ToList();
        if (found.Through is { } pathway)
            reasons.Add(text.Fill("goals.through", ("pathway", pathway.Name)));
        return reasons;
    }

    private static string SentenceOf(MatchedWord match, PageText text) => text.Fill(
        match.Kinship switch
        {
            WordKinship.Same => "goals.same",
            WordKinship.Meaning => "goals.meaning",
            WordKinship.Part => "goals.part",
            _ => "goals.slip",
        },
        ("word", match.Word), ("found", match.FoundWord), ("place", PlaceOf(match, text)));

    private static string PlaceOf(MatchedWord match, PageText text)
    {
        string quoted = match.Text.Length <= MaxQuoted ? match.Text : $"{match.Text[..MaxQuoted]}…";
        return match.Field switch
        {
            OfferField.Name => text["goals.inName"],
            OfferField.Skill => text.Fill("goals.inSkill", ("text", quoted)),
            OfferField.Outcome => text.Fill("goals.inOutcome", ("text", quoted)),
            OfferField.Description => text["goals.inDescription"],
            OfferField.FieldOfStudy => text["goals.inField"],
            _ => text.Fill("goals.inPart", ("text", quoted)),
        };
    }
}
