using System.Numerics;

namespace MicroCreds.Fabric.DevNetwork.Gateway;

/// <summary>What satisfies a policy, or several together.</summary>
/// <param name="Sets">Sets of organisations, each of which does; none if there are too many.</param>
/// <param name="AsksForNobody">Whether it has no rule, or nobody's signature does.</param>
/// <param name="Rule">What tells whether a set does, where there are too many; else none.</param>
internal sealed record PolicySet(ulong[] Sets, bool AsksForNobody, Func<ulong, bool>? Rule)
{
    /// <summary>How many sets are tried out where there are too many to look at all.</summary>
    private const int Tries = 200;

    /// <summary>Whether there are more sets than are looked at.</summary>
    public bool IsCut => Rule is not null;

    /// <summary>Tells whether a set satisfies it.</summary>
    public bool IsSatisfiedBy(ulong set) => Rule?.Invoke(set) ?? Array.Exists(Sets, one => (one & ~set) == 0);

    /// <summary>
    /// Returns least sets of some organisations that satisfy it: all of them, or of more than can be looked at some by
    /// chance, and more of them with the preferred organisation.
    /// </summary>
    public ulong[] Among(ulong able, ulong preferred)
    {
        if (!IsCut) return [.. Sets.Where(set => (set & ~able) == 0)];
        if (!IsSatisfiedBy(able)) return [];
        var found = new HashSet<ulong>();
        ulong[] each = [.. Split(able)];
        for (int i = 0; i < Tries; i++)
        {
            Random.Shared.Shuffle(each);
            ulong set = able;

            // Whoever it does without is left out, the preferred one last.
            foreach (ulong one in each.Where(one => one != preferred).Append(preferred))
            {
                if (IsSatisfiedBy(set & ~one)) set &= ~one;
            }

            found.Add(set);
        }

        return [.. found];
    }

    /// <summary>The organisations of a set, each as one of its own.</summary>
    public static IEnumerable<ulong> Split(ulong set)
    {
        for (; set != 0; set &= set - 1) yield return 1UL << BitOperations.TrailingZeroCount(set);
    }
}
