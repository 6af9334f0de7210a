using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Resources;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>What stands in the form of a pathway. Nothing of it is kept: it travels with the form.</summary>
public sealed record PathwayForm
{
    public string Id { get; init; } = "";

    public int Version { get; init; } = 1;

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    /// <summary>What it leads to, as <c>id@version</c>.</summary>
    public string Award { get; init; } = "";

    public string Credits { get; init; } = "";

    public string EqfLevel { get; init; } = "";

    public string NotOlderThanMonths { get; init; } = "";

    public string WithinMonths { get; init; } = "";

    public string MaxRecognizedCredits { get; init; } = "";

    /// <summary>What counts only with others beside it, one a line: <c>MSP/id: MSP/id, MSP/id</c>.</summary>
    public string Prerequisites { get; init; } = "";

    public IReadOnlyList<PathwayGroupForm> Groups { get; init; } = [];

    /// <summary>The fields that travel unseen while the picture is looked at.</summary>
    public IEnumerable<(string Field, string Value)> Fields =>
    [
        ("id", Id), ("version", $"{Version}"), ("name", Name), ("description", Description), ("award", Award),
        ("credits", Credits), ("eqfLevel", EqfLevel), ("notOlderThanMonths", NotOlderThanMonths),
        ("withinMonths", WithinMonths), ("maxRecognizedCredits", MaxRecognizedCredits),
        ("prerequisites", Prerequisites), .. Groups.SelectMany((group, i) => group.FieldsOf(i)),
    ];

    /// <summary>Begins the next version of a pathway.</summary>
    public static PathwayForm After(Pathway pathway, int version)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        return new PathwayForm
        {
            Id = pathway.Id,
            Version = version,
            Name = pathway.Name,
            Description = pathway.Description,
            Award = $"{pathway.Award.Id}@{pathway.Award.Version}",
            Credits = Text(pathway.Credits),
            EqfLevel = Text(pathway.EqfLevel),
            NotOlderThanMonths = Text(pathway.NotOlderThanMonths),
            WithinMonths = Text(pathway.WithinMonths),
            MaxRecognizedCredits = Text(pathway.MaxRecognizedCredits),
            Prerequisites = string.Join('\n', pathway.Prerequisites.Select(one =>
                $"{PathwayItems.Text(one.Achievement)}: {string.Join(", ", one.Needs.Select(PathwayItems.Text))}")),
            Groups = [.. pathway.Groups.Select(PathwayGroupForm.Of)],
        };
    }

    /// <summary>Reads it.</summary>
    public static PathwayForm Of(IFormCollection form)
    {
        ArgumentNullException.ThrowIfNull(form);
        return new PathwayForm
        {
            Id = Of("id"),
            Version = int.TryParse(Of("version"), NumberStyles.None, CultureInfo.InvariantCulture, out int version)
                ? Math.Max(version, 1) : 1,
            Name = Of("name"),
            Description = Of("description"),
            Award = Of("award"),
            Credits = Of("credits"),
            EqfLevel = Of("eqfLevel"),
            NotOlderThanMonths = Of("notOlderThanMonths"),
            WithinMonths = Of("withinMonths"),
            MaxRecognizedCredits = Of("maxRecognizedCredits"),
            Prerequisites = Of("prerequisites"),
            Groups =
            [
                .. Enumerable.Range(0, Limits.MaxPathwayGroups)
                    .TakeWhile(i => form.ContainsKey($"g{i}-name")).Select(i => PathwayGroupForm.Of(form, i)),
            ],
        };

        string Of(string field) => form[field].LastOrDefault()?.Trim() ?? "";
    }

    /// <summary>What would be published, and what of it cannot be read.</summary>
    public (PathwayResource.PathwayDefinition Definition, IReadOnlyList<FieldFault> Faults) ToDefinition()
    {
        var reading = new FieldReading();
        string[] award = Award.Split('@');
        _ = int.TryParse(
            award.Length > 1 ? award[1] : "", NumberStyles.None, CultureInfo.InvariantCulture, out int awardVersion);
        if (awardVersion == 0) reading.Add("/award", "must be an achievement of this institution.");
        if (Groups.Count == 0) reading.Add("/groups", "must have one group at least.");
        var ids = new List<string>();
        foreach (var group in Groups) ids.Add(Named(group.Id.Length > 0 ? group.Id : Slug(group.Name), ids));
        var definition = new PathwayResource.PathwayDefinition
        {
            Id = Id.Length > 0 ? Id : Slug(Name),
            Version = Version,
            Name = Name,
            Description = Description,
            Award = new AchievementReference(award[0], Math.Max(awardVersion, 1)),
            Credits = reading.Number("/credits", Credits) ?? 0,
            EqfLevel = reading.Whole("/eqfLevel", EqfLevel),
            NotOlderThanMonths = reading.Whole("/notOlderThanMonths", NotOlderThanMonths),
            WithinMonths = reading.Whole("/withinMonths", WithinMonths),
            MaxRecognizedCredits = reading.Number("/maxRecognizedCredits", MaxRecognizedCredits),
            Prerequisites = PathwayItems.ReadPrerequisites(Prerequisites, reading),
            Groups = [.. Groups.Select((group, i) => group.ToGroup(i, ids, reading))],
        };
        if (Credits.Length == 0) reading.Add("/credits", "says how many credits must count over all.");
        return (definition, reading.Faults);
    }

    /// <summary>An identifier that a title makes: lower-case letters, digits and hyphens.</summary>
    internal static string Slug(string title)
    {
        var slug = new StringBuilder();
        foreach (char c in ComparableText.OfName(title))
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }

        const int MaxSlug = 60;
        string text = slug.ToString().Trim('-');
        return text.Length > MaxSlug ? text[..MaxSlug].Trim('-') : text;
    }

    internal static string Text(double? number) => number?.ToString("0.####", CultureInfo.InvariantCulture) ?? "";

    private static string Named(string id, List<string> taken)
    {
        string name = id.Length > 0 ? id : "group";
        for (int i = 2; taken.Contains(name); i++) name = $"{id}-{i}";
        return name;
    }
}
