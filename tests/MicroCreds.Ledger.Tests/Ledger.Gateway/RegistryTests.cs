using System.Net.Http.Json;
using System.Net;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class RegistryTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Fact]
    public async Task Institutions_PageByPage_HaveTheirKeys()
    {
        var mspIds = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await ReadAsync($"/v1/institutions?pageSize=1&after={after}");
            mspIds.Add((string)page["items"]![0]!["mspId"]!);
            Assert.NotEmpty(page["items"]![0]!["keys"]!.AsArray());
            after = (string?)page["next"];
        }

        Assert.Equal(mspIds.Distinct().Order(StringComparer.Ordinal), mspIds);
        Assert.Subset(mspIds.ToHashSet(), new HashSet<string> { GatewaysFixture.Aurora, GatewaysFixture.Linden });
        var history = await ReadAsync($"/v1/institutions/{GatewaysFixture.Aurora}/history");
        Assert.True(history["items"]!.AsArray().Count >= 2);
    }

    [Fact]
    public async Task Keys_RotatedAndWithdrawn_OldCredentialsStandAndNewOnesCarryTheNewKey()
    {
        byte[] before = await _issuer.IssueAsync("Before Rotation");
        string oldKey = KeyOf(before);
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/institution/keys", new { }));
        byte[] after = await _issuer.IssueAsync("After Rotation");
        Assert.NotEqual(oldKey, KeyOf(after));

        await GatewayHost.OkAsync(await _issuer.Registrar.PostAsync(
            $"/v1/institution/keys/{oldKey}/revocation", null, TestContext.Current.CancellationToken));
        Assert.Equal("valid", await _issuer.VerdictAsync(before));
        Assert.Equal("valid", await _issuer.VerdictAsync(after));
    }

    [Fact]
    public async Task Keys_TheOneThatSignsIsCompromised_WhatCameBeforeStandsWithANotice()
    {
        byte[] before = await _issuer.IssueAsync("Before Theft");
        string key = KeyOf(before);
        using var revoked = await GatewayHost.OkAsync(await _issuer.PostAsync(
            $"/v1/institution/keys/{key}/revocation", new { compromisedSince = DateTimeOffset.UtcNow }));
        var verdict = await _issuer.VerifyAsync(before);
        Assert.True((string?)verdict["verdict"] == "valid", verdict.ToJsonString());
        Assert.NotEmpty(verdict["notices"]!.AsArray());
        byte[] after = await _issuer.IssueAsync("After Theft");
        Assert.NotEqual(key, KeyOf(after));
        Assert.Equal("valid", await _issuer.VerdictAsync(after));
    }

    [Fact]
    public async Task Achievements_VersionsAndRetirement()
    {
        using var first = await _issuer.PostAsync("/v1/achievements", GatewayHost.Achievement("versioned"));
        using var same = await _issuer.PostAsync("/v1/achievements", GatewayHost.Achievement("versioned"));
        using var second = await _issuer.PostAsync("/v1/achievements", GatewayHost.Achievement("versioned", 2));
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        var other = GatewayHost.Achievement("versioned");
        other["name"] = "Another title";
        using var changed = await _issuer.PostAsync("/v1/achievements", other);
        Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);

        Assert.Equal(2, (int)(await ReadAsync("/v1/achievements/AuroraMSP/versioned"))["version"]!);
        await GatewayHost.OkAsync(await _issuer.PostAsync("/v1/achievements/versioned/2/retirement", new { }));
        using var newest = await _issuer.PostAsync("/v1/credentials", GatewayHost.Row("Too Late", "versioned"));
        using var older = await _issuer.PostAsync("/v1/credentials", GatewayHost.Row("In Time", "versioned@1"));
        Assert.Equal(HttpStatusCode.BadRequest, newest.StatusCode);
        Assert.Equal(HttpStatusCode.Created, older.StatusCode);
        using var unknown = await _issuer.PostAsync("/v1/achievements/versioned/9/retirement", new { });
        Assert.False(unknown.IsSuccessStatusCode);
        Assert.InRange((int)unknown.StatusCode, 400, 499);
    }

    [Fact]
    public async Task Achievements_PageByPage_GiveEachOnce()
    {
        for (int i = 0; i < 5; i++)
            await GatewayHost.OkAsync(
                await _issuer.PostAsync("/v1/achievements", GatewayHost.Achievement($"page-{i}")));
        var names = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await ReadAsync($"/v1/achievements?mspId=AuroraMSP&pageSize=2&after={after}");
            names.AddRange(page["items"]!.AsArray().Select(item => $"{item!["id"]}@{item["version"]}"));
            after = (string?)page["next"];
        }

        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.Equal(5, names.Count(name => name.StartsWith("page-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ready_NamesWhatIsMissing()
    {
        await using var ledger = new LedgerFixture();
        await ledger.InitializeAsync();
        await using var fresh = await GatewayHost.StartAsync(ledger[GatewaysFixture.Meridian]);
        using var answer = await fresh.Anyone.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var readiness = await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken);
        Assert.False((bool)readiness!["checks"]!.AsArray()
            .Single(check => (string?)check!["check"] == "institution")!["ok"]!);
        using var issued = await fresh.PostAsync("/v1/credentials", GatewayHost.Row("Too Early"));
        Assert.InRange((int)issued.StatusCode, 400, 499);
        using var ready = await GatewayHost.OkAsync(
            await _issuer.Anyone.GetAsync("/readyz", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Metrics_CountWhatHappened()
    {
        byte[] document = await _issuer.IssueAsync("Counted Learner");
        await _issuer.VerifyAsync(document);
        string text = await _issuer.Anyone.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("microcreds_credentials_issued", text, StringComparison.Ordinal);
        Assert.Contains("microcreds_verifications_total{verdict=\"valid\"}", text, StringComparison.Ordinal);
        Assert.Contains("microcreds_projection_block", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Counted Learner", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_EveryOperationHasASummaryAndEveryBodyAnExample()
    {
        // But for what takes a credential as it was received, in any of its forms.
        var document = await ReadAsync("/openapi/v1.json");
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
            {
                Assert.True(operation!["summary"] is not null, $"{method} {path} has no summary");
                if (operation["requestBody"]?["content"]?["application/json"] is { } body
                    && path is not ("/v1/verifications" or "/v1/bundles" or "/v1/recognitions"))
                    Assert.True(body["example"] is not null, $"{method} {path} has no example");
            }
        }
    }

    private static string KeyOf(byte[] document) => (string)JsonNode.Parse(document)!["ledgerAnchor"]!["keyId"]!;

    private async Task<JsonNode> ReadAsync(string path) =>
        (await _issuer.Anyone.GetFromJsonAsync<JsonNode>(path, TestContext.Current.CancellationToken))!;
}
