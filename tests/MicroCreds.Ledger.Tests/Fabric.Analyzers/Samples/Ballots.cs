using System.Collections.Concurrent;
using System.Collections.Frozen;

namespace Samples;

internal static class Ballots
{
    public static object[] Copy(
        HashSet<string> set, FrozenDictionary<string, int> table, PriorityQueue<string, int> queue,
        ConcurrentDictionary<string, int> votes)
    {
        string[] copy = new string[set.Count];
        set.CopyTo(copy); // MCF0006
        foreach (var (name, _) in queue.UnorderedItems) copy[0] += name; // MCF0006
        return
        [
            copy,
            table.Keys[0], // MCF0006
            votes.ToArray(), // MCF0006
            queue.UnorderedItems.First(), // MCF0006
        ];
    }

    public static string[] Sorted(HashSet<string> set, HashSet<string> others)
    {
        var names = set.ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        var list = set.ToList();
        list.Sort(StringComparer.Ordinal);
        var made = new List<string>(set);
        made.Sort(StringComparer.Ordinal);
        string[] spread = [.. set];
        Array.Sort(spread, StringComparer.Ordinal);
        var copied = new string[others.Count];
        others.CopyTo(copied);
        Array.Sort(copied, StringComparer.Ordinal);
        var looked = set.ToArray(); // MCF0006
        list[0] = looked[0];
        Array.Sort(looked, StringComparer.Ordinal);
        var lengths = set.ToList(); // MCF0006
        lengths.Sort((one, other) => one.Length - other.Length);
        return [.. names, .. list, .. made, .. spread, .. looked, .. lengths, .. copied];
    }

    public static bool Tally(Dictionary<string, int> votes, Dictionary<string, int> others, SortedSet<string> names)
    {
        int most = 0;
        int sum = 0;
        bool isAny = false;
        foreach (var vote in votes)
        {
            if (vote.Value > most) most = vote.Value;
            sum += vote.Value;
            others[vote.Key] = vote.Value;
            names.Add(vote.Key);
        }

        foreach (var (name, count) in votes)
        {
            if (count == 0) others.Remove(name);
            else most = Math.Max(most, count);
        }

        foreach (string name in votes.Keys)
        {
            if (name.Length == 0)
            {
                isAny = true;
                break;
            }
        }

        foreach (var vote in votes)
        {
            if (vote.Value > sum) return true;
        }

        return isAny && most > 0;
    }

    public static string Winner(Dictionary<string, int> votes, List<string> names, Dictionary<int, string> byCount)
    {
        string winner = "";
        int most = 0;
        int running = 0;
        double share = 0;
        decimal price = 0;
        foreach (var vote in votes) // MCF0006
        {
            if (vote.Value > most) (winner, most) = (vote.Key, vote.Value);
        }

        foreach (var vote in votes) names.Add(vote.Key); // MCF0006
        foreach (var vote in votes) byCount[vote.Value] = vote.Key; // MCF0006
        foreach (var vote in votes) // MCF0006
        {
            if (vote.Value * 0.1m > price) price = vote.Value * 0.1m;
        }

        foreach (var vote in votes) running = running * 2 + vote.Value; // MCF0006
        foreach (var vote in votes) share += vote.Value / 3.0; // MCF0006
        foreach (var vote in votes) // MCF0006
        {
            running++;
            if (vote.Value > 1) break;
        }

        foreach (var vote in votes) // MCF0006
        {
            running++;
            most += vote.Value * running;
        }

        foreach (var vote in votes) // MCF0006
        {
            if (vote.Value > 1) return vote.Key;
        }

        foreach (var vote in votes) // MCF0006
        {
            if (vote.Value == 1) most = 1;
            if (vote.Value == 2) most = 2;
        }

        return winner + names[0] + (share > 1 && running > 1);
    }
}
