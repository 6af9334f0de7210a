using System.Globalization;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// An aligned block of a status list: a node of the tree in which each node but a single place has 32 below it.
/// </summary>
/// <param name="Depth">How far it is from the whole list: 1 is the largest kind, 4 a single place.</param>
/// <param name="Index">Which of its kind it is, from the beginning of the list.</param>
public readonly record struct StatusBlock(int Depth, int Index)
{
    /// <summary>The depth of single places.</summary>
    public const int MaxDepth = 4;

    private const int BitsPerLevel = 5;

    /// <summary>Whether it is a single place.</summary>
    public bool IsPlace => Depth == MaxDepth;

    /// <summary>How many places it has.</summary>
    public int Size => 1 << (BitsPerLevel * (MaxDepth - Depth));

    /// <summary>The block that it is a part of; null for one of the largest kind.</summary>
    public StatusBlock? Parent => Depth == 1 ? null : new StatusBlock(Depth - 1, Index >> BitsPerLevel);

    /// <summary>Its path from the whole list, one step for each level.</summary>
    public string[] Path()
    {
        string[] path = new string[Depth];
        for (int level = Depth, index = Index; level > 0; level--, index >>= BitsPerLevel)
            path[level - 1] = (index & ((1 << BitsPerLevel) - 1)).ToString("D2", CultureInfo.InvariantCulture);
        return path;
    }

    /// <summary>Returns the fewest blocks that make up a range, in its order.</summary>
    /// <param name="offset">The first place.</param>
    /// <param name="size">How many places.</param>
    public static IReadOnlyList<StatusBlock> Cover(int offset, int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Limits.StatusListSize - offset);
        var blocks = new List<StatusBlock>();
        for (int place = offset, end = offset + size; place < end;)
        {
            int depth = 1;
            while (new StatusBlock(depth, 0).Size is var large && (place % large != 0 || place + large > end)) depth++;
            int taken = new StatusBlock(depth, 0).Size;
            blocks.Add(new StatusBlock(depth, place / taken));
            place += taken;
        }

        return blocks;
    }
}
