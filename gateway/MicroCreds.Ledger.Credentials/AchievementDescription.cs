using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// Writes achievements and their issuers as Open Badges has them. What the EU's standard elements of a micro-credential
/// ask for goes into native terms where there are some, and into our inline context's where there are none.
/// </summary>
internal static partial class AchievementDescription
{
    private const string QfEheaUrl = "https://www.ehea.info/page-qualification-frameworks";

    /// <summary>Writes the achievement.</summary>
    public static JsonObject Of(Achievement achievement, string did)
    {
        var result = new JsonObject
        {
            ["id"] = CredentialVocabulary.AchievementUrl(did, achievement.Id, achievement.Version),
            ["type"] = new JsonArray("Achievement"),
            ["achievementType"] = "MicroCredential",
            ["name"] = achievement.Name,
            ["description"] = achievement.Description,
            ["criteria"] = new JsonObject { ["narrative"] = achievement.Criteria },
            ["version"] = achievement.Version.ToString(CultureInfo.InvariantCulture),
            ["creditsAvailable"] = achievement.Credits,
            ["creditSystem"] = CredentialContent.Ects,
            ["learningOutcome"] = new JsonArray(
                [.. achievement.LearningOutcomes.Select(text => JsonValue.Create(text))]),
            ["assessmentType"] = achievement.Assessment,
            ["participationForm"] = achievement.Participation,
            ["qualityAssurance"] = achievement.QualityAssurance,
        };
        if (achievement.WorkloadHours is { } hours) result["workloadHours"] = hours;
        if (achievement.Supervision is { } supervision) result["assessmentSupervision"] = supervision;
        if (achievement.Prerequisites is { } prerequisites) result["prerequisites"] = prerequisites;
        if (achievement.Stackability is { } stackability) result["stackability"] = stackability;
        if (achievement.StacksInto is { } into) result["stacksInto"] = into;
        if (achievement.FurtherInformation is { } further) result["furtherInformation"] = further;
        if (achievement.FieldOfStudy is { } field) result["fieldOfStudy"] = field;

        // Open Badges' schema takes fewer language tags than BCP 47 has; one that it refuses would spoil the badge.
        if (SchemaLanguage().IsMatch(achievement.Language)) result["inLanguage"] = achievement.Language;
        if (Alignments(achievement) is { Count: > 0 } alignments) result["alignment"] = alignments;
        return result;
    }

    /// <summary>Writes the issuer's profile.</summary>
    public static JsonObject Profile(Institution issuer)
    {
        var result = new JsonObject
        {
            ["id"] = issuer.Did,
            ["type"] = new JsonArray("Profile"),
            ["name"] = issuer.Name,
            ["address"] = new JsonObject
            {
                ["type"] = new JsonArray("Address"),
                ["addressCountryCode"] = issuer.Country,
            },
        };
        if (issuer.Website is { } website) result["url"] = website;
        if (issuer.Identifiers.Count > 0)
        {
            result["otherIdentifier"] = new JsonArray([.. issuer.Identifiers
                .OrderBy(identifier => identifier.Key, StringComparer.Ordinal)
                .Select(identifier => new JsonObject
                {
                    ["type"] = "IdentifierEntry",
                    ["identifierType"] = "ext:" + identifier.Key,
                    ["identifier"] = identifier.Value,
                })]);
        }

        return result;
    }

    private static JsonArray Alignments(Achievement achievement)
    {
        var result = new JsonArray();
        if (achievement.EqfLevel is { } level)
        {
            string code = level.ToString(CultureInfo.InvariantCulture);
            var alignment = Alignment(
                $"EQF level {code}", $"http://data.europa.eu/snb/eqf/{code}", "EQF", "ext:EQFLevel");
            alignment["targetCode"] = code;
            result.Add(alignment);
        }

        if (achievement.QfEheaCycle is { } cycle)
        {
            // The framework has no address for each of its cycles: the code tells them apart.
            var alignment = Alignment($"QF-EHEA {cycle} cycle", QfEheaUrl, "QF-EHEA", "ext:QFEHEACycle");
            alignment["targetCode"] = cycle;
            result.Add(alignment);
        }

        foreach (var skill in achievement.Skills)
        {
            result.Add(Alignment(
                skill.Name, skill.Url, skill.Framework, skill.Framework == "ESCO" ? "ext:ESCOSkill" : "ext:Skill"));
        }

        return result;
    }

    private static JsonObject Alignment(string name, string url, string framework, string type) => new()
    {
        ["type"] = new JsonArray("Alignment"),
        ["targetName"] = name,
        ["targetUrl"] = url,
        ["targetFramework"] = framework,
        ["targetType"] = type,
    };

    [GeneratedRegex("^[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", RegexOptions.CultureInvariant)]
    private static partial Regex SchemaLanguage();
}
