using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Gateway.Sharing;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a thief issued with an institution's key: whoever answers about it says the same.</summary>
public sealed class StolenKeyTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IssuedAfterTheTheft_IsRefusedByAllWhoAnswer_AndWhatCameBeforeStands()
    {
        byte[] before = await _issuer.IssueAsync("Before Theft");
        var stolen = DateTimeOffset.UtcNow;
        byte[] after = await _issuer.IssueAsync("Thief's Own");
        string key = (string)JsonNode.Parse(after)!["ledgerAnchor"]!["keyId"]!;
        Assert.Equal("ownAward", await RecognizedAsync(after));
        await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/institution/keys/{key}/revocation", new { compromisedSince = stolen }));

        Assert.Equal("invalid", await _issuer.VerdictAsync(after));
        Assert.Equal("notValid", await RecognizedAsync(after));
        Assert.True(await IsListedAsRevokedAsync(after), "software that goes by the status list takes it");

        // What a learner has of them says the same.
        Guid[] ids =
            [.. new[] { before, after }.Select(one => Guid.Parse(GatewayHost.IdOf(one)["urn:uuid:".Length..]))];
        var shown = _issuer.Services.GetRequiredService<TranscriptViews>().Of(ids, showsName: false);
        Assert.Equal(
            [("inForce", ids[0]), ("notValid", ids[1])],
            shown.Items.Select(one => (one.State, Guid.Parse(one.Id["urn:uuid:".Length..]))).OrderBy(one => one.State));
        var records = _issuer.Services.GetRequiredService<LearnerRecords>();
        Assert.NotNull(await records.FindAsync(ids[0], Cancellation));
        Assert.Null(await records.FindAsync(ids[1], Cancellation));

        Assert.Equal("valid", await _issuer.VerdictAsync(before));
        Assert.Equal("ownAward", await RecognizedAsync(before));
        Assert.False(await IsListedAsRevokedAsync(before), "what came before the theft is listed as revoked");
    }

    private async Task<string?> RecognizedAsync(byte[] document)
    {
        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        var report = await _issuer.Anyone.GetFromJsonAsync<JsonNode>(
            $"/v1/recognitions?credential={anchor["mspId"]}.{anchor["root"]}.{anchor["index"]}"
            + $"&institution={_issuer.MspId}",
            Cancellation);
        return (string?)report!["items"]![0]!["recognitions"]![0]!["code"];
    }

    private async Task<bool> IsListedAsRevokedAsync(byte[] document)
    {
        var status = JsonNode.Parse(document)!["credentialStatus"]!;
        Assert.True(StatusListName.TryReadUrl((string)status["statusListCredential"]!, out var name));
        var institution = (await _issuer.Anyone.GetFromJsonAsync<Institution>(
            "/v1/institution", LedgerJson.Options, Cancellation))!;
        name = name! with { Purpose = StatusPurpose.Revocation };
        var query = new StatusListQuery
        {
            Url = _issuer.Anyone.BaseAddress!.ToString().TrimEnd('/') + name.UrlAt(""),
            Purpose = name.Purpose,
            Issuer = institution.Did,
            FindKey = id => institution.Keys.FirstOrDefault(key => key.Id == id) is { } key
                ? Multikey.Parse(key.PublicKeyMultibase)
                : null,
            FetchedAt = TimeProvider.System.GetUtcNow(),
        };
        byte[] list = await _issuer.Anyone.GetByteArrayAsync(name.UrlAt(""), Cancellation);
        return new StatusListReader(TimeProvider.System).Read(list, query).Bits[int.Parse(
            (string)status["statusListIndex"]!, System.Globalization.CultureInfo.InvariantCulture)];
    }
}
