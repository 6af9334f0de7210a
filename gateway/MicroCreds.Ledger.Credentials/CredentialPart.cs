using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace MicroCreds.Ledger.Credentials;

/// <summary>
/// A credential that another one is made up of. It stands there as evidence: by its identifier and its place on the
/// ledger, with nothing of what it says about the learner.
/// </summary>
/// <param name="Id">The credential's identifier, <c>urn:uuid:…</c>.</param>
/// <param name="Title">The achievement's title.</param>
/// <param name="MspId">The institution that issued it.</param>
/// <param name="Root">The root of its issuance.</param>
/// <param name="Index">Its index in that tree.</param>
public sealed partial record CredentialPart(string Id, string Title, string MspId, string Root, int Index)
{
    /// <summary>Tells this kind of evidence from others.</summary>
    public const string Genre = "PathwayPart";

    /// <summary>Whether it names a place on a ledger.</summary>
    public bool HasPlace => MspId.Length > 0;

    internal JsonNode ToEvidence() => new JsonObject
    {
        ["id"] = Id,
        ["type"] = new JsonArray("Evidence"),
        ["name"] = Title,
        ["genre"] = Genre,
        ["description"] = string.Create(
            CultureInfo.InvariantCulture, $"Issued by {MspId}, anchored on the ledger at {Root}.{Index}"),
    };

    /// <summary>
    /// Reads the parts out of what is shown of a credential's evidence. One that does not say where it is stands among
    /// them without a place, so that it is not taken for none.
    /// </summary>
    internal static IReadOnlyList<CredentialPart> Of(ReadOnlyMemory<byte>? evidence)
    {
        if (evidence is not { } text) return [];

        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Array) return [];
        return [.. document.RootElement.EnumerateArray().Where(item => Text(item, "genre") == Genre).Select(Read)];
    }

    // Open Badges has no member for a place, so that it stands in the description: read exactly as it is written above.
    private static CredentialPart Read(JsonElement evidence)
    {
        string id = Text(evidence, "id");
        string title = Text(evidence, "name");
        var place = Place().Match(Text(evidence, "description"));
        return place.Success
            && int.TryParse(place.Groups["index"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? new CredentialPart(id, title, place.Groups["mspId"].Value, place.Groups["root"].Value, index)
            : new CredentialPart(id, title, "", "", 0);
    }

    private static string Text(JsonElement evidence, string name) =>
        evidence.ValueKind == JsonValueKind.Object && evidence.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    [GeneratedRegex(
        @"\AIssued by (?<mspId>\S{1,64}), anchored on the ledger at (?<root>[0-9a-f]{64})\.(?<index>[0-9]{1,7})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
