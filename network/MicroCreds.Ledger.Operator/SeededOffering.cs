using System.Globalization;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// When a sample achievement can be taken: the sample names seasons, so that its terms lie ahead whenever it is used.
/// </summary>
internal static class SeededOffering
{
    private const int Years = 3;

    private static readonly (string Name, string Title, int FirstMonth, int LastMonth, int LastDay)[] Seasons =
        [("spring", "Spring", 2, 6, 30), ("autumn", "Autumn", 9, 12, 18)];

    /// <summary>Writes what the gateway takes.</summary>
    /// <param name="offering">What the sample says: an achievement, its seasons, and what all offers have.</param>
    /// <param name="today">The day from which on it can be taken.</param>
    public static JsonObject Of(JsonObject offering, DateOnly today)
    {
        string[] seasons = [.. offering["seasons"]!.AsArray().Select(season => (string)season!)];
        var offers = Enumerable.Range(today.Year, Years + 1)
            .SelectMany(year => Seasons.Where(season => seasons.Contains(season.Name)).Select(season => (
                Title: string.Create(CultureInfo.InvariantCulture, $"{season.Title} {year}"),
                First: new DateOnly(year, season.FirstMonth, 1),
                Last: new DateOnly(year, season.LastMonth, season.LastDay))))
            .Where(term => term.First > today && term.First <= today.AddYears(Years))
            .Select(term =>
            {
                var offer = new JsonObject
                {
                    ["term"] = term.Title,
                    ["first"] = term.First.ToString("O", CultureInfo.InvariantCulture),
                    ["last"] = term.Last.ToString("O", CultureInfo.InvariantCulture),
                };
                foreach (var (name, value) in offering)
                {
                    if (name is not ("achievement" or "seasons" or "startsAfter")) offer[name] = value!.DeepClone();
                }

                return (JsonNode)offer;
            });
        var body = new JsonObject { ["offers"] = new JsonArray([.. offers]) };
        if (offering["startsAfter"] is { } after) body["startsAfter"] = after.DeepClone();
        return body;
    }
}
