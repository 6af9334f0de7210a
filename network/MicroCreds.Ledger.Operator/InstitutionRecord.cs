using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator;

/// <summary>What consortium.json says of a member, as its institution says it by <c>PUT /v1/institution</c>.</summary>
internal static class InstitutionRecord
{
    /// <returns>The record; null where the description has no country, which each institution has.</returns>
    public static JsonObject? Of(InstitutionEntry member) => member.Country is null ? null : new()
    {
        ["name"] = member.Name,
        ["country"] = member.Country,
        ["did"] = $"did:web:{member.Domain}",
        ["website"] = member.Website,
    };
}
