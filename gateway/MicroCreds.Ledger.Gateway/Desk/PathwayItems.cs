using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Achievements as people write them: <c>MSP/id</c>, with <c>@1+2</c> where certain versions count
/// alone.</summary>
internal static class PathwayItems
{
    private static readonly char[] Separators = ['\n', '\r', ',', ';', ' ', '\t'];

    public static string Text(PathwayItem item) =>
        item.Versions is { Count: > 0 } versions
            ? $"{item.MspId}/{item.Id}@{string.Join('+', versions)}" : $"{item.MspId}/{item.Id}";

    /// <summary>Reads a list of them, each once.</summary>
    public static IReadOnlyList<PathwayItem> Read(string place, IEnumerable<string> texts, FieldReading reading)
    {
        var items = new List<PathwayItem>();
        foreach (string text in texts.SelectMany(Split).Distinct(StringComparer.Ordinal))
        {
            if (ReadOne(text) is { } item) items.Add(item);
            else reading.Add(place, $"has \"{text}\": name an achievement as MSP/id, such as AuroraMSP/data-literacy.");
        }

        return items;
    }

    /// <summary>Reads what counts only with others beside it, one a line.</summary>
    public static IReadOnlyList<PathwayPrerequisite> ReadPrerequisites(string text, FieldReading reading)
    {
        const string Place = "/prerequisites";
        var found = new List<PathwayPrerequisite>();
        foreach (string line in text.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] sides = line.Split(':', 2);
            var needs = sides.Length < 2 ? [] : Read(Place, [sides[1]], reading);
            if (ReadOne(sides[0].Trim()) is { } item && needs.Count > 0)
                found.Add(new PathwayPrerequisite(item, needs));
            else
                reading.Add(Place, $"has \"{line}\": write MSP/id: MSP/id, MSP/id.");
        }

        return found;
    }

    /// <summary>Parts a list at blanks, line breaks, commas and semicolons.</summary>
    public static string[] Split(string text) => text.Split(
        Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static PathwayItem? ReadOne(string text)
    {
        int slash = text.LastIndexOf('/');
        if (slash < 1 || slash == text.Length - 1) return null;

        string[] parts = text[(slash + 1)..].Split('@', 2);
        var versions = new List<int>();
        foreach (string version in parts.Length > 1 ? parts[1].Split('+') : [])
        {
            if (!int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
            versions.Add(number);
        }

        return new PathwayItem(text[..slash], parts[0], versions.Count == 0 ? null : versions);
    }
}
