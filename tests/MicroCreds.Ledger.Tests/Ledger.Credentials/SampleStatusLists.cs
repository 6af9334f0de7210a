using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>A sample issuer's status lists, by their addresses, as other software reads them.</summary>
internal static class SampleStatusLists
{
    /// <summary>Signs the lists that one credential stands in, as of now: libraries go by the clock.</summary>
    public static JsonObject Of(SampleIssuer issuer, byte[] document, bool isRevoked = false, bool isSuspended = false)
    {
        var range = issuer.Context.StatusList;
        int position = range.PositionOf((int)JsonNode.Parse(document)!["ledgerAnchor"]!["index"]!);
        string suspensions = new StatusListName(range.MspId, range.List, StatusPurpose.Suspension).UrlAt(range.Gateway);
        return new JsonObject
        {
            [range.Url] = Sign(issuer, range.Url, StatusPurpose.Revocation, isRevoked ? [position] : []),
            [suspensions] = Sign(issuer, suspensions, StatusPurpose.Suspension, isSuspended ? [position] : []),
        };
    }

    private static JsonNode Sign(SampleIssuer issuer, string url, string purpose, int[] indexes) => JsonNode.Parse(
        new StatusListCredential
        {
            Url = url,
            Purpose = purpose,
            Issuer = issuer.Institution.Did,
            ValidFrom = TimeProvider.System.GetUtcNow().AddSeconds(-1),
            ValidUntil = TimeProvider.System.GetUtcNow().AddHours(1),
            TimeToLive = TimeSpan.FromMinutes(1),
            Bits = Bitstring.Of(Limits.StatusListSize, indexes),
        }.Sign(issuer.Key, "key-1"))!;
}
