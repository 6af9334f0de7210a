using System.Text;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>
/// What is left of a word without its ending and its language's spelling, so that <c>Statistik</c>, <c>statistics</c>
/// and <c>statistical</c> are one. One rule for English and German alike: a goal does not say which it is in, and half
/// of the words of learning are the same in both.
/// </summary>
internal static class WordStem
{
    /// <summary>No ending is taken off if fewer letters are left than these.</summary>
    private const int MinStem = 4;

    /// <summary>What may be left of a plural.</summary>
    private const int MinSingular = 3;

    /// <summary>
    /// What is left of a word without its y, in one or several: of shorter ones something else would be left, "read" of
    /// "ready" and "part" of "party".
    /// </summary>
    private const int MinBeforeY = 5;

    private const int MaxEndings = 3;

    // In the folded spelling: "ik" and "isch" are "ic" and "isch" here, since k is written c.
    private static readonly string[] Endings =
    [
        .. new[]
        {
            "isierungen", "isierung", "ierungen", "ierung", "ierend", "ieren", "iert", "ungen", "ung", "ication",
            "isation", "ations", "ation", "ationen", "ements", "ement", "ments", "ment", "ability", "ibility", "able",
            "ible", "abel", "ischen", "ischer", "isches", "ische", "isch", "lichen", "licher", "liches", "liche",
            "lich", "ically", "ical", "ics", "ic", "ings", "ing", "ismus", "ism", "isten", "ists", "ist", "ern", "ers",
            "er", "ens", "en", "em", "ies", "es", "ed", "ely", "ly", "ity", "itaet", "itat", "ive", "iv", "e", "s", "n",
            "y", "i",
        }.OrderByDescending(ending => ending.Length),
    ];

    private static readonly HashSet<string> Plurals = ["s", "es", "e", "n", "en"];

    /// <summary>Takes the stem of a word.</summary>
    public static string Of(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        string stem = Fold(word);
        for (int i = 0; i < MaxEndings; i++)
        {
            string shorter = WithoutEnding(stem);
            if (shorter.Length == stem.Length) break;
            stem = shorter;
        }

        return WithoutDoubles(stem);
    }

    /// <summary>Writes a word in small letters without accents, and as both languages would: k as c.</summary>
    public static string Fold(string word)
    {
        string plain = ComparableText.OfName(word);
        var folded = new StringBuilder(plain.Length);
        for (int i = 0; i < plain.Length; i++)
        {
            bool isSoft = plain[i] == 'z' && i + 1 < plain.Length && plain[i + 1] is 'e' or 'i';
            folded.Append(plain[i] == 'k' || isSoft ? 'c' : plain[i]);
        }

        return folded.Replace("photo", "foto").Replace("graph", "graf").Replace("phon", "fon").ToString();
    }

    private static string WithoutEnding(string stem)
    {
        foreach (string ending in Endings)
        {
            int left = stem.Length - ending.Length;
            if (ending is "y" or "ies" && left < MinBeforeY)
            {
                if (ending == "ies" && left >= MinSingular && stem.EndsWith(ending, StringComparison.Ordinal))
                    return stem[..left] + "y";
                continue;
            }

            if (left < (Plurals.Contains(ending) ? MinSingular : MinStem)) continue;
            if (!stem.EndsWith(ending, StringComparison.Ordinal)) continue;
            if (ending == "s" && stem.EndsWith("ss", StringComparison.Ordinal)) continue;
            return stem[..left];
        }

        return stem;
    }

    private static string WithoutDoubles(string stem)
    {
        var single = new StringBuilder(stem.Length);
        foreach (char letter in stem)
        {
            if (single.Length == 0 || single[^1] != letter) single.Append(letter);
        }

        return single.ToString();
    }
}
