using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Attesting;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Keys;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A gateway whose keys lie in a PKCS#11 token: the issuer's, and those of its Fabric identities.</summary>
[Collection(SoftToken.Tests)]
public sealed class TokenKeyTests(LedgerFixture ledger) : IClassFixture<LedgerFixture>
{
    private const string RightPin = "pin-of-the-tests";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LedgerMember Member => ledger[LedgerFixture.Aurora];

    [Theory]
    [InlineData("P256")]
    [InlineData("Ed25519")]
    public async Task AllKeysInTheToken_EveryFormAndListAndStatement_IsSigned(string algorithm)
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(
            Member, [.. AllIn(token), $"IssuerKeyAlgorithm={algorithm}"]);
        await gateway.PrepareAsync();
        byte[] document = await gateway.IssueAsync("Token Holder");
        string id = GatewayHost.IdOf(document);
        byte[][] forms =
        [
            document, await ReadAsync(gateway, id, "application/vc"),
            await ReadAsync(gateway, id, "application/vc+jwt"),
            await ReadAsync(gateway, id, "application/dc+sd-jwt"), .. await IssueBatchAsync(gateway, 40),
        ];
        foreach (byte[] form in forms)
            Assert.Equal("valid", await gateway.VerdictAsync(form));

        // The list is signed by the same key; the status is a statement of its own on the ledger.
        string list = (string)JsonNode.Parse(document)!["credentialStatus"]!["statusListCredential"]!;
        string listPath = new Uri(list).PathAndQuery;
        string signed = await gateway.Anyone.GetStringAsync(listPath, Cancellation);
        Assert.Contains(
            (string)JsonNode.Parse(document)!["ledgerAnchor"]!["keyId"]!, signed, StringComparison.Ordinal);
        await GatewayHost.OkAsync(await gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        Assert.Equal("invalid", await gateway.VerdictAsync(document));

        Assert.Empty(IssuerKeyFilesOf(gateway));
        await gateway.RestartAsync();
        Assert.Equal("valid", await gateway.VerdictAsync(await gateway.IssueAsync("After The Restart")));
    }

    /// <summary>No token knows ML-DSA-44 yet: that half lies in a file, named after the key in the token.</summary>
    [Fact]
    public async Task KeyInTheToken_WithAHalfOfMlDsa_SignsAndIsRotatedAlsoAfterARestart()
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(
            ledger[LedgerFixture.Linden], [.. token.Settings, "IssuerKeyPlace=token", "MlDsa=own"]);
        await gateway.PrepareAsync();
        await gateway.RestartAsync();
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/institution/keys", new { }));
        byte[] document = await gateway.IssueAsync("Token Holder");
        Assert.Equal("valid", await gateway.VerdictAsync(document));
        string[] halves = Directory.GetFiles(gateway.DataDirectory, "key-*.ml-dsa.pem", SearchOption.AllDirectories);
        Assert.Equal(2, halves.Length);
        Assert.Contains(halves, file => file.Contains(
            (string)JsonNode.Parse(document)!["ledgerAnchor"]!["keyId"]!, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TokenTakenAway_IsSaidAndVerifyingGoesOn_AndAllIsWellOnceItIsBack(bool hasFabricKeys)
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(
            Member, hasFabricKeys ? AllIn(token) : [.. token.Settings, "IssuerKeyPlace=token"]);
        await gateway.PrepareAsync();
        byte[] before = await gateway.IssueAsync("Before");
        await ReadinessAsync(gateway, HttpStatusCode.OK);

        token.TakeAway();
        using (var refused = await gateway.PostAsync("/v1/credentials", GatewayHost.Row("While It Is Away")))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!;
            Assert.Equal("urn:microcreds:problem:key-unavailable", (string?)problem["type"]);
            Assert.Contains(token.Label, (string?)problem["detail"], StringComparison.Ordinal);
        }

        // The keys are asked every five seconds at most; other checks may fail before.
        JsonNode? check = null;
        await Until.TrueAsync(
            async () =>
            {
                var said = await ReadinessAsync(gateway, HttpStatusCode.ServiceUnavailable);
                check = said["checks"]!.AsArray().Single(one => (string?)one!["check"] == "key")!;
                return !(bool)check["ok"]!;
            },
            () => $"/readyz says nothing of the key: {check}");
        Assert.Contains(token.Label, (string?)check!["detail"], StringComparison.Ordinal);

        // Without the Fabric identity's key the peer cannot be asked whether this mirror is up to date.
        string verdict = await gateway.VerdictAsync(before);
        Assert.True(verdict == "valid" || (hasFabricKeys && verdict == "indeterminate"), verdict);

        token.PutBack();
        await ReadinessAsync(gateway, HttpStatusCode.OK);
        Assert.Equal("valid", await gateway.VerdictAsync(await gateway.IssueAsync("Once It Is Back")));
        Assert.DoesNotContain(RightPin, gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task BatchWhileTheTokenIsAway_IsIssuedOnceItIsBack()
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(Member, AllIn(token));
        await gateway.PrepareAsync();
        await gateway.IssueAsync("Before");
        token.TakeAway();
        string id = await PostBatchAsync(gateway, 3);
        await gateway.SaysAsAsync(GatewayHost.ApiKey, $"/v1/batches/{id}", token.Label);
        token.PutBack();
        await gateway.SaysAsAsync(GatewayHost.ApiKey, $"/v1/batches/{id}", "\"state\":\"issued\"");
    }

    [Fact]
    public async Task IssuerKeyInAFile_MovedByRotation_TheTokensSigns_AndWhatCameBeforeStands()
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(Member);
        await gateway.PrepareAsync();
        byte[] before = await gateway.IssueAsync("By The File");
        string[] store = gateway.More;
        gateway.More = [.. store, .. token.Settings, "IssuerKeyPlace=token"];
        await gateway.RestartAsync();
        Assert.Equal(KeyOf(before), KeyOf(await gateway.IssueAsync("Still By The File")));

        // What an operator has made in the token is taken, and nothing else is made.
        token.Ask("--delete-object", "--type", "privkey", "--label", $"{Member.MspId}-issuer");
        token.Ask("--delete-object", "--type", "pubkey", "--label", $"{Member.MspId}-issuer");
        await gateway.StopAsync();
        token.Ask(
            "--keypairgen", "--key-type", "EC:prime256v1", "--label", $"{Member.MspId}-issuer", "--id", "77",
            "--usage-sign", "--sensitive", "--private");
        await gateway.StartAsync();
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/institution/keys", new { }));
        byte[] after = await gateway.IssueAsync("By The Token");
        Assert.NotEqual(KeyOf(before), KeyOf(after));
        Assert.Single(token.Ask("--list-objects", "--type", "privkey").Split("Private Key Object")[1..]);

        await GatewayHost.OkAsync(await gateway.PostAsync(
            $"/v1/institution/keys/{KeyOf(before)}/revocation", new { }));
        File.Delete(IssuerKeyFilesOf(gateway).Single());
        await gateway.RestartAsync();
        Assert.Equal("valid", await gateway.VerdictAsync(before));
        Assert.Equal("valid", await gateway.VerdictAsync(after));
        Assert.Equal(KeyOf(after), KeyOf(await gateway.IssueAsync("Without The File")));
    }

    [Fact]
    public async Task RotatedAtOneGateway_TheOtherSignsWithTheNewKey()
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(Member, [.. token.Settings, "IssuerKeyPlace=token"]);
        await gateway.PrepareAsync();
        await using var other = await GatewayHost.StartAsync(Member, [.. token.Settings, "IssuerKeyPlace=token"]);
        string first = KeyOf(await other.IssueAsync("By The First"));
        Assert.Equal(first, KeyOf(await gateway.IssueAsync("By The First, Too")));
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/institution/keys", new { }));
        string second = KeyOf(await gateway.IssueAsync("By The Second"));
        Assert.NotEqual(first, second);
        await Until.TrueAsync(
            async () => KeyOf(await other.IssueAsync("At The Other")) == second,
            () => "The other gateway signs with the key from before.");
    }

    [Fact]
    public async Task StolenIssuerKeyInTheToken_Revoked_ANewOneTakesItsPlace()
    {
        using var token = SoftToken.Make();
        await using var gateway = await GatewayHost.StartAsync(Member, [.. token.Settings, "IssuerKeyPlace=token"]);
        await gateway.PrepareAsync();
        byte[] before = await gateway.IssueAsync("Before The Theft");
        var since = DateTimeOffset.UtcNow;
        byte[] after = await gateway.IssueAsync("After The Theft");
        await GatewayHost.OkAsync(await gateway.PostAsync(
            $"/v1/institution/keys/{KeyOf(after)}/revocation", new { compromisedSince = since }));
        Assert.Equal("valid", await gateway.VerdictAsync(before));
        Assert.Equal("invalid", await gateway.VerdictAsync(after));
        byte[] anew = await gateway.IssueAsync("By The New Key");
        Assert.NotEqual(KeyOf(after), KeyOf(anew));
        Assert.Equal("valid", await gateway.VerdictAsync(anew));
    }

    [Fact]
    public async Task Start_WrongPin_IsRefusedWithoutThePin()
    {
        using var token = SoftToken.Make();
        token.WritePin("wrong-pin-0000");
        var refused = await StartingAsync(AllIn(token, import: false));
        Assert.Contains("refused the PIN", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-pin", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AbsentToken_IsRefusedAndNamesThoseThere()
    {
        using var token = SoftToken.Make();
        var refused = await StartingAsync([.. token.Settings, "Pkcs11Token=misspelt"]);
        Assert.Contains($"\"{token.Label}\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoSuchFabricKey_IsRefused()
    {
        using var token = SoftToken.Make();
        var refused = await StartingAsync([.. token.Settings, "UserKey=pkcs11:object=none-such"]);
        Assert.Contains("\"none-such\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KeyOfAnotherCertificate_IsRefused()
    {
        using var token = SoftToken.Make();
        token.Import(Member.FilesOf("Admin").Key, "fabric-admin");
        var refused = await StartingAsync([.. token.Settings, "UserKey=pkcs11:object=fabric-admin"]);
        Assert.Contains("does not belong to the certificate", refused.Message, StringComparison.Ordinal);
    }

    // The log's own key signs no credentials, and is a file.
    private static IEnumerable<string> IssuerKeyFilesOf(GatewayHost gateway) =>
        Directory.GetFiles(gateway.DataDirectory, "*.pem", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != LogKey.FileName);

    private static string KeyOf(byte[] document) =>
        (string)JsonNode.Parse(document)!["ledgerAnchor"]!["keyId"]!;

    private static async Task<string> PostBatchAsync(GatewayHost gateway, int size)
    {
        var rows = new JsonArray([.. Enumerable.Range(0, size).Select(i => GatewayHost.Row($"Learner {i}"))]);
        using var answer = await GatewayHost.OkAsync(
            await gateway.PostAsync("/v1/batches", rows));
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["id"]!;
    }

    private static async Task<byte[][]> IssueBatchAsync(GatewayHost gateway, int size)
    {
        string id = await PostBatchAsync(gateway, size);
        await gateway.SaysAsAsync(GatewayHost.ApiKey, $"/v1/batches/{id}", "\"state\":\"issued\"");
        using var lines = new HttpRequestMessage(HttpMethod.Get, $"/v1/batches/{id}/credentials")
        {
            Headers = { { "Accept", "application/x-ndjson" } },
        };
        using var answer = await GatewayHost.OkAsync(await gateway.Registrar.SendAsync(lines, Cancellation));
        string[] given = (await answer.Content.ReadAsStringAsync(Cancellation)).Trim().Split('\n');
        Assert.Equal(size, given.Length);
        return [.. given.Take(3).Select(System.Text.Encoding.UTF8.GetBytes)];
    }

    private static async Task<byte[]> ReadAsync(GatewayHost gateway, string id, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}")
        {
            Headers = { { "Accept", accept } },
        };
        using var answer = await GatewayHost.OkAsync(await gateway.Registrar.SendAsync(request, Cancellation));
        return await answer.Content.ReadAsByteArrayAsync(Cancellation);
    }

    private static async Task<JsonNode> ReadinessAsync(GatewayHost gateway, HttpStatusCode status)
    {
        JsonNode? said = null;
        await Until.TrueAsync(
            async () =>
            {
                using var answer = await gateway.Anyone.GetAsync("/readyz", Cancellation);
                said = await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation);
                return answer.StatusCode == status;
            },
            () => $"/readyz is not {status}: {said}");
        return said!;
    }

    private async Task<OptionsException> StartingAsync(string[] settings)
    {
        var gateway = GatewayHost.Prepare(Member, settings);
        try
        {
            return await Assert.ThrowsAsync<OptionsException>(gateway.StartAsync);
        }
        finally
        {
            Directory.Delete(gateway.DataDirectory, recursive: true);
        }
    }

    private string[] AllIn(SoftToken token, bool import = true)
    {
        if (import)
        {
            token.Import(Member.FilesOf("User1").Key, "fabric-user");
            token.Import(Member.FilesOf("Admin").Key, "fabric-admin");
        }

        return
        [
            .. token.Settings, "IssuerKeyPlace=token", "UserKey=pkcs11:object=fabric-user",
            "AdminKey=pkcs11:object=fabric-admin",
        ];
    }
}
