using System.Text.Json;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What activities must be (xAPI 1.0.3, part two, 2.4.4.1).</summary>
internal sealed class ActivityRules(XapiValues values)
{
    private static readonly string[] Members = ["objectType", "id", "definition"];
    private static readonly string[] ComponentMembers = ["id", "description"];
    private static readonly string[] ComponentLists = ["choices", "scale", "source", "target", "steps"];

    private static readonly string[] DefinitionMembers =
    [
        "name", "description", "type", "moreInfo", "extensions", "interactionType", "correctResponsesPattern",
        .. ComponentLists,
    ];

    private static readonly string[] InteractionTypes =
    [
        "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert",
        "numeric", "other",
    ];

    /// <summary>An activity.</summary>
    public void Activity(JsonElement activity, string path)
    {
        if (!values.IsObject(activity, path, Members, "id")) return;
        if (activity.TryGetProperty("objectType", out var kind) && XapiValues.TextOf(kind) != "Activity")
            values.Fault(path + "/objectType", "must be Activity here.");
        XapiValues.If(activity, "id", path, values.Iri);
        XapiValues.If(activity, "definition", path, Definition);
    }

    private void Definition(JsonElement definition, string path)
    {
        if (!values.IsObject(definition, path, DefinitionMembers)) return;
        XapiValues.If(definition, "name", path, values.LanguageMap);
        XapiValues.If(definition, "description", path, values.LanguageMap);
        XapiValues.If(definition, "type", path, values.Iri);
        XapiValues.If(definition, "moreInfo", path, values.Iri);
        XapiValues.If(definition, "extensions", path, values.Extensions);
        string? interaction = definition.TryGetProperty("interactionType", out var type)
            ? XapiValues.TextOf(type) ?? "" : null;
        if (interaction is not null && !InteractionTypes.Contains(interaction, StringComparer.Ordinal))
            values.Fault(path + "/interactionType", $"must be one of {string.Join(", ", InteractionTypes)}.");
        XapiValues.If(definition, "correctResponsesPattern", path, (list, place) =>
            values.Each(list, place, values.Text));
        foreach (string name in ComponentLists) XapiValues.If(definition, name, path, Components);
        if (interaction is null
            && DefinitionMembers.Skip(6).FirstOrDefault(name => definition.TryGetProperty(name, out _)) is { } lone)
            values.Fault($"{path}/{lone}", "stands there without an interactionType.");
    }

    private void Components(JsonElement list, string path)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        values.Each(list, path, (component, place) =>
        {
            if (!values.IsObject(component, place, ComponentMembers, "id")) return;
            XapiValues.If(component, "id", place, (id, at) =>
            {
                values.Text(id, at);
                if (XapiValues.TextOf(id) is { } text && !ids.Add(text)) values.Fault(at, "stands there twice.");
            });
            XapiValues.If(component, "description", place, values.LanguageMap);
        });
    }
}
