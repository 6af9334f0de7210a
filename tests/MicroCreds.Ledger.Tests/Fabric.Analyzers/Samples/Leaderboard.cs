namespace Samples;

internal static class Leaderboard
{
    public static string[] Sort(string[] names)
    {
        Array.Sort(names); // MCF0005
        var list = new List<string>(names);
        list.Sort(); // MCF0005
        var ranks = new SortedDictionary<string, int>(); // MCF0005
        foreach (string name in list.OrderBy(name => name)) // MCF0005
        {
            ranks[name] = ranks.Count;
        }

        var players = new SortedSet<string>(names, StringComparer.CurrentCulture); // MCF0005
        return [.. ranks.Keys, .. players.Order(StringComparer.Ordinal)];
    }
}
