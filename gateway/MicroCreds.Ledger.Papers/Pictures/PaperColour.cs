using System.Globalization;

namespace MicroCreds.Ledger.Papers.Pictures;

/// <summary>Colours as <c>0xrrggbb</c>.</summary>
internal static class PaperColour
{
    /// <summary>Reads <c>#rrggbb</c>.</summary>
    /// <exception cref="PaperException">It is something else.</exception>
    public static int Parse(string colour) =>
        colour is ['#', _, _, _, _, _, _] && int.TryParse(
            colour.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rgb)
            ? rgb
            : throw new PaperException($"\"{colour}\" is no colour: six hexadecimal digits behind a # are one.");

    /// <summary>The colour as it is read.</summary>
    public static string Text(int rgb) => string.Create(CultureInfo.InvariantCulture, $"#{rgb:x6}");

    /// <summary>A colour with a share of another.</summary>
    public static int Mix(int rgb, int other, double share)
    {
        int Channel(int shift) => (int)Math.Round(
            (((rgb >> shift) & 0xff) * (1 - share)) + (((other >> shift) & 0xff) * share)) << shift;
        return Channel(16) | Channel(8) | Channel(0);
    }
}
