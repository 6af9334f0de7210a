using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Interoperability;

/// <summary>What a sample issuer has on the web, by address and media type, in base64.</summary>
internal static class SampleWeb
{
    private const string Json = "application/json";

    /// <summary>Gives it with the lists that one credential stands in, signed as of now: libraries go by the clock.
    /// </summary>
    public static async Task<JsonObject> OfAsync(
        SampleIssuer issuer, byte[] document, TokenKey key, bool isRevoked, bool isSuspended)
    {
        string did = issuer.Institution.Did;
        string gateway = issuer.Context.StatusList.Gateway;
        string host = IssuerIdentity.UrlOf(did)!;
        var web = new JsonObject
        {
            [host + "/.well-known/did.json"] =
                Page("application/did+json", IssuerIdentity.DidDocument(issuer.Institution)),
            [host + "/.well-known/jwt-vc-issuer"] =
                Page(Json, IssuerIdentity.VcIssuerMetadata(issuer.Institution, did)),
            [PublishedContext.UrlAt(gateway)] =
                Page(PublishedContext.MediaType, PublishedContext.Document.ToArray()),
            [gateway + "/.well-known/vct" + CredentialType.Path] = Page(Json, CredentialType.MetadataAt(gateway)),
        };
        var entry = JsonNode.Parse(document)!["credentialStatus"]!;
        int position = int.Parse(
            (string)entry["statusListIndex"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert(StatusListName.TryReadUrl((string)entry["statusListCredential"]!, out var name));
        var revoked = Bitstring.Of(Limits.StatusListSize, isRevoked ? [position] : []);
        var suspended = Bitstring.Of(Limits.StatusListSize, isSuspended ? [position] : []);
        await AddCredentialAsync(web, name! with { Purpose = StatusPurpose.Revocation }, gateway, revoked, key);
        await AddCredentialAsync(web, name with { Purpose = StatusPurpose.Suspension }, gateway, suspended, key);
        var token = TokenListOf(name, gateway, revoked, suspended);
        web[token.Url] = new JsonObject
        {
            [TokenStatusList.JwtMediaType] = Convert.ToBase64String(await token.SignJwtAsync(key)),
            [TokenStatusList.CwtMediaType] = Convert.ToBase64String(await token.SignCwtAsync(key)),
        };
        return web;
    }

    /// <summary>Makes the list that tokens name.</summary>
    public static TokenStatusList TokenListOf(
        StatusListName name, string gateway, Bitstring revoked, Bitstring suspended) => new()
        {
            Url = (name with { Purpose = StatusPurpose.Any }).UrlAt(gateway),
            IssuedAt = TimeProvider.System.GetUtcNow().AddSeconds(-1),
            ExpiresAt = TimeProvider.System.GetUtcNow().AddHours(1),
            TimeToLive = TimeSpan.FromMinutes(1),
            Statuses = TokenStatuses.Of(revoked, suspended),
        };

    private static async Task AddCredentialAsync(
        JsonObject web, StatusListName name, string gateway, Bitstring bits, TokenKey key)
    {
        var list = new StatusListCredential
        {
            Url = name.UrlAt(gateway),
            Purpose = name.Purpose,
            Issuer = key.Did,
            ValidFrom = TimeProvider.System.GetUtcNow().AddSeconds(-1),
            ValidUntil = TimeProvider.System.GetUtcNow().AddHours(1),
            TimeToLive = TimeSpan.FromMinutes(1),
            Bits = bits,
        };
        web[list.Url] = new JsonObject
        {
            ["application/vc"] = Convert.ToBase64String(await list.SignAsync(key.Signer, key.KeyId)),
            ["application/vc+jwt"] = Convert.ToBase64String(await list.SignVcJwtAsync(key)),
        };
    }

    private static JsonObject Page(string mediaType, JsonNode content) =>
        Page(mediaType, Encoding.UTF8.GetBytes(content.ToJsonString()));

    private static JsonObject Page(string mediaType, byte[] content) =>
        new() { [mediaType] = Convert.ToBase64String(content) };

    private static void Assert(bool isSo) => Xunit.Assert.True(isSo);
}
