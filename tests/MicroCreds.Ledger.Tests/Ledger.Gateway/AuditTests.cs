using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Tables;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Who did what: every write, and every reading of personal data, in a chain.</summary>
public sealed class AuditTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static readonly string[] AuditorAlone = ["auditor"];

    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Endpoints_ThatWriteOrAskForALogin_SayWhatTheLogCallsThem()
    {
        var endpoints = _gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
        string[] silent =
        [
            .. endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAuthorizeData>() is not null
                    || endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Any(
                        method => method is not ("GET" or "HEAD")))
                .Where(endpoint => endpoint.Metadata.GetMetadata<AuditedAction>() is null
                    && endpoint.Metadata.GetMetadata<UnauditedAction>() is null)
                .Select(endpoint => endpoint.DisplayName!),
        ];
        Assert.Empty(silent);
        Assert.DoesNotContain(
            endpoints, endpoint => endpoint.Metadata.GetMetadata<AuditedAction>() is not null
                && endpoint.Metadata.GetMetadata<UnauditedAction>() is not null);
    }

    [Fact]
    public async Task Issuing_Reading_Revoking_AreNoted_WithWhoAndWhatBecameOfIt()
    {
        byte[] document = await _gateway.IssueAsync("Noted Learner");
        string id = GatewayHost.IdOf(document);
        await GatewayHost.OkAsync(await _gateway.Registrar.GetAsync($"/v1/credentials/{id}", Cancellation));
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "withdrawn" }));
        using var again = await _gateway.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "other" });
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        string place = $"credential:{anchor["root"]}.{anchor["index"]}";
        var entries = await OutcomesAsync($"credential={id}", 4);
        Assert.Equal(
            ["credential.revoke 409 conflict", "credential.revoke 200 ", "credential.read 200 ",
                "credential.issue 201 "],
            entries.Select(one => $"{one["action"]} {one["status"]} {one["problem"]}"));
        Assert.All(entries, one =>
        {
            Assert.Equal(place, (string?)one["subject"]);
            Assert.Equal("bootstrap", (string?)one["actor"]!["name"]);
            Assert.Equal("key", (string?)one["actor"]!["kind"]);
            Assert.Equal("127.0.0.1", (string?)one["from"]);
        });

        // Whoever has a role is told who acted; the public is not.
        string told = await _gateway.Registrar.GetStringAsync($"/v1/credentials/{id}/status", Cancellation);
        var history = JsonNode.Parse(told)!;
        Assert.Equal("bootstrap", (string?)history["items"]![0]!["actor"]!["name"]);
        Assert.Equal("bootstrap", (string?)history["issuedBy"]!["name"]);
        string open = await _gateway.Anyone.GetStringAsync($"/v1/credentials/{id}/status", Cancellation);
        Assert.DoesNotContain("bootstrap", open, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_KnowsWhoAskedForIt()
    {
        JsonObject[] rows = [GatewayHost.Row("First of Two"), GatewayHost.Row("Second of Two")];
        using var accepted = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/batches", rows));
        var batch = JsonNode.Parse(await accepted.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal("bootstrap", (string?)batch["actor"]!["name"]);
        string read = await _gateway.Registrar.GetStringAsync($"/v1/batches/{batch["id"]}", Cancellation);
        Assert.Equal("bootstrap", (string?)JsonNode.Parse(read)!["actor"]!["name"]);
        var entries = await OutcomesAsync($"subject=batch:{batch["id"]}", 2);
        Assert.Equal(["batch.read", "batch.issue"], entries.Select(one => (string?)one["action"]));
    }

    [Fact]
    public async Task Refused_ForLackOfARole_IsNoted_AndAStrangerLeavesNoTrace()
    {
        using var anyone = await _gateway.Anyone.PostAsync("/v1/api-keys", GatewayHost.Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anyone.StatusCode);

        var (id, secret) = await NewKeyAsync("Only audits", AuditorAlone);
        using var auditor = _gateway.With(secret);
        using var refused = await auditor.PostAsync("/v1/api-keys", GatewayHost.Json("{}"), Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var read = await auditor.GetAsync("/v1/institution", Cancellation);
        Assert.Equal(HttpStatusCode.OK, (await auditor.GetAsync("/v1/audit", Cancellation)).StatusCode);
        var entry = Assert.Single(await OutcomesAsync($"actor={id}&action=api-key.make", 1));
        Assert.Equal((403, "forbidden"), ((int)entry["status"]!, (string?)entry["problem"]));
        // The stranger asked before the auditor, so what he left would stand before the auditor's own entry.
        const string Made = "/v1/audit?action=api-key.make&pageSize=100";
        Assert.DoesNotContain(
            JsonNode.Parse(await _gateway.Registrar.GetStringAsync(Made, Cancellation))!["items"]!.AsArray(),
            one => (int?)one!["entry"]!["status"] == 401 || one["entry"]!["actor"] is null);
        var (_, issuer) = await NewKeyAsync("Issues", ["issuer"]);
        using var other = _gateway.With(issuer);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync("/v1/audit", Cancellation)).StatusCode);
    }

    [Fact]
    public async Task Address_WithAPersonInIt_IsNotWrittenDown()
    {
        const string Name = "Zoraida Quintanilla";
        using var read = await _gateway.Registrar.GetAsync(
            $"/v1/credentials/{Uri.EscapeDataString(Name)}?x={Name}", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, read.StatusCode);
        using var alone = await _gateway.Registrar.GetAsync(
            $"/v1/credentials/{Uri.EscapeDataString(Name)}", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, alone.StatusCode);
        using var key = await _gateway.Registrar.DeleteAsync(
            $"/v1/api-keys/{Uri.EscapeDataString(Name)}", Cancellation);
        string kept = string.Concat(await KeptAsync());
        Assert.DoesNotContain("Zoraida", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("Quintanilla", kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erased_LeavesNothingOfThePersonInTheLog()
    {
        const string Name = "Filippa Ferrante";
        byte[] document = await _gateway.IssueAsync(Name);
        string id = GatewayHost.IdOf(document);
        await GatewayHost.OkAsync(await _gateway.Registrar.GetAsync($"/v1/credentials/{id}", Cancellation));
        using var erased = await _gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, erased.StatusCode);
        var anchor = JsonNode.Parse(document)!["ledgerAnchor"]!;
        await OutcomesAsync($"subject=credential:{anchor["root"]}.{anchor["index"]}&action=credential.erase", 1);
        string kept = string.Concat(await KeptAsync());
        Assert.DoesNotContain("Ferrante", kept, StringComparison.Ordinal);
        Assert.DoesNotContain(id["urn:uuid:".Length..], kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE audit_entry SET entry = replace(entry, 'bootstrap', 'somebody') WHERE number = $0", "altered")]
    [InlineData("DELETE FROM audit_entry WHERE number = $0", "missing")]
    [InlineData("DELETE FROM audit_entry WHERE number >= $0", "missing")]
    [InlineData("UPDATE audit_entry SET hash = 'x' WHERE number = $0", "altered")]
    [InlineData("UPDATE audit_entry SET entry = 'x' WHERE number = $0", "altered")]
    [InlineData("UPDATE audit_entry SET action = 'x' WHERE number = $0", "found by")]
    [InlineData("UPDATE audit_entry SET at = 1 WHERE number = $0", "found by")]
    public async Task Chain_ThatWasTamperedWith_SaysWhere(string change, string says)
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        for (int i = 0; i < 5; i++)
            await gateway.PostAsync("/v1/api-keys", new { name = "x", roles = AuditorAlone });
        var chain = gateway.Services.GetRequiredService<AuditChain>();
        var log = gateway.Services.GetRequiredService<AuditLog>();
        await Until.TrueAsync(() => Task.FromResult(log.ReadHead().Number >= 11), () => $"{log.ReadHead()}");
        var whole = chain.Verify();
        Assert.True(whole.Whole, whole.Fault);
        Assert.True(chain.Verify((whole.Number, whole.Hash)).Whole);
        Assert.False(chain.Verify((whole.Number, new string('0', 64))).Whole);

        // One of the registrar's: among them stand what the gateway did by itself, whenever that came.
        long number = 0;
        await gateway.Services.GetRequiredService<GatewayStore>().Database.WriteAsync(connection =>
        {
            using var find = connection.Prepare(
                "SELECT min(number) FROM audit_entry WHERE number >= 4 AND entry LIKE '%bootstrap%'", 0);
            number = (long)find.ExecuteScalar()!;
            using var tamper = connection.Prepare(change, 1);
            Assert.True(tamper.With(number).ExecuteNonQuery() > 0);
        });
        var broken = chain.Verify();
        Assert.False(broken.Whole);
        Assert.Equal(number, broken.BrokenAt);
        Assert.Contains(says, broken.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Old_EntriesGo_FromTheFrontAlone_AndTheRestStillVerifies()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        for (int i = 0; i < 3; i++)
            await gateway.PostAsync("/v1/api-keys", new { name = "x", roles = AuditorAlone });
        var log = gateway.Services.GetRequiredService<AuditLog>();
        var chain = gateway.Services.GetRequiredService<AuditChain>();
        await Until.TrueAsync(() => Task.FromResult(log.ReadHead().Number >= 7), () => $"{log.ReadHead()}");
        Assert.Equal(0, await log.PruneAsync(TimeSpan.FromDays(3653)));
        var database = gateway.Services.GetRequiredService<GatewayStore>().Database;
        long fifth = log.ReadOn(4, 1).Single().At;
        await RunAsync(database, "UPDATE audit_entry SET at = 1 WHERE number IN (1, 2, 3, 5)");
        Assert.Equal(3, await log.PruneAsync(TimeSpan.FromDays(3653)));
        await RunAsync(database, $"UPDATE audit_entry SET at = {fifth} WHERE number = 5");
        var verdict = chain.Verify();
        Assert.True(verdict.Whole, verdict.Fault);
        Assert.Equal(3, verdict.DroppedUpTo);
        Assert.Equal("audit.prune", log.List(new AuditFilter(null, null, null, null, null), long.MaxValue, 1)
            .Single().Entry.Action);
        await gateway.RestartAsync();
        Assert.True(gateway.Services.GetRequiredService<AuditChain>().Verify().Whole);
    }

    [Fact]
    public async Task Write_ThatCannotBeNoted_IsRefusedBeforeItIsDone()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        var database = gateway.Services.GetRequiredService<GatewayStore>().Database;
        await RunAsync(database, "ALTER TABLE audit_entry RENAME TO audit_elsewhere");
        using var refused = await gateway.PostAsync("/v1/api-keys", new { name = "Unnoted", roles = AuditorAlone });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains(
            "not-audited", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        await gateway.SaysAsync("/readyz", "Nothing can be added to the audit log");
        string keys = await gateway.Registrar.GetStringAsync("/v1/api-keys", Cancellation);
        Assert.DoesNotContain("Unnoted", keys, StringComparison.Ordinal);
        await RunAsync(database, "ALTER TABLE audit_elsewhere RENAME TO audit_entry");
        object noted = new { name = "Noted", roles = AuditorAlone };
        await GatewayHost.OkAsync(await gateway.PostAsync("/v1/api-keys", noted));
        Assert.True(gateway.Services.GetRequiredService<AuditChain>().Verify().Whole);
    }

    [Fact]
    public async Task Ready_AuditLogWithoutAHead_IsNotReady_AndLookingAddsNoEntry()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Meridian]);
        var log = gateway.Services.GetRequiredService<AuditLog>();
        await log.RehearseAsync();

        // Not the head's number before and after: a gateway that started notes what it registers meanwhile.
        Assert.Empty(log.List(new AuditFilter(null, "audit.rehearse", null, null, null), long.MaxValue, 1));
        Assert.True(gateway.Services.GetRequiredService<AuditChain>().Verify().Whole);
        await RunAsync(gateway.Services.GetRequiredService<GatewayStore>().Database, "DELETE FROM audit_head");
        string said = await gateway.SaysAsync("/readyz", "The audit log has lost its head: restore the store.");
        Assert.Contains("\"notReady\"", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_IsTheChainItself_AndItsTableHoldsNoFormula()
    {
        var (id, secret) = await NewKeyAsync("=HYPERLINK(\"http://evil.example\")", AuditorAlone);
        using var auditor = _gateway.With(secret);
        await auditor.GetAsync("/v1/audit", Cancellation);
        await OutcomesAsync($"actor={id}", 1);
        string lines = await auditor.GetStringAsync("/v1/audit/export?format=jsonl", Cancellation);
        string previous = "";
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = JsonNode.Parse(line)!;
            Assert.True(previous.Length == 0 || previous == (string?)entry["previous"]);
            previous = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line)));
        }

        using var answer = await auditor.GetAsync("/v1/audit/export?format=csv", Cancellation);
        string table = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Equal("text/csv", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("number,at,phase,", table, StringComparison.Ordinal);
        Assert.Contains(",\"'=HYPERLINK(\"\"http://evil.example\"\")\",", table, StringComparison.Ordinal);
        Assert.DoesNotContain(",=", table, StringComparison.Ordinal);
        using var none = await auditor.GetAsync("/v1/audit/export", Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, none.StatusCode);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\r\nb", "\"a\r\nb\"")]
    [InlineData("-1+1", "\"'-1+1\"")]
    [InlineData("+1", "\"'+1\"")]
    [InlineData("@sum", "\"'@sum\"")]
    [InlineData(" =1", "\"' =1\"")]
    [InlineData("\t=1", "\"'\t=1\"")]
    [InlineData(null, "")]
    public void Cell_IsNoFormula(string? text, string cell) => Assert.Equal(cell, CsvWriting.Cell(text));

    [Fact]
    public async Task List_GoesOnPageByPage()
    {
        var (id, secret) = await NewKeyAsync("Pages through", AuditorAlone);
        using var auditor = _gateway.With(secret);
        for (int i = 0; i < 3; i++)
            await auditor.GetAsync("/v1/audit/verification", Cancellation);
        await OutcomesAsync($"actor={id}&action=audit.verify", 3);
        var numbers = new List<long>();
        string? after = null;
        do
        {
            string next = after is null ? "" : $"&after={after}";
            string address = $"/v1/audit?actor={id}&action=audit.verify&pageSize=2{next}";
            var page = JsonNode.Parse(await auditor.GetStringAsync(address, Cancellation))!;
            numbers.AddRange(page["items"]!.AsArray().Select(one => (long)one!["entry"]!["number"]!));
            after = (string?)page["next"];
        }
        while (after is not null);
        Assert.Equal(6, numbers.Count);
        Assert.Equal(numbers.OrderDescending(), numbers);
    }

    [Fact]
    public async Task SigningIn_AndOut_AndAnswering_AreNoted_InThePersonsName()
    {
        long before = Head().Number;
        using var browser = await SignInTests.SignedInAsync(_gateway);
        await browser.PostFormAsync("/sign-out", []);
        var mine = await OutcomesAsync("action=session.end", 1);
        Assert.Equal(CallerKind.Link, (string?)mine[0]["actor"]!["kind"]);
        string began = await _gateway.Registrar.GetStringAsync("/v1/audit?action=session.begin", Cancellation);
        var entry = JsonNode.Parse(began)!["items"]![0]!["entry"]!;
        Assert.True((long)entry["number"]! > before);
        Assert.Equal("done", (string?)entry["phase"]);
    }

    private AuditHead Head() => _gateway.Services.GetRequiredService<AuditLog>().ReadHead();

    private async Task<(string Id, string Secret)> NewKeyAsync(string name, string[] roles)
    {
        using var made = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/api-keys", new { name, roles }));
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!;
        return ((string)key["id"]!, (string)key["key"]!);
    }

    /// <summary>Waits for outcomes, which are written a moment after the answer; newest first.</summary>
    private async Task<List<JsonNode>> OutcomesAsync(string filter, int count)
    {
        List<JsonNode> found = [];
        await Until.TrueAsync(
            async () =>
            {
                string page = await _gateway.Registrar.GetStringAsync($"/v1/audit?{filter}&pageSize=100", Cancellation);
                found =
                [
                    .. JsonNode.Parse(page)!["items"]!.AsArray().Select(one => one!["entry"]!)
                        .Where(one => (string?)one["phase"] == "outcome"),
                ];
                return found.Count >= count;
            },
            () => $"{filter}: {string.Join('\n', found)}");
        return found;
    }

    private async Task<string[]> KeptAsync()
    {
        string lines = await _gateway.Registrar.GetStringAsync("/v1/audit/export?format=jsonl", Cancellation);
        return lines.Split('\n');
    }

    private static Task<int> RunAsync(Database database, string sql) => database.WriteAsync(connection =>
    {
        using var command = connection.Prepare(sql, 0);
        return command.ExecuteNonQuery();
    });
}
