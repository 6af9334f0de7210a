namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>Takes texts apart into words.</summary>
internal static class SaidWords
{
    private const int MinLength = 2;
    private const int MaxLength = 60;

    private static readonly HashSet<string> Empty = ReadList("empty");
    private static readonly HashSet<string> Faint = ReadList("faint");

    /// <summary>Lists the words of a text that say something, in its order, with repetitions.</summary>
    /// <param name="text">The text.</param>
    /// <param name="known">
    /// Words that were met before, so that none of a whole library is taken apart twice. Default is none: what somebody
    /// asks is kept nowhere.
    /// </param>
    public static IEnumerable<SaidWord> Of(string text, Dictionary<string, SaidWord?>? known = null)
    {
        int start = -1;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && (char.IsLetterOrDigit(text[i]) || char.IsSurrogate(text[i])))
            {
                if (start < 0) start = i;
                continue;
            }

            if (start >= 0 && TakeOf(text[start..i], known) is { } word) yield return word;
            start = -1;
        }
    }

    /// <summary>Whether a stem is of a word that says little of what somebody wants, such as "work".</summary>
    public static bool IsFaint(string stem) => Faint.Contains(stem);

    /// <summary>Reads the lines of a list that lies in the assembly, without its remarks.</summary>
    internal static IEnumerable<string> Lines(string list)
    {
        string name = $"{typeof(SaidWords).Namespace}.Words.{list}.txt";
        using var stream = typeof(SaidWords).Assembly.GetManifestResourceStream(name)
            ?? throw new FileNotFoundException($"The words {name} are not in the assembly.");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line;
        }
    }

    private static SaidWord? TakeOf(string written, Dictionary<string, SaidWord?>? known)
    {
        if (known is null) return TakeOf(written);
        if (!known.TryGetValue(written, out var word)) known[written] = word = TakeOf(written);
        return word;
    }

    private static SaidWord? TakeOf(string written)
    {
        if (written.Length is < MinLength or > MaxLength) return null;
        string folded = WordStem.Fold(written);
        return Empty.Contains(folded) ? null : new SaidWord(written, WordStem.Of(written));
    }

    private static HashSet<string> ReadList(string list)
    {
        bool isOfStems = list == "faint";
        return Lines(list).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(word => isOfStems ? WordStem.Of(word) : WordStem.Fold(word)).ToHashSet(StringComparer.Ordinal);
    }
}

/// <summary>A word of a text.</summary>
/// <param name="Written">As it stands there.</param>
/// <param name="Stem">What it is known by.</param>
internal sealed record SaidWord(string Written, string Stem);
