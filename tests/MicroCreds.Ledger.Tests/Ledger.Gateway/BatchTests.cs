using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.Ledger.Store;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class BatchTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private readonly GatewayHost _issuer = gateways.Issuer;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Batch_Issued_EachVerifiesAndOneIsRevokedAlone(bool asLines)
    {
        string[] names = [.. Enumerable.Range(1, 57).Select(i => $"Batch Learner {i} {asLines}")];
        using var accepted = await SendAsync(names.Select(name => GatewayHost.Row(name)), asLines);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var location = accepted.Headers.Location!;
        var batch = await UntilFinishedAsync(location);
        Assert.Equal("issued", (string?)batch["state"]);
        Assert.Equal(57, (int)batch["built"]!);

        string[] documents = await DownloadAsync(location);
        Assert.Equal(names, documents.Select(
            document => JsonNode.Parse(document)!["credentialSubject"]!["name"]?.ToString()
            ?? throw new InvalidOperationException(document)));
        foreach (string document in documents)
            Assert.Equal("valid", await _issuer.VerdictAsync(Encoding.UTF8.GetBytes(document)));

        string id = GatewayHost.IdOf(Encoding.UTF8.GetBytes(documents[11]));
        await GatewayHost.OkAsync(
            await _issuer.PostAsync($"/v1/credentials/{id}/revocation", new { reason = "withdrawn" }));
        Assert.Equal("invalid", await _issuer.VerdictAsync(Encoding.UTF8.GetBytes(documents[11])));
        Assert.Equal("valid", await _issuer.VerdictAsync(Encoding.UTF8.GetBytes(documents[12])));
    }

    [Fact]
    public async Task Batch_Pages_GiveEveryCredentialOnce()
    {
        using var accepted = await SendAsync(Enumerable.Range(1, 25).Select(i => GatewayHost.Row($"Paged {i}")), false);
        await UntilFinishedAsync(accepted.Headers.Location!);
        var ids = new List<string>();
        for (string? after = ""; after is not null;)
        {
            var page = await _issuer.Registrar.GetFromJsonAsync<JsonNode>(
                $"{accepted.Headers.Location}/credentials?pageSize=10&after={after}",
                TestContext.Current.CancellationToken);
            ids.AddRange(page!["items"]!.AsArray().Select(item => (string)item!["id"]!));
            after = (string?)page["next"];
        }

        Assert.Equal(25, ids.Distinct().Count());
        Assert.Equal(25, ids.Count);
    }

    [Fact]
    public async Task Batch_AchievementGoneSinceItWasAccepted_IsRefusedAndTheNextOneIsIssued()
    {
        var gone = await StoreAcceptedAsync(
            GatewayHost.Row("Too Late", "gone-meanwhile").ToJsonString(),
            GatewayHost.Row("Too Late, too").ToJsonString());
        var refused = await UntilFinishedAsync(gone);
        Assert.Equal("refused", (string?)refused["state"]);
        Assert.Contains("gone-meanwhile", (string?)refused["errors"]![0]!["reason"], StringComparison.Ordinal);

        using var accepted = await SendAsync([GatewayHost.Row("In Time")], asLines: false);
        var issued = await UntilFinishedAsync(accepted.Headers.Location!);
        Assert.Equal("issued", (string?)issued["state"]);
    }

    [Fact]
    public async Task Batch_OneThatCannotBeBuilt_HoldsUpNoOther()
    {
        var damaged = await StoreAcceptedAsync("damaged on the disk");
        foreach (string name in new[] { "Unhindered 1", "Unhindered 2" })
        {
            using var accepted = await SendAsync([GatewayHost.Row(name)], asLines: false);
            var issued = await UntilFinishedAsync(accepted.Headers.Location!);
            Assert.Equal("issued", (string?)issued["state"]);
        }

        var waiting = await _issuer.Registrar.GetFromJsonAsync<JsonNode>(
            damaged, TestContext.Current.CancellationToken);
        Assert.Equal("accepted", (string?)waiting!["state"]);
    }

    [Fact]
    public async Task Batch_OneBrokenRow_RefusesAllAndNamesIt()
    {
        int before = _issuer.Wire.Submissions;
        var rows = Enumerable.Range(1, 40).Select(i => GatewayHost.Row($"Broken {i}")).ToArray();
        rows[16]["recipient"]!["name"] = "";
        rows[30] = GatewayHost.Row("Broken 31", "never-published");
        foreach (bool asLines in new[] { false, true })
        {
            using var refused = await SendAsync(rows, asLines);
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
            var errors = problem["errors"]!.AsArray();
            Assert.Equal([17, 31], errors.Select(error => (int)error!["row"]!));
            Assert.Equal("/16/recipient/name", (string?)errors[0]!["pointer"]);
            Assert.Equal("/30/achievement", (string?)errors[1]!["pointer"]);
        }

        Assert.Equal(before, _issuer.Wire.Submissions);
    }

    [Fact]
    public async Task Batch_SameAgain_FindsItself()
    {
        JsonObject[] rows = [GatewayHost.Row("Again 1"), GatewayHost.Row("Again 2")];
        using var first = await SendAsync(rows, false);
        using var second = await SendAsync(rows, true);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        await UntilFinishedAsync(first.Headers.Location!);
    }

    [Fact]
    public async Task Batch_LedgerOutOfReach_IsIssuedOnceItIsBack()
    {
        _issuer.Wire.IsCut = true;
        using var accepted = await SendAsync([GatewayHost.Row("Patient 1"), GatewayHost.Row("Patient 2")], false);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        await UntilAsync(accepted.Headers.Location!, "ready");
        _issuer.Wire.IsCut = false;
        await UntilAsync(accepted.Headers.Location!, "issued");
    }

    [Fact]
    public async Task Batch_ServiceStoppedWhileOutOfReach_IsIssuedAfterTheNextStart()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        gateway.Wire.IsCut = true;
        using var accepted = await gateway.PostAsync("/v1/batches", new[] { GatewayHost.Row("Restarted Learner") });
        var location = accepted.Headers.Location!;
        await gateway.RestartAsync();
        using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
        while ((string?)(await gateway.Registrar.GetFromJsonAsync<JsonNode>(location, deadline.Token))!["state"]
            != "issued")
            deadline.Token.ThrowIfCancellationRequested();
    }

    [Theory]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("[1]", 400)]
    [InlineData("[{\"achievement\":\"data-literacy\",\"recipient\":{\"name\":\"A\",\"name\":\"B\"}}]", 400)]
    [InlineData("not json", 400)]
    [InlineData("", 400)]
    public async Task Batch_BadBody_IsRefused(string body, int status)
    {
        using var answer = await _issuer.Registrar.PostAsync(
            "/v1/batches", GatewayHost.Json(body), TestContext.Current.CancellationToken);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Batch_TooManyRows_IsRefused()
    {
        string row = """{"achievement":"data-literacy","recipient":{"name":"N"}}""";
        string body = string.Join('\n', Enumerable.Repeat(row, 100_001));
        using var content = new StringContent(body, Encoding.UTF8, "application/x-ndjson");
        using var answer = await _issuer.Registrar.PostAsync(
            "/v1/batches", content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>Puts a batch where an earlier run of the service has left it.</summary>
    private async Task<Uri> StoreAcceptedAsync(params string[] rows)
    {
        var stored = await SampleStore.AcceptAsync(_issuer.Services.GetRequiredService<IssuanceStore>(), rows);
        _issuer.Services.GetRequiredService<Outbox>().Add(stored.Number);
        return new Uri($"/v1/batches/{stored.Id}", UriKind.Relative);
    }

    private async Task<HttpResponseMessage> SendAsync(IEnumerable<JsonObject> rows, bool asLines)
    {
        string[] lines = [.. rows.Select(row => row.ToJsonString())];
        using var content = asLines
            ? new StringContent(string.Join('\n', lines) + "\n", Encoding.UTF8, "application/x-ndjson")
            : GatewayHost.Json($"[{string.Join(',', lines)}]");
        return await _issuer.Registrar.PostAsync("/v1/batches", content);
    }

    private async Task<JsonNode> UntilFinishedAsync(Uri location)
    {
        using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
        while (true)
        {
            var batch = await _issuer.Registrar.GetFromJsonAsync<JsonNode>(location, deadline.Token);
            if ((string?)batch!["state"] is "issued" or "refused")
                return batch;
        }
    }

    private async Task UntilAsync(Uri location, string state)
    {
        using var deadline = new CancellationTokenSource(EndToEnd.Until.Patience);
        while ((string?)(await _issuer.Registrar.GetFromJsonAsync<JsonNode>(location, deadline.Token))!["state"]
            != state)
            deadline.Token.ThrowIfCancellationRequested();
    }

    private async Task<string[]> DownloadAsync(Uri location)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{location}/credentials");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var answer = await GatewayHost.OkAsync(
            await _issuer.Registrar.SendAsync(request, TestContext.Current.CancellationToken));
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
