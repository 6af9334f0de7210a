using System.Text.Json;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>By what a statement is found (xAPI 1.0.3, part three, 2.1.3).</summary>
internal static class StatementTerms
{
    private const string Agent = "agent";
    private const string RelatedAgent = "related-agent";
    private const string VerbKind = "verb";
    private const string ActivityKind = "activity";
    private const string RelatedActivity = "related-activity";
    private const string RegistrationKind = "registration";

    /// <summary>All terms of a statement.</summary>
    public static List<byte[]> Of(string simulator, JsonElement statement)
    {
        var found = new List<(string Kind, string Value)>
        {
            (VerbKind, statement.GetProperty("verb").GetProperty("id").GetString()!),
        };
        var thing = statement.GetProperty("object");
        AddAgents(statement.GetProperty("actor"), Agent, found);
        if (StatementRules.KindOf(thing) is "Agent" or "Group") AddAgents(thing, Agent, found);
        if (StatementRules.KindOf(thing) == "Activity")
            found.Add((ActivityKind, thing.GetProperty("id").GetString()!));
        if (statement.TryGetProperty("context", out var context)
            && context.TryGetProperty("registration", out var registration))
            found.Add((RegistrationKind, registration.GetString()!.ToLowerInvariant()));
        AddRelated(statement, found);
        return [.. found.Distinct().Select(one => XapiStatements.TermOf(simulator, one.Kind, one.Value))];
    }

    /// <summary>What statements of an agent are found by.</summary>
    public static byte[] OfAgent(string simulator, JsonElement agent, bool isRelated) => XapiStatements.TermOf(
        simulator, isRelated ? RelatedAgent : Agent, IdentifierOf(agent) ?? "");

    /// <summary>What statements of a verb are found by.</summary>
    public static byte[] OfVerb(string simulator, string verb) =>
        XapiStatements.TermOf(simulator, VerbKind, verb);

    /// <summary>What statements about an activity are found by.</summary>
    public static byte[] OfActivity(string simulator, string activity, bool isRelated) =>
        XapiStatements.TermOf(simulator, isRelated ? RelatedActivity : ActivityKind, activity);

    /// <summary>What statements of a registration are found by.</summary>
    public static byte[] OfRegistration(string simulator, Guid registration) =>
        XapiStatements.TermOf(simulator, RegistrationKind, registration.ToString());

    /// <summary>What identifies an agent or a group; null if nothing does.</summary>
    public static string? IdentifierOf(JsonElement agent)
    {
        foreach (string name in ActorRules.Identifiers)
        {
            if (!agent.TryGetProperty(name, out var value)) continue;
            return value.ValueKind == JsonValueKind.Object
                ? $"{value.GetProperty("homePage").GetString()} {value.GetProperty("name").GetString()}"
                : $"{name} {value.GetString()}";
        }

        return null;
    }

    private static void AddAgents(JsonElement actor, string kind, List<(string Kind, string Value)> found)
    {
        if (IdentifierOf(actor) is { } identifier) found.Add((kind, identifier));
        if (!actor.TryGetProperty("member", out var members)) return;
        foreach (var member in members.EnumerateArray()) AddAgents(member, kind, found);
    }

    private static void AddRelated(JsonElement statement, List<(string Kind, string Value)> found)
    {
        var thing = statement.GetProperty("object");
        AddAgents(statement.GetProperty("actor"), RelatedAgent, found);
        switch (StatementRules.KindOf(thing))
        {
            case "Agent" or "Group":
                AddAgents(thing, RelatedAgent, found);
                break;
            case "Activity":
                found.Add((RelatedActivity, thing.GetProperty("id").GetString()!));
                break;
            case "SubStatement":
                AddRelated(thing, found);
                break;
            default:
                break;
        }

        if (!statement.TryGetProperty("context", out var context)) return;
        foreach (string name in (string[])["instructor", "team"])
        {
            if (context.TryGetProperty(name, out var agent)) AddAgents(agent, RelatedAgent, found);
        }

        if (!context.TryGetProperty("contextActivities", out var lists)) return;
        foreach (var list in lists.EnumerateObject())
        {
            foreach (var activity in list.Value.ValueKind == JsonValueKind.Array
                ? [.. list.Value.EnumerateArray()] : (JsonElement[])[list.Value])
                found.Add((RelatedActivity, activity.GetProperty("id").GetString()!));
        }
    }
}
