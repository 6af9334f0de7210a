using System.Collections.Concurrent;

namespace Samples;

internal static class Elections
{
    public static string[] Decide(
        ConcurrentDictionary<string, int> votes, HashSet<string> names, HashSet<double> shares)
    {
        string winner = votes.OrderByDescending(vote => vote.Value).First().Key; // MCF0006
        string loser = votes.MinBy(vote => vote.Value).Key; // MCF0006
        string initial = names.DistinctBy(name => name[0]).Max(StringComparer.Ordinal)!; // MCF0006
        double sum = shares.Sum(); // MCF0006
        string fair = votes.OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key, StringComparer.Ordinal)
            .First().Key;
        string last = votes.MaxBy(vote => vote.Key, StringComparer.Ordinal).Key;
        string[] sorted = [.. names.OrderBy(name => name, StringComparer.Ordinal)];
        int total = votes.OrderBy(vote => vote.Value).Sum(vote => vote.Value);
        string longest = names.Max() ?? ""; // MCF0005
        string first = votes.MinBy(vote => vote.Key).Key; // MCF0005
        var byDefault = new SortedSet<string>(names, Comparer<string>.Default); // MCF0005
        new Board<string>().Sort();
        return [winner, loser, initial, fair, last, .. sorted, longest, first, .. byDefault, total > sum ? "" : "x"];
    }

    /// <summary>No collection of the framework's.</summary>
    private sealed class Board<T>
    {
        public T[] Sort() => [];
    }
}
