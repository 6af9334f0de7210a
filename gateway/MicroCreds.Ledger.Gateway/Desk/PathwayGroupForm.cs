using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What stands in the form of one group of a pathway.</summary>
public sealed record PathwayGroupForm
{
    /// <summary>Its name on the ledger; empty where its title is to make one.</summary>
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Rule { get; init; } = PathwayRule.All;

    /// <summary>The achievements, as <c>MSP/id</c>.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>Whether others may be chosen that are not named.</summary>
    public bool HasPool { get; init; }

    /// <summary>Of which ISCED-F fields; empty for every one.</summary>
    public string PoolFields { get; init; } = "";

    /// <summary>Of which institutions; empty for all.</summary>
    public string PoolMspIds { get; init; } = "";

    public string MinCount { get; init; } = "";

    public string MaxCount { get; init; } = "";

    public string MinCredits { get; init; } = "";

    public string MaxCredits { get; init; } = "";

    public string MinLevel { get; init; } = "";

    public string NotOlderThanMonths { get; init; } = "";

    /// <summary>The groups that come first, by their numbers from 1.</summary>
    public string After { get; init; } = "";

    public static PathwayGroupForm Of(IFormCollection form, int index)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new PathwayGroupForm
        {
            Id = Of("id"),
            Name = Of("name"),
            Description = Of("description"),
            Rule = Of("rule") == PathwayRule.Choice ? PathwayRule.Choice : PathwayRule.All,
            Items =
            [
                .. form[Field(index, "item")].OfType<string>().Append(Of("items"))
                    .SelectMany(PathwayItems.Split).Distinct(StringComparer.Ordinal),
            ],
            HasPool = Of("hasPool") == "yes",
            PoolFields = Of("poolFields"),
            PoolMspIds = Of("poolMspIds"),
            MinCount = Of("minCount"),
            MaxCount = Of("maxCount"),
            MinCredits = Of("minCredits"),
            MaxCredits = Of("maxCredits"),
            MinLevel = Of("minLevel"),
            NotOlderThanMonths = Of("notOlderThanMonths"),
            After = Of("after"),
        };

        string Of(string field) => form[Field(index, field)].LastOrDefault()?.Trim() ?? "";
    }

    /// <summary>The form of a group that is published.</summary>
    public static PathwayGroupForm Of(PathwayGroup group, int index)
    {
        ArgumentNullException.ThrowIfNull(group);
        return new PathwayGroupForm
        {
            Id = group.Id,
            Name = group.Name,
            Description = group.Description ?? "",
            Rule = group.Rule,
            Items = [.. group.Items.Select(PathwayItems.Text)],
            HasPool = group.Pool is not null,
            PoolFields = string.Join(' ', group.Pool?.Fields ?? []),
            PoolMspIds = string.Join(' ', group.Pool?.MspIds ?? []),
            MinCount = PathwayForm.Text(group.MinCount),
            MaxCount = PathwayForm.Text(group.MaxCount),
            MinCredits = PathwayForm.Text(group.MinCredits),
            MaxCredits = PathwayForm.Text(group.MaxCredits),
            MinLevel = PathwayForm.Text(group.MinLevel),
            NotOlderThanMonths = PathwayForm.Text(group.NotOlderThanMonths),
            After = string.Join(' ', group.After),
        };
    }

    /// <summary>A field's name in the form.</summary>
    public static string Field(int index, string field) =>
        string.Create(CultureInfo.InvariantCulture, $"g{index}-{field}");

    internal IEnumerable<(string Field, string Value)> FieldsOf(int index) =>
        new[]
        {
            ("id", Id), ("name", Name), ("description", Description), ("rule", Rule),
            ("items", string.Join(' ', Items)), ("hasPool", HasPool ? "yes" : ""), ("poolFields", PoolFields),
            ("poolMspIds", PoolMspIds), ("minCount", MinCount), ("maxCount", MaxCount), ("minCredits", MinCredits),
            ("maxCredits", MaxCredits), ("minLevel", MinLevel), ("notOlderThanMonths", NotOlderThanMonths),
            ("after", After),
        }.Select(one => (Field(index, one.Item1), one.Item2));

    internal PathwayGroup ToGroup(int index, IReadOnlyList<string> ids, FieldReading reading)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"/groups/{index}");
        return new PathwayGroup
        {
            Id = ids[index],
            Name = Name,
            Description = Description.Length == 0 ? null : Description,
            Rule = Rule,
            Items = PathwayItems.Read($"{place}/items", Items, reading),
            Pool = HasPool ? new PathwayPool { Fields = Words(PoolFields), MspIds = Words(PoolMspIds) } : null,
            MinCount = reading.Whole($"{place}/minCount", MinCount),
            MaxCount = reading.Whole($"{place}/maxCount", MaxCount),
            MinCredits = reading.Number($"{place}/minCredits", MinCredits),
            MaxCredits = reading.Number($"{place}/maxCredits", MaxCredits),
            MinLevel = reading.Whole($"{place}/minLevel", MinLevel),
            NotOlderThanMonths = reading.Whole($"{place}/notOlderThanMonths", NotOlderThanMonths),
            After = [.. Words(After).Select(one => IdOf(one, ids))],
        };
    }

    /// <summary>Groups that come first are named by their numbers on the page, or as on the ledger.</summary>
    private static string IdOf(string text, IReadOnlyList<string> ids) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        && number >= 1 && number <= ids.Count ? ids[number - 1] : text;

    private static string[] Words(string text) => text.Split(
        [' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
