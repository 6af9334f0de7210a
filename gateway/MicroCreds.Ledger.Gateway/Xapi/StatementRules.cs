using System.Text.Json;
using System.Text.RegularExpressions;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What a statement must be (xAPI 1.0.3, part two, 2), whoever sends it.</summary>
internal sealed partial class StatementRules
{
    /// <summary>The verb of a statement that says that another does not count.</summary>
    public const string Voided = "http://adlnet.gov/expapi/verbs/voided";

    private static readonly string[] Members =
    [
        "id", "actor", "verb", "object", "result", "context", "timestamp", "stored", "authority", "version",
        "attachments",
    ];

    private static readonly string[] SubMembers =
        ["objectType", "actor", "verb", "object", "result", "context", "timestamp", "attachments"];

    private static readonly string[] ReferenceMembers = ["objectType", "id"];
    private static readonly string[] VerbMembers = ["id", "display"];
    private static readonly string[] ScoreMembers = ["scaled", "raw", "min", "max"];
    private static readonly string[] ActivityLists = ["parent", "grouping", "category", "other"];

    private static readonly string[] ResultMembers =
        ["score", "success", "completion", "response", "duration", "extensions"];

    private static readonly string[] ContextMembers =
    [
        "registration", "instructor", "team", "contextActivities", "revision", "platform", "language", "statement",
        "extensions",
    ];

    private static readonly string[] AttachmentMembers =
        ["usageType", "display", "description", "contentType", "length", "sha2", "fileUrl"];

    private readonly XapiValues _values = new();
    private readonly ActorRules _actors;
    private readonly ActivityRules _activities;

    private StatementRules() => (_actors, _activities) = (new ActorRules(_values), new ActivityRules(_values));

    /// <summary>Says what is wrong with a statement; nothing if nothing is.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="path">Where it stands in the request.</param>
    public static IReadOnlyList<FieldFault> Check(JsonElement statement, string path)
    {
        var rules = new StatementRules();
        rules.Statement(statement, path);
        return rules._values.Faults;
    }

    /// <summary>Says what is wrong with an agent; nothing if nothing is.</summary>
    public static IReadOnlyList<FieldFault> CheckAgent(JsonElement agent, string path)
    {
        var rules = new StatementRules();
        rules._actors.Actor(agent, path);
        return rules._values.Faults;
    }

    /// <summary>The kind of thing that a statement is about.</summary>
    public static string KindOf(JsonElement thing) =>
        thing.ValueKind == JsonValueKind.Object && thing.TryGetProperty("objectType", out var kind)
            ? XapiValues.TextOf(kind) ?? "" : "Activity";

    private void Statement(JsonElement statement, string path)
    {
        if (!_values.IsObject(statement, path, Members, "actor", "verb", "object")) return;
        XapiValues.If(statement, "id", path, _values.Uuid);
        XapiValues.If(statement, "stored", path, _values.Moment);
        XapiValues.If(statement, "authority", path, Authority);
        XapiValues.If(statement, "version", path, (value, place) =>
        {
            if (XapiValues.TextOf(value) is not { } text || !Version().IsMatch(text))
                _values.Fault(place, "must be 1.0, or begin with 1.0.");
        });
        Common(statement, path, isSub: false);
        if (statement.TryGetProperty("verb", out var verb) && verb.ValueKind == JsonValueKind.Object
            && verb.TryGetProperty("id", out var id) && XapiValues.TextOf(id) == Voided
            && statement.TryGetProperty("object", out var voided) && KindOf(voided) != "StatementRef")
            _values.Fault(path + "/object", "must be a StatementRef, since the verb is voided.");
    }

    private void Authority(JsonElement authority, string path)
    {
        _actors.Actor(authority, path);
        if (ActorRules.IsGroup(authority)
            && (!authority.TryGetProperty("member", out var members) || members.ValueKind != JsonValueKind.Array
                || members.GetArrayLength() != 2 || StatementTerms.IdentifierOf(authority) is not null))
            _values.Fault(path, "is a group: it must have the two members of OAuth, and nothing that identifies it.");
    }

    private void Common(JsonElement statement, string path, bool isSub)
    {
        XapiValues.If(statement, "actor", path, _actors.Actor);
        XapiValues.If(statement, "verb", path, Verb);
        XapiValues.If(statement, "object", path, (thing, place) => Thing(thing, place, isSub));
        XapiValues.If(statement, "result", path, Result);
        bool isActivity = !statement.TryGetProperty("object", out var about) || KindOf(about) == "Activity";
        XapiValues.If(statement, "context", path, (context, place) => Context(context, place, isActivity));
        XapiValues.If(statement, "timestamp", path, _values.Moment);
        XapiValues.If(statement, "attachments", path, (list, place) => _values.Each(list, place, Attachment));
    }

    private void Verb(JsonElement verb, string path)
    {
        if (!_values.IsObject(verb, path, VerbMembers, "id")) return;
        XapiValues.If(verb, "id", path, _values.Iri);
        XapiValues.If(verb, "display", path, _values.LanguageMap);
    }

    private void Thing(JsonElement thing, string path, bool isSub)
    {
        switch (KindOf(thing))
        {
            case "Activity":
                _activities.Activity(thing, path);
                break;
            case "Agent":
                _actors.Agent(thing, path);
                break;
            case "Group":
                _actors.Group(thing, path);
                break;
            case "StatementRef":
                Reference(thing, path);
                break;
            case "SubStatement" when !isSub:
                if (_values.IsObject(thing, path, SubMembers, "actor", "verb", "object"))
                    Common(thing, path, isSub: true);
                break;
            default:
                _values.Fault(
                    path + "/objectType",
                    "must be Activity, Agent, Group, StatementRef or, not inside another, SubStatement.");
                break;
        }
    }

    private void Reference(JsonElement reference, string path)
    {
        if (!_values.IsObject(reference, path, ReferenceMembers, ReferenceMembers)) return;
        if (KindOf(reference) != "StatementRef") _values.Fault(path + "/objectType", "must be StatementRef.");
        XapiValues.If(reference, "id", path, _values.Uuid);
    }

    private void Result(JsonElement result, string path)
    {
        if (!_values.IsObject(result, path, ResultMembers)) return;
        XapiValues.If(result, "score", path, Score);
        XapiValues.If(result, "success", path, _values.Flag);
        XapiValues.If(result, "completion", path, _values.Flag);
        XapiValues.If(result, "response", path, _values.Text);
        XapiValues.If(result, "duration", path, _values.Duration);
        XapiValues.If(result, "extensions", path, _values.Extensions);
    }

    private void Score(JsonElement score, string path)
    {
        if (!_values.IsObject(score, path, ScoreMembers)) return;
        foreach (string name in ScoreMembers) XapiValues.If(score, name, path, _values.Number);
        double? scaled = Of("scaled"), raw = Of("raw"), min = Of("min"), max = Of("max");
        if (scaled is < -1 or > 1) _values.Fault(path + "/scaled", "must be from -1 to 1.");
        if (min >= max) _values.Fault(path + "/min", "must be less than max.");
        if (raw < min || raw > max) _values.Fault(path + "/raw", "must be from min to max.");

        double? Of(string name) =>
            score.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
                ? value.GetDouble() : null;
    }

    private void Context(JsonElement context, string path, bool isActivity)
    {
        if (!_values.IsObject(context, path, ContextMembers)) return;
        XapiValues.If(context, "registration", path, _values.Uuid);
        XapiValues.If(context, "instructor", path, _actors.Actor);
        XapiValues.If(context, "team", path, _actors.Group);
        XapiValues.If(context, "contextActivities", path, (lists, place) =>
        {
            if (!_values.IsObject(lists, place, ActivityLists)) return;
            foreach (string name in ActivityLists)
            {
                XapiValues.If(lists, name, place, (list, at) =>
                {
                    if (list.ValueKind == JsonValueKind.Object)
                        _activities.Activity(list, at);
                    else
                        _values.Each(list, at, _activities.Activity);
                });
            }
        });
        foreach (string name in (string[])["revision", "platform"])
        {
            XapiValues.If(context, name, path, (value, place) =>
            {
                _values.Text(value, place);
                if (!isActivity) _values.Fault(place, "stands there where the object is an activity alone.");
            });
        }

        XapiValues.If(context, "language", path, _values.Language);
        XapiValues.If(context, "statement", path, Reference);
        XapiValues.If(context, "extensions", path, _values.Extensions);
    }

    private void Attachment(JsonElement attachment, string path)
    {
        if (!_values.IsObject(
            attachment, path, AttachmentMembers, "usageType", "display", "contentType", "length", "sha2"))
            return;
        XapiValues.If(attachment, "usageType", path, _values.Iri);
        XapiValues.If(attachment, "display", path, _values.LanguageMap);
        XapiValues.If(attachment, "description", path, _values.LanguageMap);
        XapiValues.If(attachment, "contentType", path, (value, place) =>
        {
            if (XapiValues.TextOf(value) is not { } text || !MediaType().IsMatch(text))
                _values.Fault(place, "must be a media type, such as image/png.");
        });
        XapiValues.If(attachment, "length", path, (value, place) =>
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long length) || length < 0)
                _values.Fault(place, "must be a whole number of bytes.");
        });
        XapiValues.If(attachment, "sha2", path, (value, place) =>
        {
            if (XapiValues.TextOf(value) is not { } text || !Sha2().IsMatch(text))
                _values.Fault(place, "must be a SHA-2 hash in hexadecimal digits.");
        });
        XapiValues.If(attachment, "fileUrl", path, _values.Iri);
    }

    [GeneratedRegex(@"\A1\.0(\.\d+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[\w.+\-]+/[\w.+\-*]+(\s*;.*)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex MediaType();

    [GeneratedRegex(@"\A([0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})\z")]
    private static partial Regex Sha2();
}
