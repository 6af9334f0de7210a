using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

/// <summary>What of a sample issuer's other software reads by its address: status lists, and our context.</summary>
internal static class SampleStatusLists
{
    /// <summary>Signs the lists that one credential stands in, as of now: libraries go by the clock.</summary>
    /// <returns>The lists by their addresses, and our context by its own.</returns>
    public static JsonObject Of(SampleIssuer issuer, byte[] document, bool isRevoked = false, bool isSuspended = false)
    {
        var range = issuer.Context.StatusList;
        int position = range.PositionOf((int)JsonNode.Parse(document)!["ledgerAnchor"]!["index"]!);
        string suspensions = new StatusListName(range.MspId, range.List, StatusPurpose.Suspension).UrlAt(range.Gateway);
        return new JsonObject
        {
            [range.Url] = Sign(issuer, range.Url, StatusPurpose.Revocation, isRevoked ? [position] : []),
            [suspensions] = Sign(issuer, suspensions, StatusPurpose.Suspension, isSuspended ? [position] : []),
            [PublishedContext.UrlAt(range.Gateway)] = JsonNode.Parse(PublishedContext.Document.Span),
        };
    }

    /// <summary>Signs the list that tokens name, valid whatever time a library goes by.</summary>
    public static string TokenOf(SampleIssuer issuer, byte[] document, bool isRevoked = false, bool isSuspended = false)
    {
        var range = issuer.Context.StatusList;
        int position = range.PositionOf((int)JsonNode.Parse(document)!["ledgerAnchor"]!["index"]!);
        var list = new TokenStatusList
        {
            Url = new StatusListName(range.MspId, range.List, StatusPurpose.Any).UrlAt(range.Gateway),
            IssuedAt = SampleIssuer.IssuedAt.AddDays(-2),
            ExpiresAt = SampleIssuer.IssuedAt.AddYears(20),
            TimeToLive = TimeSpan.FromMinutes(1),
            Statuses = TokenStatuses.Of(
                Bitstring.Of(Limits.StatusListSize, isRevoked ? [position] : []),
                Bitstring.Of(Limits.StatusListSize, isSuspended ? [position] : [])),
        };
        return Encoding.ASCII.GetString(list.SignJwt(new TokenKey(issuer.Key, issuer.Institution.Did, "key-1")));
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
