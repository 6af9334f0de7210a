using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Access;
using MicroCreds.Ledger.Gateway.Approving;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Another person approves before anything is signed, and a day to come is waited for.</summary>
public sealed class ApprovalTests(ApprovalFixture approval) : IClassFixture<ApprovalFixture>
{
    private readonly GatewayHost _gateway = approval.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batch_WaitsForAnother_WhoSeesItsRows_AndIsIssuedOnce_AndItIsKnownByWhom()
    {
        using var issuer = await ClientAsync("issuer");
        using var approver = await ClientAsync("approver");
        var rows = new JsonArray([.. Enumerable.Range(0, 3).Select(_ => GatewayHost.Row("Both Pairs"))]);
        using var asked = await issuer.PostAsJsonAsync("/v1/batches", rows, Cancellation);
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        string address = asked.Headers.Location!.ToString();
        Assert.StartsWith("/v1/issuing-requests/", address, StringComparison.Ordinal);

        // Nothing is signed, and the same request finds itself.
        Assert.Equal("waiting", (string?)(await ReadAsync(approver, address))["state"]);
        using var again = await issuer.PostAsJsonAsync("/v1/batches", rows, Cancellation);
        Assert.Equal(address, again.Headers.Location!.ToString());

        // Who asked does not approve, whatever else they may; neither does an issuer.
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(issuer, $"{address}/approval"));
        string lines = await approver.GetStringAsync($"{address}/rows", Cancellation);
        Assert.Equal(3, lines.Split("Both Pairs").Length - 1);
        Assert.Equal(3, (int)(await ReadAsync(approver, $"{address}/check"))["ready"]!);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(approver, $"{address}/approval"));
        string batch = (string)(await UntilAsync(address, "issued"))["batch"]!;
        var issued = await UntilAsync(batch, "issued");
        Assert.Equal(3, (int)issued["size"]!);
        Assert.Equal(HttpStatusCode.Conflict, await SendAsync(approver, $"{address}/approval"));
        using var repeated = await issuer.PostAsJsonAsync("/v1/batches", rows, Cancellation);
        Assert.Equal(batch, repeated.Headers.Location!.ToString());

        var credential = (await ReadAsync(approver, $"{batch}/credentials"))["items"]![1]!;
        using var auditor = await ClientAsync("auditor");
        var origin = await ReadAsync(auditor, $"/v1/audit/origins/{((string)credential["id"]!)[^36..]}");
        Assert.Equal(("an issuer", "an approver", 2), (
            (string)origin["askedBy"]!["name"]!, (string)origin["approvedBy"]!["name"]!, (int)origin["line"]!));
    }

    [Fact]
    public async Task Registrar_WhoMayAll_ApprovesNothingOfTheirOwn()
    {
        string address = await AskAsync(_gateway.Registrar);
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(_gateway.Registrar, $"{address}/approval"));
        Assert.Equal(HttpStatusCode.Forbidden, await SendAsync(
            _gateway.Registrar, $"{address}/refusal", new JsonObject { ["reason"] = "no" }));
        using var another = await ClientAsync("registrar");
        Assert.Equal(HttpStatusCode.OK, await SendAsync(another, $"{address}/approval"));
        await UntilAsync(address, "issued");
    }

    [Fact]
    public async Task TurnedDown_AndWithdrawn_AreNotIssued_AndLeaveNothingOfThePeople()
    {
        using var approver = await ClientAsync("approver");
        using var issuer = await ClientAsync("issuer");
        string refused = await AskAsync(issuer);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(
            approver, $"{refused}/refusal", new JsonObject { ["reason"] = " " }));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(
            approver, $"{refused}/refusal", new JsonObject { ["reason"] = "Row 2 has last year's grade." }));
        Assert.Equal("Row 2 has last year's grade.", (string?)(await ReadAsync(issuer, refused))["reason"]);
        string withdrawn = await AskAsync(issuer);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(issuer, $"{withdrawn}/withdrawal"));
        foreach (string address in new[] { refused, withdrawn })
        {
            Assert.Equal(HttpStatusCode.Conflict, await SendAsync(approver, $"{address}/approval"));
            Assert.Equal(HttpStatusCode.Conflict, (await issuer.GetAsync($"{address}/rows", Cancellation)).StatusCode);
            using var reader = _gateway.Services.GetRequiredService<GatewayStore>().Database.Read();
            Assert.Equal(1L, reader.Prepare(
                "SELECT count(*) FROM issuing_request WHERE id = $0 AND rows IS NULL AND fingerprint IS NULL", 1)
                .With(address.Split('/')[^1]).ExecuteScalar());
        }
    }

    [Fact]
    public async Task Credential_WhereAllIsApproved_WaitsToo_AndTheSameRequestThenHandsItOut()
    {
        var strict = approval.Strict;
        var row = GatewayHost.Row("Strictly One");
        using var asked = await strict.PostAsync("/v1/credentials", row.DeepClone(), "strict-1");
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        string address = asked.Headers.Location!.ToString();
        using var again = await strict.PostAsync("/v1/credentials", row.DeepClone(), "strict-1");
        Assert.Equal(address, again.Headers.Location!.ToString());
        row["validUntil"] = "2030-01-01T00:00:00Z";
        using var other = await strict.PostAsync("/v1/credentials", row.DeepClone(), "strict-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        row.Remove("validUntil");
        using var approver = await ClientAsync("approver", strict);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(approver, $"{address}/approval"));
        await UntilAsync(address, "issued", strict);
        using var issued = await strict.PostAsync("/v1/credentials", row, "strict-1");
        Assert.Equal(HttpStatusCode.Created, issued.StatusCode);
        Assert.Equal("valid", await strict.VerdictAsync(await issued.Content.ReadAsByteArrayAsync(Cancellation)));
    }

    [Fact]
    public async Task Batch_BelowTheLimit_IsIssuedAtOnce()
    {
        using var issuer = await ClientAsync("issuer");
        using var answer = await issuer.PostAsJsonAsync(
            "/v1/batches", new JsonArray(GatewayHost.Row("Only"), GatewayHost.Row("Two")), Cancellation);
        Assert.StartsWith("/v1/batches/", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_ThatAreFaulty_AreRefusedWhenTheyAreAskedFor_AndNotLater()
    {
        using var issuer = await ClientAsync("issuer");
        var rows = new JsonArray(
            GatewayHost.Row("Fine"), GatewayHost.Row("Also Fine"), GatewayHost.Row("Faulty", "no-such"));
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(issuer, "/v1/batches", rows));
    }

    [Fact]
    public async Task Achievement_RetiredMeanwhile_FailsAloud_KeepsTheRows_AndCanBeWithdrawn()
    {
        string id = $"retired-{Guid.NewGuid():N}"[..20];
        await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/achievements", GatewayHost.Achievement(id)));
        using var issuer = await ClientAsync("issuer");
        using var approver = await ClientAsync("approver");
        string address = await AskAsync(issuer, id);
        await GatewayHost.OkAsync(await _gateway.PostAsync($"/v1/achievements/{id}/1/retirement", new JsonObject()));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(approver, $"{address}/approval"));
        Assert.Contains("retired", (string)(await UntilAsync(address, "failed"))["outcome"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await issuer.GetAsync($"{address}/rows", Cancellation)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, await SendAsync(issuer, $"{address}/retry"));
        Assert.Equal("failed", (string?)(await ReadAsync(issuer, address))["state"]);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(issuer, $"{address}/withdrawal"));
    }

    [Fact]
    public async Task ADayToCome_IsWaitedFor_AlsoOverARestart_AndNobodyElseHasToApproveALoneOne()
    {
        using var issuer = await ClientAsync("issuer");
        string due = DateTimeOffset.UtcNow.AddSeconds(3).ToString(
            "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var row = GatewayHost.Row("Graduation Day");
        using var asked = await issuer.PostAsJsonAsync($"/v1/credentials?issueAt={due}", row, Cancellation);
        string address = asked.Headers.Location!.ToString();
        var request = JsonNode.Parse(await asked.Content.ReadAsStringAsync(Cancellation))!;
        Assert.Equal(("approved", due), ((string)request["state"]!, (string)request["issueAt"]!));
        await _gateway.RestartAsync();
        await UntilAsync(address, "issued");

        // It has it now, and only once.
        using var repeated = await _gateway.PostAsync("/v1/credentials", row);
        Assert.Equal("alreadyIssued", (string?)JsonNode.Parse(
            await repeated.Content.ReadAsStringAsync(Cancellation))!["outcome"]);
    }

    [Fact]
    public async Task ADayToCome_Withdrawn_IsNotIssued()
    {
        using var issuer = await ClientAsync("issuer");
        using var asked = await issuer.PostAsJsonAsync(
            "/v1/credentials?issueAt=2027-07-01T10:00&timeZone=Europe/Helsinki", GatewayHost.Row("Not After All"),
            Cancellation);
        string address = asked.Headers.Location!.ToString();
        Assert.Equal(
            "2027-07-01T07:00:00.0000000+00:00",
            ((DateTimeOffset)(await ReadAsync(issuer, address))["dueAt"]!).ToString("O", CultureInfo.InvariantCulture));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(issuer, $"{address}/withdrawal"));
        Assert.Equal("withdrawn", (string?)(await ReadAsync(issuer, address))["state"]);
    }

    [Theory]
    [InlineData("2020-01-01T10:00", "Europe/Berlin", "past")]
    [InlineData("2027-03-28T02:30", "Europe/Berlin", "does not exist")]
    [InlineData("2027-03-27T02:30", "Middle/Earth", "no time zone")]
    [InlineData("tomorrow", "Europe/Berlin", "must be a day and hour")]
    [InlineData("2099-01-01T10:00", "Europe/Berlin", "two years")]
    [InlineData("2027-03-27", "Europe/Berlin", "must be a day and hour")]
    public void Day_ThatIsNone_IsToldInWordsThatHelp(string text, string zone, string said)
    {
        var problem = Assert.Throws<ProblemException>(
            () => DueTime.Read(text, zone, new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero)));
        Assert.Contains(said, problem.Faults.Single().Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2027-07-01T10:00", "Europe/Berlin", "2027-07-01T08:00:00Z")]
    [InlineData("2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00Z")]
    [InlineData("2027-07-01T10:00:00+03:00", "Europe/Berlin", "2027-07-01T07:00:00Z")]
    public void Day_IsReadByItsClock_AndTheFirstOfTwoEqualHoursIsMeant(string text, string zone, string at) =>
        Assert.Equal(
            DateTimeOffset.Parse(at, CultureInfo.InvariantCulture),
            DueTime.Read(text, zone, new DateTimeOffset(2026, 11, 28, 0, 0, 0, TimeSpan.Zero)).At);

    [Theory]
    [InlineData("none", 1_000_000, false)]
    [InlineData("all", 1, true)]
    [InlineData("10", 10, false)]
    [InlineData("10", 11, true)]
    public void Policy_AsksFromItsLimitOn(string text, int size, bool asks) =>
        Assert.Equal(asks, ApprovalPolicy.Parse(text)!.Asks(size));

    [Theory]
    [InlineData("some")]
    [InlineData("0")]
    [InlineData("-1")]
    public void Policy_ThatIsNone_IsRefused(string text) => Assert.Null(ApprovalPolicy.Parse(text));

    [Theory]
    [InlineData(CallerKind.Key, CallerKind.Link, "1", true)]
    [InlineData(CallerKind.Person, CallerKind.Token, "1", true)]
    [InlineData(CallerKind.Key, CallerKind.Person, "1", false)]
    [InlineData(CallerKind.Key, CallerKind.Key, "2", false)]
    public void Caller_IsTheSame_AlsoByALinkOrATokenOfTheirs(string kind, string other, string id, bool isSame) =>
        Assert.Equal(isSame, Approvals.IsSame(new Caller(kind, "1", "One"), new Caller(other, id, "Other")));

    private static async Task<JsonNode> ReadAsync(HttpClient client, string address)
    {
        using var answer = await GatewayHost.OkAsync(await client.GetAsync(address, Cancellation));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private static async Task<HttpStatusCode> SendAsync(HttpClient client, string address, JsonNode? body = null)
    {
        using var content = body is null ? null : JsonContent.Create(body);
        using var answer = await client.PostAsync(address, content, Cancellation);
        return answer.StatusCode;
    }

    private async Task<JsonNode> UntilAsync(string address, string state, GatewayHost? gateway = null)
    {
        JsonNode? read = null;
        await Until.TrueAsync(
            async () => (string?)(read = await ReadAsync((gateway ?? _gateway).Registrar, address))["state"] == state,
            () => $"{address} is {read}");
        return read!;
    }

    /// <summary>Asks for three, which is more than may be issued alone.</summary>
    private static async Task<string> AskAsync(HttpClient client, string achievement = "data-literacy")
    {
        var rows = new JsonArray(
            [.. Enumerable.Range(0, 3).Select(i => GatewayHost.Row($"Asked For {i}", achievement))]);
        using var asked = await GatewayHost.OkAsync(await client.PostAsJsonAsync("/v1/batches", rows, Cancellation));
        return asked.Headers.Location!.ToString();
    }

    private async Task<HttpClient> ClientAsync(string role, GatewayHost? gateway = null)
    {
        gateway ??= _gateway;
        string name = $"{(role[0] is 'a' or 'i' ? "an" : "a")} {role}";
        using var made = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/api-keys", new JsonObject { ["name"] = name, ["roles"] = new JsonArray(role) }));
        return gateway.With((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!);
    }
}
