using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Letters and the marks behind them as one character, where there is one (the canonical compositions of Latin, Greek
/// and Cyrillic letters, from Unicode's data): in the invariant culture, which this house runs in, the runtime composes
/// none. Thread-safe.
/// </summary>
public static class ComposedText
{
    private const char FirstMark = '\u0300';
    private const char LastMark = '\u036f';

    private static readonly FrozenDictionary<(char, char), char> Pairs = Read();

    /// <summary>The text with every letter and its marks composed.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.AsSpan().ContainsAnyInRange(FirstMark, LastMark)) return text;
        var composed = new StringBuilder(text.Length);
        foreach (char one in text)
        {
            if (composed.Length > 0 && Pairs.TryGetValue((composed[^1], one), out char pair)) composed[^1] = pair;
            else composed.Append(one);
        }

        return composed.ToString();
    }

    private static FrozenDictionary<(char, char), char> Read()
    {
        using var stream = typeof(ComposedText).Assembly.GetManifestResourceStream(
            $"{typeof(ComposedText).Namespace}.Compositions.txt")
            ?? throw new InvalidOperationException("The library lacks its list of compositions.");
        using var reader = new StreamReader(stream);
        var pairs = new Dictionary<(char, char), char>();
        while (reader.ReadLine() is { } line)
        {
            char[] parts = [.. line.Split(' ').Select(part =>
                (char)int.Parse(part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
            pairs[(parts[0], parts[1])] = parts[2];
        }

        return pairs.ToFrozenDictionary();
    }
}
