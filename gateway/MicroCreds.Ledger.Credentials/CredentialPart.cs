using System.Text.Json.Nodes;

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
public sealed record CredentialPart(string Id, string Title, string MspId, string Root, int Index)
{
    /// <summary>Tells this kind of evidence from others.</summary>
    public const string Genre = "PathwayPart";

    internal JsonNode ToEvidence() => new JsonObject
    {
        ["id"] = Id,
        ["type"] = new JsonArray("Evidence"),
        ["name"] = Title,
        ["genre"] = Genre,
        ["description"] = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"Issued by {MspId}, anchored on the ledger at {Root}.{Index}"),
    };
}
