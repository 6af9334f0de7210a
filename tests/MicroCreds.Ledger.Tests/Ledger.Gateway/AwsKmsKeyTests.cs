using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Keys;
using MicroCreds.Ledger.Keys.AwsKms;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Keys;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose keys lie with AWS KMS, for which moto stands in.</summary>
public sealed class AwsKmsKeyTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AllKeysWithTheService_IssuesRotatesAndSaysWhenItIsGone()
    {
        using var server = await KmsServer.StartAsync();
        var member = ledger[LedgerFixture.Aurora];
        string folder = Directory.CreateTempSubdirectory("certificates-").FullName;
        try
        {
            await using var keys = new AwsKmsKeys(server.Options);
            var fabric = await keys.CreateAsync("fabric-user", KeyKind.P256, Cancellation);
            string alias = Assert.Single(await keys.ListAsync("fabric-user", Cancellation)).Name.Split(' ')[0];
            await using var gateway = await GatewayHost.StartAsync(
                member, [.. server.Settings, "IssuerKeyPlace=awskms", $"UserKey=awskms:{alias}",
                    $"UserCert={NextCertificate.Write(member, "User1", fabric, folder)}"]);
            await gateway.PrepareAsync();
            byte[] first = await gateway.IssueAsync("Cloud Holder");
            await GatewayHost.OkAsync(await gateway.PostAsync("/v1/institution/keys", new { }));
            byte[] second = await gateway.IssueAsync("By The Next Key");
            Assert.Equal("valid", await gateway.VerdictAsync(first));
            Assert.Equal("valid", await gateway.VerdictAsync(second));
            Assert.NotEqual(
                (string?)JsonNode.Parse(first)!["ledgerAnchor"]!["keyId"],
                (string?)JsonNode.Parse(second)!["ledgerAnchor"]!["keyId"]);
            Assert.Equal(2, (await keys.ListAsync($"{member.MspId}-issuer", Cancellation)).Count);

            server.Stop();
            using var refused = await gateway.PostAsync("/v1/credentials", GatewayHost.Row("While It Is Gone"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal(
                "urn:microcreds:problem:key-unavailable",
                (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["type"]);
            Assert.NotEqual("invalid", await gateway.VerdictAsync(first));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Signatures_AreAsManyAsTheProcedureSays()
    {
        using var server = await KmsServer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            ledger[LedgerFixture.Linden], [.. server.Settings, "IssuerKeyPlace=awskms"]);
        await gateway.PrepareAsync();
        byte[] document = [];
        string address = "";
        await AssertSignaturesAsync(server, 2, async () => document = await gateway.IssueAsync("Counted"));
        address = $"/v1/credentials/{GatewayHost.IdOf(document)}";
        await AssertSignaturesAsync(server, 0, () => ReadAsync(gateway, address, "application/vc"));
        await AssertSignaturesAsync(server, 1, () => ReadAsync(gateway, address, "application/vc+jwt"));
        await AssertSignaturesAsync(server, 1, () => ReadAsync(gateway, address, "application/dc+sd-jwt"));
        string batch = "";
        await AssertSignaturesAsync(server, 1, async () =>
        {
            var rows = new JsonArray([.. Enumerable.Range(0, 30).Select(i => GatewayHost.Row($"Learner {i}"))]);
            using var accepted = await GatewayHost.OkAsync(await gateway.PostAsync("/v1/batches", rows));
            batch = accepted.Headers.Location!.ToString();
            await gateway.SaysAsAsync(GatewayHost.ApiKey, batch, "\"state\":\"issued\"");
        });
        await AssertSignaturesAsync(
            server, 30, () => ReadAsync(gateway, $"{batch}/credentials?pageSize=30", "application/json"));
        await AssertSignaturesAsync(server, 1, async () => await GatewayHost.OkAsync(
            await gateway.PostAsync($"{address}/revocation", new { reason = "issuedInError" })));
        string list = new Uri(
            (string)JsonNode.Parse(document)!["credentialStatus"]!["statusListCredential"]!).PathAndQuery;
        await AssertSignaturesAsync(server, 1, () => ReadAsync(gateway, list, "*/*"));
        await AssertSignaturesAsync(server, 0, () => ReadAsync(gateway, list, "*/*"));
    }

    private static async Task AssertSignaturesAsync(KmsServer server, int expected, Func<Task> act)
    {
        int before = server.Signatures;
        await act();

        // What it tells comes through a pipe, and may be a moment behind.
        await Until.TrueAsync(
            () => Task.FromResult(server.Signatures - before >= expected),
            () => $"{server.Signatures - before} signatures, and not {expected}");
        Assert.Equal(expected, server.Signatures - before);
    }

    private static async Task ReadAsync(GatewayHost gateway, string path, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", accept } } };
        using var answer = await GatewayHost.OkAsync(await gateway.Registrar.SendAsync(request, Cancellation));
    }
}
