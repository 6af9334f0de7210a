using System.Globalization;
using System.Numerics;
using System.Text;

namespace MicroCreds.Ledger.Log.Tiles;

/// <summary>
/// Names a tile of a log as C2SP's tlog-tiles has it: 256 hashes beside each other, or as many entries; fewer at the
/// log's end.
/// </summary>
/// <param name="Level">The level, from 0 at the leaves; <see cref="Entries"/> for entries.</param>
/// <param name="Index">The index within the level.</param>
/// <param name="Width">The number of hashes or entries, 1 to <see cref="FullWidth"/>.</param>
public readonly record struct Tile(int Level, long Index, int Width)
{
    /// <summary>The hashes of a full tile.</summary>
    public const int FullWidth = 256;

    /// <summary>The levels of the tree that a tile holds.</summary>
    public const int Height = 8;

    /// <summary>Stands in the place of a level for the leaves' data.</summary>
    public const int Entries = -1;

    /// <summary>The highest level that the specification lets be named.</summary>
    public const int MaxLevel = 63;

    private const string Root = "tile/";
    private const string EntriesName = "entries";
    private const string PartialMark = ".p/";

    /// <summary>Whether it has all its hashes.</summary>
    public bool IsFull => Width == FullWidth;

    /// <summary>The tiles of a log, entries included, level by level.</summary>
    /// <param name="size">The number of leaves.</param>
    public static IEnumerable<Tile> AllOf(long size)
    {
        for (int level = Entries; level <= MaxLevelOf(size); level++)
        {
            long hashes = HashesOf(level, size);
            for (long index = 0; index * FullWidth < hashes; index++)
                yield return new Tile(level, index, WidthOf(level, index, size));
        }
    }

    /// <summary>How many hashes a tile has in a log; 0 if it has no such tile.</summary>
    /// <param name="level">The level.</param>
    /// <param name="index">The index within the level.</param>
    /// <param name="size">The number of leaves.</param>
    public static int WidthOf(int level, long index, long size)
    {
        long left = level > MaxLevelOf(size) || index > size / FullWidth
            ? 0 : HashesOf(level, size) - (index * FullWidth);
        return (int)Math.Clamp(left, 0, FullWidth);
    }

    /// <summary>Reads a path below a log's address: <c>tile/0/x001/067.p/12</c>, <c>tile/entries/000</c>.</summary>
    /// <returns>False for what is no tile's path in its one spelling.</returns>
    public static bool TryParse(string path, out Tile tile)
    {
        tile = default;
        if (path is null || !path.StartsWith(Root, StringComparison.Ordinal)) return false;
        string rest = path[Root.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseLevel(rest[..slash], out int level)) return false;

        rest = rest[(slash + 1)..];
        int width = FullWidth;
        int mark = rest.IndexOf(PartialMark, StringComparison.Ordinal);
        if (mark >= 0)
        {
            if (!int.TryParse(
                rest.AsSpan(mark + PartialMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out width))
            {
                return false;
            }

            rest = rest[..mark];
        }

        string digits = rest.Replace("/x", "", StringComparison.Ordinal).Replace("/", "", StringComparison.Ordinal);
        if (!long.TryParse(digits.TrimStart('x'), NumberStyles.None, CultureInfo.InvariantCulture, out long index)
            || width is < 1 or > FullWidth || (mark >= 0 && width == FullWidth))
        {
            return false;
        }

        // Whatever was read, only what is written like this is a tile's path.
        tile = new Tile(level, index, width);
        return tile.ToString() == path;
    }

    /// <summary>Writes the path below a log's address.</summary>
    public override string ToString()
    {
        var path = new StringBuilder();
        long left = Index;
        path.Append(CultureInfo.InvariantCulture, $"{left % 1000:000}");
        while ((left /= 1000) > 0)
            path.Insert(0, string.Create(CultureInfo.InvariantCulture, $"x{left % 1000:000}/"));
        string level = Level == Entries ? EntriesName : Level.ToString(CultureInfo.InvariantCulture);
        string partial = IsFull ? "" : string.Create(CultureInfo.InvariantCulture, $"{PartialMark}{Width}");
        return $"{Root}{level}/{path}{partial}";
    }

    private static long HashesOf(int level, long size) => level == Entries ? size : size >> (Height * level);

    // Of an empty log there is not even a level of entries.
    private static int MaxLevelOf(long size) =>
        size < 1 ? Entries - 1 : BitOperations.Log2((ulong)size) / Height;

    private static bool TryParseLevel(string text, out int level)
    {
        level = Entries;
        return text == EntriesName
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out level) && level <= MaxLevel);
    }
}
