using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Whether the members who approved a chaincode's next definition approved the same one.</summary>
internal static class DefinitionExamination
{
    /// <param name="chaincode">Its name.</param>
    /// <param name="sequence">The next definition's sequence, which is not committed.</param>
    /// <param name="approved">What each member approved, as its peer tells it; null for nothing.</param>
    public static Finding? Examine(
        string chaincode, int sequence, IReadOnlyDictionary<string, JsonObject?> approved)
    {
        var by = approved.Where(one => one.Value is not null)
            .GroupBy(one => Wording(one.Value!), one => one.Key).ToList();
        string[] silent = [.. approved.Where(one => one.Value is null).Select(one => one.Key)];
        if (by.Count == 0 || (by.Count == 1 && silent.Length == 0))
        {
            return null;
        }

        string said = string.Join("; ", by.Select(group =>
            $"{string.Join(", ", group)} approved version {(string?)approved[group.First()]!["version"]}"));
        string differing = by.Count > 1 ? ", which differ in version, policy or collections" : "";
        string missing = silent.Length > 0 ? $"; {string.Join(", ", silent)} did not" : "";
        return new Finding(
            chaincode, $"not all agree to its next definition, sequence {sequence}: {said}{differing}{missing}.",
            "have all approve the same one (scripts/upgrade.sh does where one hand holds the keys); each member's last "
                + "approval of a sequence counts.");
    }

    /// <summary>All that members must agree on: not where each has its package from.</summary>
    private static string Wording(JsonObject definition)
    {
        var copy = definition.DeepClone().AsObject();
        copy.Remove("source");
        return copy.ToJsonString();
    }
}
