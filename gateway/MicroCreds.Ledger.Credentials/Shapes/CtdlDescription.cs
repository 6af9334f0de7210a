using System.Globalization;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.Shapes;

/// <summary>
/// Writes achievements and pathways in Credential Engine's Credential Transparency Description Language (CTDL), as
/// JSON-LD. No CTID is made up: those are given by whoever publishes to the Credential Registry.
/// </summary>
public static class CtdlDescription
{
    /// <summary>The context.</summary>
    public const string Context = "https://credreg.net/ctdl/schema/context/json";

    private const string English = "en";

    // What CTDL calls the forms of participation; it has no words for the others.
    private static readonly Dictionary<string, string> Deliveries = new()
    {
        ["onsite"] = "deliveryType:InPerson",
        ["online"] = "deliveryType:OnlineOnly",
        ["blended"] = "deliveryType:BlendedDelivery",
    };

    /// <summary>Writes an achievement, with who awards it.</summary>
    /// <param name="achievement">The achievement.</param>
    /// <param name="owner">Its institution.</param>
    /// <param name="page">Where it is described.</param>
    public static JsonObject Of(Achievement achievement, Institution owner, string page)
    {
        ArgumentNullException.ThrowIfNull(achievement);
        ArgumentNullException.ThrowIfNull(owner);
        return Graph(CredentialOf(achievement, owner, page), OrganizationOf(owner));
    }

    /// <summary>Writes a pathway, with who owns it and what it is made of.</summary>
    /// <param name="pathway">The pathway.</param>
    /// <param name="owner">Its institution.</param>
    /// <param name="page">Where it is described.</param>
    /// <param name="find">Finds what an item is called, and its address; nothing of what is not published.</param>
    public static JsonObject Of(
        Pathway pathway, Institution owner, string page, Func<PathwayItem, (string Name, string Url)?> find)
    {
        ArgumentNullException.ThrowIfNull(pathway);
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(find);
        string id = string.Create(
            CultureInfo.InvariantCulture, $"{owner.Did}/pathways/{pathway.Id}/{pathway.Version}");
        var components = new Dictionary<string, JsonObject>();
        var award = new PathwayItem(pathway.MspId, pathway.Award.Id, [pathway.Award.Version]);
        var destination = ComponentOf(id, award, find, components);
        destination["ceterms:isDestinationComponentOf"] = new JsonArray(id);
        destination["ceterms:hasCondition"] = new JsonArray(
            [.. pathway.Groups.Select(group => ConditionOf(id, group, find, components))]);
        var written = new JsonObject
        {
            ["@id"] = id,
            ["@type"] = "ceterms:Pathway",
            ["ceterms:name"] = Text(English, pathway.Name),
            ["ceterms:description"] = Text(English, pathway.Description),
            ["ceterms:subjectWebpage"] = page,
            ["ceterms:versionCode"] = Number(pathway.Version),
            ["ceterms:ownedBy"] = new JsonArray(owner.Did),
            ["ceterms:lifeCycleStatusType"] = Aligned(
                pathway.RetiredAt is null ? "lifeCycle:Active" : "lifeCycle:Ceased"),
            ["ceterms:hasDestinationComponent"] = new JsonArray(IdOf(destination)),
            ["ceterms:hasPart"] = new JsonArray(
                [.. components.Values.Select(one => JsonValue.Create(IdOf(one)))]),
        };
        return Graph([written, OrganizationOf(owner), .. components.Values]);
    }

    private static JsonObject CredentialOf(Achievement achievement, Institution owner, string page)
    {
        string language = achievement.Language;
        var written = new JsonObject
        {
            ["@id"] = CredentialVocabulary.AchievementUrl(owner.Did, achievement.Id, achievement.Version),
            ["@type"] = "ceterms:MicroCredential",
            ["ceterms:name"] = Text(language, achievement.Name),
            ["ceterms:description"] = Text(language, achievement.Description),
            ["ceterms:subjectWebpage"] = page,
            ["ceterms:inLanguage"] = new JsonArray(language),
            ["ceterms:versionCode"] = Number(achievement.Version),
            ["ceterms:credentialStatusType"] = Aligned(
                achievement.RetiredAt is null ? "credentialStat:Active" : "credentialStat:Deprecated"),
            ["ceterms:ownedBy"] = new JsonArray(owner.Did),
            ["ceterms:offeredBy"] = new JsonArray(owner.Did),
            ["ceterms:requires"] = new JsonArray(RequirementOf(achievement)),
        };
        if (Deliveries.TryGetValue(achievement.Participation, out string? delivery))
            written["ceterms:learningDeliveryType"] = new JsonArray(Aligned(delivery));
        if (achievement.EqfLevel is { } level)
        {
            written["ceterms:audienceLevelType"] = new JsonArray(Aligned(
                $"http://data.europa.eu/snb/eqf/{Number(level)}", $"EQF level {Number(level)}",
                "European Qualifications Framework"));
        }

        if (achievement.FieldOfStudy is { } field)
        {
            var program = Aligned($"http://data.europa.eu/snb/isced-f/{field}", field, "ISCED-F 2013");
            program["ceterms:codedNotation"] = field;
            written["ceterms:instructionalProgramType"] = new JsonArray(program);
        }

        return written;
    }

    private static JsonObject RequirementOf(Achievement achievement)
    {
        var competencies = new JsonArray();
        foreach (string outcome in achievement.LearningOutcomes)
        {
            competencies.Add(new JsonObject
            {
                ["@type"] = "ceterms:CredentialAlignmentObject",
                ["ceterms:targetNodeName"] = Text(achievement.Language, outcome),
            });
        }

        foreach (var skill in achievement.Skills) competencies.Add(Aligned(skill.Url, skill.Name, skill.Framework));
        var requirement = new JsonObject
        {
            ["@type"] = "ceterms:ConditionProfile",
            ["ceterms:description"] = Text(achievement.Language, achievement.Criteria),
            ["ceterms:creditValue"] = new JsonArray(new JsonObject
            {
                ["@type"] = "ceterms:ValueProfile",
                ["schema:value"] = achievement.Credits,
            }),

            // CTDL's list of units has no ECTS.
            ["ceterms:creditUnitTypeDescription"] = Text(English, "ECTS credits"),
            ["ceterms:targetCompetency"] = competencies,
        };
        if (achievement.Prerequisites is { } needed)
        {
            requirement["ceterms:condition"] = new JsonObject
            {
                [achievement.Language] = new JsonArray(needed),
            };
        }

        return requirement;
    }

    private static JsonObject ConditionOf(
        string pathway, PathwayGroup group, Func<PathwayItem, (string Name, string Url)?> find,
        Dictionary<string, JsonObject> components)
    {
        string[] said =
        [
            .. group.Description is { } description ? [description] : (string[])[],
            group.Rule == PathwayRule.All ? "All of these are needed."
                : group.MinCount is { } count ? $"At least {Number(count)} must be chosen." : "Some may be chosen.",
            .. group.MinCredits is { } credits
                ? [string.Create(CultureInfo.InvariantCulture, $"At least {credits} ECTS credits must be chosen.")]
                : (string[])[],
            .. group.Pool is null ? (string[])[] : ["Others may be chosen that are not named here."],
        ];
        var condition = new JsonObject
        {
            ["@type"] = "ceterms:ComponentCondition",
            ["ceterms:name"] = Text(English, group.Name),
            ["ceterms:description"] = Text(English, string.Join(' ', said)),
        };
        int? needed = group.Rule == PathwayRule.All ? group.Items.Count : group.MinCount;
        if (needed is { } number) condition["ceterms:requiredNumber"] = number;
        if (group.Items.Count > 0)
        {
            condition["ceterms:targetComponent"] = new JsonArray(
                [.. group.Items.Select(item => JsonValue.Create(IdOf(ComponentOf(pathway, item, find, components))))]);
        }

        return condition;
    }

    private static JsonObject ComponentOf(
        string pathway, PathwayItem item, Func<PathwayItem, (string Name, string Url)?> find,
        Dictionary<string, JsonObject> components)
    {
        string key = $"{item.MspId}/{item.Id}";
        if (components.TryGetValue(key, out var known)) return known;
        var found = find(item);
        var component = new JsonObject
        {
            ["@id"] = $"{pathway}#{Uri.EscapeDataString(key)}",
            ["@type"] = "ceterms:CredentialComponent",
            ["ceterms:name"] = Text(English, found?.Name ?? item.Id),
            ["ceterms:isPartOf"] = new JsonArray(pathway),
        };
        if (found is { } published) component["ceterms:proxyFor"] = published.Url;
        components.Add(key, component);
        return component;
    }

    private static JsonObject OrganizationOf(Institution owner)
    {
        var written = new JsonObject
        {
            ["@id"] = owner.Did,
            ["@type"] = "ceterms:CredentialOrganization",
            ["ceterms:name"] = Text(English, owner.Name),
        };
        if (owner.Website is { } website) written["ceterms:subjectWebpage"] = website;
        if (owner.Identifiers.Count > 0)
        {
            written["ceterms:identifier"] = new JsonArray([.. owner.Identifiers
                .OrderBy(identifier => identifier.Key, StringComparer.Ordinal)
                .Select(identifier => new JsonObject
                {
                    ["@type"] = "ceterms:IdentifierValue",
                    ["ceterms:identifierTypeName"] = Text(English, identifier.Key),
                    ["ceterms:identifierValueCode"] = identifier.Value,
                })]);
        }

        return written;
    }

    private static JsonObject Graph(params JsonObject[] nodes) => new()
    {
        ["@context"] = Context,
        ["@graph"] = new JsonArray([.. nodes]),
    };

    private static JsonObject Aligned(string node, string? name = null, string? framework = null)
    {
        var aligned = new JsonObject
        {
            ["@type"] = "ceterms:CredentialAlignmentObject",
            ["ceterms:targetNode"] = node,
        };
        if (name is not null) aligned["ceterms:targetNodeName"] = Text(English, name);
        if (framework is not null) aligned["ceterms:frameworkName"] = Text(English, framework);
        return aligned;
    }

    private static JsonObject Text(string language, string text) => new() { [language] = text };

    private static string IdOf(JsonObject node) => (string)node["@id"]!;

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
