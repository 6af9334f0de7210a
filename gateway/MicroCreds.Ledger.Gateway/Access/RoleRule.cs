using System.Text.Json;

namespace MicroCreds.Ledger.Gateway.Access;

/// <summary>
/// One rule of <c>OidcRoles</c>: who has this value in this claim, has this role. Written as
/// <c>issuer=realm_access.roles:microcreds-issuer</c>; rules are parted by semicolons or lines. A name of a claim that
/// has a colon stands in double quotes.
/// </summary>
/// <param name="Role">One of <see cref="GatewayRoles"/>.</param>
/// <param name="Claim">
/// The claim. A dot leads into an object, as Keycloak nests them; a member whose own name has dots is found as well.
/// </param>
/// <param name="Value">The value, to the letter: the claim is it, or is a list that has it.</param>
public sealed record RoleRule(string Role, string Claim, string Value)
{
    /// <summary>The most rules.</summary>
    public const int MaxRules = 100;

    /// <summary>Reads the rules and adds a sentence for each fault.</summary>
    public static IReadOnlyList<RoleRule> Read(string text, List<string> faults)
    {
        var rules = new List<RoleRule>();
        string[] parts = text.Split([';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries
            | StringSplitOptions.TrimEntries);
        foreach (string part in parts)
        {
            if (ReadOne(part) is not { } rule)
                faults.Add($"OidcRoles has \"{part}\": a rule is role=claim:value, such as issuer=roles:issuer.");
            else if (!GatewayRoles.All.Contains(rule.Role))
                faults.Add($"OidcRoles names the role \"{rule.Role}\": it must be one of {RoleNames}.");
            else
                rules.Add(rule);
        }

        if (parts.Length is 0 or > MaxRules)
            faults.Add($"OidcRoles has {parts.Length} rules: without one nobody may do anything; {MaxRules} at most.");
        return rules;
    }

    /// <summary>
    /// What of some claims the rules look at, and nothing else: it is kept with a session, so that roles are judged
    /// anew by the rules in force.
    /// </summary>
    public static SortedDictionary<string, string[]> FactsOf(IEnumerable<RoleRule> rules, JsonElement claims)
    {
        var facts = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var of in rules.GroupBy(rule => rule.Claim, StringComparer.Ordinal))
        {
            string[] wanted = [.. of.Select(rule => rule.Value).Distinct(StringComparer.Ordinal)];
            string[] found = [.. ValuesOf(claims, of.Key).Distinct(StringComparer.Ordinal).Intersect(wanted)];
            if (found.Length > 0)
                facts[of.Key] = found;
        }

        return facts;
    }

    /// <summary>The roles that facts give.</summary>
    public static IReadOnlyList<string> RolesOf(
        IEnumerable<RoleRule> rules, IReadOnlyDictionary<string, string[]> facts) =>
    [
        .. rules.Where(rule => facts.TryGetValue(rule.Claim, out var values) && values.Contains(rule.Value))
            .Select(rule => rule.Role).Distinct(),
    ];

    private static string RoleNames => string.Join(", ", GatewayRoles.All);

    private static RoleRule? ReadOne(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            return null;
        string role = text[..equals].Trim();
        string rest = text[(equals + 1)..].Trim();
        int from = rest.StartsWith('"') ? rest.IndexOf('"', 1) + 1 : 0;
        if (rest.StartsWith('"') && from == 0)
            return null;
        int colon = rest.IndexOf(':', from);
        if (colon < 1)
            return null;
        string claim = rest[..colon].Trim().Trim('"');
        string value = rest[(colon + 1)..].Trim();
        return claim.Length == 0 || value.Length == 0 ? null : new RoleRule(role, claim, value);
    }

    private static IEnumerable<string> ValuesOf(JsonElement claims, string claim)
    {
        if (claims.ValueKind != JsonValueKind.Object)
            return [];
        if (claims.TryGetProperty(claim, out var whole))
            return Texts(whole);

        // resource_access."https://client.example".roles: each way to cut the name in two is tried.
        for (int dot = claim.IndexOf('.'); dot > 0; dot = claim.IndexOf('.', dot + 1))
        {
            if (claims.TryGetProperty(claim[..dot], out var inner)
                && ValuesOf(inner, claim[(dot + 1)..]).ToArray() is { Length: > 0 } found)
                return found;
        }

        return [];
    }

    private static IEnumerable<string> Texts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [value.GetString()!],
        JsonValueKind.Array => value.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String)
            .Select(one => one.GetString()!),
        _ => [],
    };
}
