using System.Collections.Frozen;

namespace MicroCreds.Ledger.Gateway.Seeking;

/// <summary>Words that stand for each other, in both languages.</summary>
internal static class WordGroups
{
    private static readonly FrozenDictionary<string, string[]> Alike = Read();

    /// <summary>All stems that stand in groups, in order.</summary>
    public static SortedWords Beginnings { get; } = new(Alike.Keys);

    /// <summary>Whether a stem stands in a group.</summary>
    public static bool Has(string stem) => Alike.ContainsKey(stem);

    /// <summary>The other stems of a stem's groups.</summary>
    public static IReadOnlyList<string> Of(string stem) => Alike.GetValueOrDefault(stem, []);

    private static FrozenDictionary<string, string[]> Read()
    {
        var alike = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (string line in SaidWords.Lines("alike"))
        {
            string[] group = [.. line.Split(' ').Select(WordStem.Of).Distinct(StringComparer.Ordinal)];
            foreach (string one in group)
            {
                if (!alike.TryGetValue(one, out var others)) alike[one] = others = new(StringComparer.Ordinal);
                others.UnionWith(group.Where(other => other != one));
            }
        }

        return alike.ToFrozenDictionary(one => one.Key, one => one.Value.ToArray());
    }
}
