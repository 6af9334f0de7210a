using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Many credentials are withdrawn at once, by the API and at the desk; and what is found is
/// exported.</summary>
public sealed class StatusBatchTests(GatewaysFixture gateways, Browser browser)
    : IClassFixture<GatewaysFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = gateways.Issuer;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Desk => $"{_gateway.Anyone.BaseAddress}desk";

    [Fact]
    public async Task Credentials_AreRevoked_WhatIsFinalIsTold_AndTheRestIsDone()
    {
        byte[][] documents = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => _gateway.IssueAsync($"Many {i}")));
        string[] ids = [.. documents.Select(GatewayHost.IdOf)];
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{ids[0]}/revocation", new { reason = "issuedInError" }));
        string address = await SendAsync(new { state = "revoked", reason = "misconduct", credentials = ids });
        var ended = await UntilDoneAsync(address);
        Assert.Equal((3, 1, 0), ((int)ended["done"]!, (int)ended["failed"]!, (int)ended["waiting"]!));
        var failed = (await ReadAsync($"{address}/credentials?state=failed"))["items"]!.AsArray().Single()!;
        Assert.Equal(1, (int)failed["position"]!);
        Assert.Contains("revoked already", (string)failed["outcome"]!, StringComparison.Ordinal);
        Assert.Equal("invalid", await _gateway.VerdictAsync(documents[3]));

        // Each has its own entry in the audit log, with who asked for it.
        var log = await ReadAsync($"/v1/audit?credential={ids[3]}&action=credential.revoke");
        Assert.Equal("bootstrap", (string?)log["items"]![0]!["entry"]!["actor"]!["name"]);
    }

    [Fact]
    public async Task List_WithAForeignCredential_AReasonThatIsNone_OrTooMany_ChangesNothing()
    {
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("Stays"));
        foreach (object body in new object[]
        {
            new { state = "revoked", reason = "issuedInError", credentials = new[] { id, Guid.NewGuid().ToString() } },
            new { state = "revoked", reason = "superseded", credentials = new[] { id } },
            new { state = "inForce", reason = "underReview", credentials = new[] { id } },
            new { state = "gone", credentials = new[] { id } },
            new { state = "revoked", reason = "issuedInError", credentials = new[] { id, id } },
            new { state = "revoked", reason = "issuedInError", credentials = Array.Empty<string>() },
        })
        {
            using var answer = await _gateway.PostAsync("/v1/status-batches", body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Empty((await ReadAsync($"/v1/credentials/{id}/status"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Batch_GoesOnAfterARestart_AndDoesNothingTwice()
    {
        await using var gateway = await GatewayHost.StartAsync(gateways[GatewaysFixture.Tejo]);
        await gateway.PrepareAsync();
        string[] ids =
        [
            .. (await Task.WhenAll(Enumerable.Range(0, 6).Select(i => gateway.IssueAsync($"Restart {i}"))))
                .Select(GatewayHost.IdOf),
        ];
        gateway.Wire.IsCut = true;
        using var sent = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/status-batches", new { state = "suspended", reason = "underReview", credentials = ids }));
        string address = sent.Headers.Location!.ToString();
        await gateway.RestartAsync();
        JsonNode? read = null;
        await Until.TrueAsync(
            async () => (string?)(read = await gateway.Registrar.GetFromJsonAsync<JsonNode>(address, Cancellation))![
                "state"] == "done",
            () => $"{read}");
        Assert.Equal(6, (int)read!["done"]!);
        foreach (string id in ids)
        {
            var history = await gateway.Anyone.GetFromJsonAsync<JsonNode>($"/v1/credentials/{id}/status", Cancellation);
            Assert.Single(history!["items"]!.AsArray());
        }
    }

    [Theory]
    [InlineData("en", 1280)]
    [InlineData("de", 360)]
    public async Task Found_AreSelected_LookedAt_AndRevokedAtTheDesk(string language, int width)
    {
        browser.OrSkip();
        string mark = Guid.NewGuid().ToString("N")[..6];
        foreach (string name in new[] { "Eins", "Zwei", "Drei" }) await _gateway.IssueAsync($"Viele {name} {mark}");
        var page = await DeskVisitor.SignInAsync(browser, _gateway, width, language);
        await Until.TrueAsync(
            async () =>
            {
                await page.GotoAsync($"{Desk}/find?q=viele+{mark}");
                return await page.Locator("#found tbody tr").CountAsync() == 3;
            },
            () => $"the learners of {mark} were not found");
        await page.Locator("#found input[type=checkbox]").Nth(0).CheckAsync();
        await page.Locator("#found input[type=checkbox]").Nth(2).CheckAsync();
        await DeskVisitor.ExamineAsync(page, $"desk-find-selected-{language}-{width}");
        await page.Locator("#withdraw").ClickAsync();
        await Assertions.Expect(page.Locator("#inForce")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#items tbody tr")).ToHaveCountAsync(2);
        await DeskVisitor.ExamineAsync(page, $"desk-withdraw-preview-{language}-{width}");
        await page.Locator("#what").SelectOptionAsync("revoked:issuedInError");
        await page.Locator("#understood").CheckAsync();
        await page.Locator("#begin").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveClassAsync(
            "tag good", new() { Timeout = (float)Until.Patience.TotalMilliseconds });
        await Assertions.Expect(page.Locator("#items .tag.bad")).ToHaveCountAsync(2);
        await DeskVisitor.ExamineAsync(page, $"desk-withdraw-done-{language}-{width}");

        // All that were found: two are revoked already, one is not.
        await page.GotoAsync($"{Desk}/find?q=viele+{mark}");
        await page.Locator("#withdraw-all").ClickAsync();
        await Assertions.Expect(page.Locator("#revoked")).ToHaveTextAsync("2");
        await Assertions.Expect(page.Locator("#inForce")).ToHaveTextAsync("1");
    }

    [Theory]
    [InlineData("list.csv", "Name,Credential\r\nOne,{0}\r\nTwo,nothing\r\n", 1, 1)]
    [InlineData("bare.txt", "{0}\n", 1, 0)]
    [InlineData("twice.csv", "id\n{0}\n{0}\n", 1, 1)]
    public async Task List_IsReadAsPeopleHaveIt(string name, string content, int found, int unknown)
    {
        browser.OrSkip();
        string id = GatewayHost.IdOf(await _gateway.IssueAsync("In A List"));
        var page = await DeskVisitor.SignInAsync(browser, _gateway);
        await page.GotoAsync($"{Desk}/withdraw");
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = name,
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(content.Replace("{0}", id, StringComparison.Ordinal)),
        });
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#inForce")).ToHaveTextAsync($"{found}");
        await Assertions.Expect(page.Locator("#unknown")).ToHaveTextAsync($"{unknown}");
    }

    [Fact]
    public async Task Start_WithNothing_IsToldInWords_AndHasNoBarriers()
    {
        var page = await DeskVisitor.SignInAsync(browser, _gateway, width: 360);
        await page.GotoAsync($"{Desk}/withdraw");
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("main .note.bad")).ToContainTextAsync("No credential was named");
        await DeskVisitor.ExamineAsync(page, "desk-withdraw-360");
    }

    [Fact]
    public async Task Export_HasAllThatIsFound_AndNoFormula_AndIsNoted()
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        await _gateway.IssueAsync($"=Formel {mark}");
        await _gateway.IssueAsync($"Export {mark}");
        string csv = "";
        await Until.TrueAsync(
            async () =>
            {
                csv = await _gateway.Registrar.GetStringAsync($"/v1/credentials/export?q={mark}", Cancellation);
                return csv.Split("\r\n").Length == 4;
            },
            () => csv);
        Assert.StartsWith("id;name;achievement;title;issuedAt;state;batch\r\n", csv, StringComparison.Ordinal);
        Assert.Contains($";\"'=Formel {mark}\";data-literacy@1;Data Literacy;", csv, StringComparison.Ordinal);
        var log = await ReadAsync("/v1/audit?action=credential.export");
        Assert.NotEmpty(log["items"]!.AsArray());
    }

    private async Task<JsonNode> ReadAsync(string address)
    {
        using var answer = await GatewayHost.OkAsync(await _gateway.Registrar.GetAsync(address, Cancellation));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<string> SendAsync(object body)
    {
        using var answer = await GatewayHost.OkAsync(await _gateway.PostAsync("/v1/status-batches", body));
        return answer.Headers.Location!.ToString();
    }

    private async Task<JsonNode> UntilDoneAsync(string address)
    {
        JsonNode? read = null;
        await Until.TrueAsync(
            async () => (string?)(read = await ReadAsync(address))["state"] == "done", () => $"{address} is {read}");
        return read!;
    }
}
