using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Store;

/// <summary>
/// The words of a name, in the form in which they are looked for: without case, accents and punctuation. Two words are
/// near if one comes out of the other by a slip of the pen: a letter too many, too few, another, or two swapped.
/// </summary>
public static class NameWords
{
    /// <summary>The fewest letters of a word in which a slip is forgiven, or whose beginning is enough.</summary>
    public const int MinForgiven = 3;

    /// <summary>
    /// The most letters of a word in which a slip is forgiven: what is longer is a number or a key rather than a name,
    /// and each letter is an entry of the index.
    /// </summary>
    public const int MaxForgiven = 24;

    private const int MaxWords = 12;
    private const int MaxWordLength = 40;

    /// <summary>The fewest letters of a word in which two slips are forgiven.</summary>
    private const int LongWord = 8;

    /// <summary>Takes a name apart; each word once.</summary>
    public static IReadOnlyList<string> Of(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parted = new StringBuilder(name.Length);
        foreach (char c in name) parted.Append(c is '-' or '‐' or '–' or ',' or '.' or '/' or '_' ? ' ' : c);
        return
        [
            .. ComparableText.OfName(parted.ToString()).Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => word.Length > MaxWordLength ? word[..MaxWordLength] : word)
                .Distinct(StringComparer.Ordinal).Take(MaxWords),
        ];
    }

    /// <summary>How far a word is from the one that was looked for; null if it is another.</summary>
    /// <returns>0 for the word itself, 1 for its beginning, 2 or more for slips.</returns>
    public static int? DistanceOf(string sought, string word)
    {
        ArgumentNullException.ThrowIfNull(sought);
        ArgumentNullException.ThrowIfNull(word);
        if (word == sought) return 0;
        if (sought.Length < MinForgiven) return null;
        if (word.StartsWith(sought, StringComparison.Ordinal)) return 1;
        if (Math.Max(sought.Length, word.Length) > MaxForgiven) return null;
        int slips = SlipsBetween(sought, word);
        return slips <= (Math.Min(sought.Length, word.Length) >= LongWord ? 2 : 1) ? 1 + slips : null;
    }

    /// <summary>The number that stands for a word, or for what is left of it.</summary>
    internal static long KeyOf(string word)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(word), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>The word, and what is left of it when one letter is missing: near words have one in common.</summary>
    internal static IEnumerable<long> SlipsOf(string word) =>
        word.Length is < MinForgiven or > MaxForgiven ? [] : AllSlipsOf(word);

    /// <summary>As <see cref="SlipsOf"/>, however long the word is: earlier versions kept these.</summary>
    internal static IEnumerable<long> AllSlipsOf(string word)
    {
        var left = new HashSet<string>(StringComparer.Ordinal) { word };
        for (int i = 0; i < word.Length; i++) left.Add(word.Remove(i, 1));
        return left.Select(KeyOf);
    }

    /// <summary>Letters added, left out, exchanged, or swapped with a neighbour (optimal string alignment).</summary>
    private static int SlipsBetween(string one, string other)
    {
        int[] before = new int[other.Length + 1];
        int[] last = [.. Enumerable.Range(0, other.Length + 1)];
        int[] now = new int[other.Length + 1];
        for (int i = 1; i <= one.Length; i++)
        {
            now[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int cost = one[i - 1] == other[j - 1] ? 0 : 1;
                now[j] = Math.Min(Math.Min(now[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    now[j] = Math.Min(now[j], before[j - 2] + 1);
            }

            (before, last, now) = (last, now, before);
        }

        return last[other.Length];
    }
}
