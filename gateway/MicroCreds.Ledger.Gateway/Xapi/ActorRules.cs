using System.Text.Json;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Gateway.Xapi;

/// <summary>What agents and groups must be (xAPI 1.0.3, part two, 2.4.2).</summary>
internal sealed partial class ActorRules(XapiValues values)
{
    /// <summary>By what an agent is known: exactly one of these.</summary>
    public static readonly string[] Identifiers = ["mbox", "mbox_sha1sum", "openid", "account"];

    private static readonly string[] AgentMembers = ["objectType", "name", .. Identifiers];
    private static readonly string[] GroupMembers = [.. AgentMembers, "member"];
    private static readonly string[] AccountMembers = ["homePage", "name"];

    /// <summary>An agent or a group.</summary>
    public void Actor(JsonElement actor, string path)
    {
        if (IsGroup(actor))
            Group(actor, path);
        else
            Agent(actor, path);
    }

    /// <summary>A group.</summary>
    public void Group(JsonElement group, string path)
    {
        if (!values.IsObject(group, path, GroupMembers)) return;
        if (!IsGroup(group)) values.Fault(path + "/objectType", "must be Group.");
        XapiValues.If(group, "name", path, values.Text);
        int identifiers = Identify(group, path);
        bool hasMembers = group.TryGetProperty("member", out var members);
        if (identifiers > 1)
            values.Fault(path, $"has {identifiers} of {string.Join(", ", Identifiers)}: one at most may stand there.");
        if (identifiers == 0 && !hasMembers)
            values.Fault(path, "is a group that nothing identifies: name its members.");
        if (!hasMembers) return;
        values.Each(members, path + "/member", Agent);
        if (identifiers == 0 && members.ValueKind == JsonValueKind.Array && members.GetArrayLength() == 0)
            values.Fault(path + "/member", "is empty, and nothing else identifies the group.");
    }

    /// <summary>An agent.</summary>
    public void Agent(JsonElement agent, string path)
    {
        if (!values.IsObject(agent, path, AgentMembers)) return;
        if (agent.TryGetProperty("objectType", out var kind) && XapiValues.TextOf(kind) != "Agent")
            values.Fault(path + "/objectType", "must be Agent here.");
        XapiValues.If(agent, "name", path, values.Text);
        int identifiers = Identify(agent, path);
        if (identifiers != 1)
        {
            values.Fault(
                path, $"has {identifiers} of {string.Join(", ", Identifiers)}: exactly one must stand there.");
        }
    }

    /// <summary>Whether something says that it is a group.</summary>
    public static bool IsGroup(JsonElement actor) => actor.ValueKind == JsonValueKind.Object
        && actor.TryGetProperty("objectType", out var kind) && XapiValues.TextOf(kind) == "Group";

    private int Identify(JsonElement actor, string path)
    {
        XapiValues.If(actor, "mbox", path, (value, place) =>
        {
            if (XapiValues.TextOf(value) is not { } text || !Mailto().IsMatch(text))
                values.Fault(place, "must be mailto: with a mail address.");
        });
        XapiValues.If(actor, "mbox_sha1sum", path, (value, place) =>
        {
            if (XapiValues.TextOf(value) is not { } text || !Sha1().IsMatch(text))
                values.Fault(place, "must be 40 hexadecimal digits.");
        });
        XapiValues.If(actor, "openid", path, values.Iri);
        XapiValues.If(actor, "account", path, (account, place) =>
        {
            if (!values.IsObject(account, place, AccountMembers, AccountMembers)) return;
            XapiValues.If(account, "homePage", place, values.Iri);
            XapiValues.If(account, "name", place, values.Text);
        });
        return Identifiers.Count(name => actor.TryGetProperty(name, out _));
    }

    [GeneratedRegex(@"\Amailto:[^@\s]+@[^@\s]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mailto();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{40}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Sha1();
}
