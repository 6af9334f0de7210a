using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Samples;

internal static class Catalogue
{
    private static readonly StringComparer Ordinal = StringComparer.Ordinal;

    public static object[] Sort(string title, string[] titles, char letter, IComparable<string> compared) =>
    [
        char.ToUpper(letter), // MCF0005
        new Regex("i", RegexOptions.IgnoreCase), // MCF0005
        Regex.IsMatch(title, "i", RegexOptions.IgnoreCase | RegexOptions.Compiled), // MCF0005
        title.Replace("a", "b", true, null), // MCF0005
        title.StartsWith("a", true, null), // MCF0005
        title.ToUpper(null), // MCF0005
        Array.BinarySearch(titles, title), // MCF0005
        titles.ToList().BinarySearch(title), // MCF0005
        new PriorityQueue<int, string>(), // MCF0005
        ImmutableSortedDictionary.CreateBuilder<string, int>(), // MCF0005
        ImmutableSortedDictionary<string, int>.Empty, // MCF0005
        ImmutableSortedSet.Create("a", "b"), // MCF0005
        compared.CompareTo(title), // MCF0005
        char.ToUpperInvariant(letter),
        char.ToUpper(letter, CultureInfo.InvariantCulture),
        new Regex("i", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant),
        Regex.IsMatch(title, "i", RegexOptions.Compiled),
        title.Replace("a", "b", true, CultureInfo.InvariantCulture),
        title.Replace("a", "b"),
        Array.BinarySearch(titles, title, Ordinal),
        Array.BinarySearch(new[] { 1, 2 }, 1),
        new PriorityQueue<string, int>(),
        new PriorityQueue<int, string>(Ordinal),
        ImmutableSortedDictionary.CreateBuilder<string, int>(Ordinal),
        ImmutableSortedDictionary<string, int>.Empty.WithComparers(Ordinal),
        ImmutableSortedSet.Create(Ordinal, "a", "b"),
        ImmutableSortedSet<int>.Empty,
    ];
}
