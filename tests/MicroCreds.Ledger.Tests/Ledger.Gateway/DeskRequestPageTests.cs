using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Two people at the desk: one asks, the other looks and approves; and a day to come.</summary>
public sealed class DeskRequestPageTests(ApprovalFixture approval, Browser found)
    : IClassFixture<ApprovalFixture>, IClassFixture<Browser>
{
    private readonly Browser _browser = found.OrSkip();
    private readonly GatewayHost _gateway = approval.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Desk => $"{_gateway.Anyone.BaseAddress}desk";

    [Theory]
    [InlineData("en", 1280, true)]
    [InlineData("de", 360, true)]
    [InlineData("de", 1280, false)]
    public async Task Table_IsAskedForByOne_ApprovedByAnother_AndItsPageSaysByWhomAndFromWhere(
        string language, int width, bool script)
    {
        string mark = Guid.NewGuid().ToString("N")[..6];
        var one = await DeskVisitor.SignInAsync(_browser, _gateway, width, language, script);
        await SendTableAsync(one, mark);
        await one.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(one, "/desk/requests/**");
        await Assertions.Expect(one.Locator("#state")).ToHaveClassAsync("tag warn");
        Assert.Equal(0, await one.Locator("#approve").CountAsync());

        using var key = await SecondKeyAsync();
        var other = await DeskVisitor.SignInAsync(_browser, _gateway, width, language, script, key);
        await other.GotoAsync($"{Desk}/requests");
        if (script) await DeskVisitor.ExamineAsync(other, $"desk-requests-{language}-{width}");
        await other.GotoAsync(one.Url);
        await Assertions.Expect(other.Locator("#ready")).ToHaveTextAsync("3");
        await Assertions.Expect(other.Locator("#rows tbody tr")).ToHaveCountAsync(3);

        // The second row was faulty and stayed behind: the lines are the file's own.
        await Assertions.Expect(other.Locator("#rows tbody th")).ToHaveTextAsync(["2", "4", "5"]);
        if (script) await DeskVisitor.ExamineAsync(other, $"desk-request-{language}-{width}");
        await other.Locator("#approve").FocusAsync();
        await other.Keyboard.PressAsync("Enter");
        await Assertions.Expect(other.Locator("#state")).ToHaveClassAsync(
            "tag good", new() { Timeout = (float)Until.Patience.TotalMilliseconds });
        await Until.TrueAsync(
            async () =>
            {
                await other.GotoAsync($"{Desk}/find?q=zweite+{mark}");
                return await other.Locator("#found tbody tr").CountAsync() == 3;
            },
            () => $"the learners of {mark} were not found");
        await other.Locator("#found tbody tr a").First.ClickAsync();
        await Assertions.Expect(other.Locator("#from")).ToContainTextAsync("klasse.csv");
        await Assertions.Expect(other.Locator(".history")).ToContainTextAsync("second pair");
        if (script) await DeskVisitor.ExamineAsync(other, $"desk-credential-approved-{language}-{width}");
    }

    [Fact]
    public async Task Reason_IsGivenWhenOneSaysNo_AndReadByWhoAsked()
    {
        var one = await DeskVisitor.SignInAsync(_browser, _gateway);
        await SendTableAsync(one, Guid.NewGuid().ToString("N")[..6]);
        await one.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(one, "/desk/requests/**");
        using var key = await SecondKeyAsync();
        var other = await DeskVisitor.SignInAsync(_browser, _gateway, @as: key);
        await other.GotoAsync(one.Url);
        await other.Locator("#turn-down summary").ClickAsync();
        await other.Locator("#reason").FillAsync("Line 4 has last year's grade.");
        await other.Locator("#turn-down button").ClickAsync();
        await Assertions.Expect(other.Locator("#state")).ToHaveClassAsync("tag bad");
        await DeskVisitor.ExamineAsync(other, "desk-request-turned-down");
        await one.ReloadAsync();
        await Assertions.Expect(one.Locator("main")).ToContainTextAsync("Line 4 has last year's grade.");
        Assert.Equal(0, await one.Locator("#rows").CountAsync());
    }

    [Fact]
    public async Task Day_IsChosenInTheForm_ShownWithItsZone_AndWithdrawnBeforeIt()
    {
        var page = await DeskVisitor.SignInAsync(_browser, _gateway);
        await page.GotoAsync($"{Desk}/issue?achievement=data-literacy");
        await page.Locator("#name").FillAsync("Graduation Day");
        await page.Locator("form.sheet .actions button").ClickAsync();
        await page.Locator("#later summary").ClickAsync();
        await page.Locator("#dueDay").FillAsync("2027-07-01");
        await page.Locator("#dueHour").FillAsync("10:00");
        Assert.Equal("Europe/Berlin", await page.Locator("#dueZone").InputValueAsync());
        await DeskVisitor.ExamineAsync(page, "desk-issue-later");
        await page.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(page, "/desk/requests/**");
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("2027-07-01T10:00 Europe/Berlin");
        await DeskVisitor.ExamineAsync(page, "desk-request-later");
        await page.Locator("#withdraw").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Withdrawn");
    }

    [Fact]
    public async Task Correction_WhereAllIsApproved_RevokesTheOldOneOnlyThen()
    {
        var strict = approval.Strict;
        string desk = $"{strict.Anyone.BaseAddress}desk";
        using var key = await SecondKeyAsync(strict);
        using var asked = await GatewayHost.OkAsync(
            await strict.PostAsync("/v1/credentials", GatewayHost.Row("Korekted Name"), "to-correct"));
        string first = $"{desk}/requests/{asked.Headers.Location!.ToString().Split('/')[^1]}";
        var other = await DeskVisitor.SignInAsync(_browser, strict, @as: key);
        await ApproveAsync(other, first);
        await other.Locator("main .actions a.button").ClickAsync();
        string old = other.Url;

        var one = await DeskVisitor.SignInAsync(_browser, strict);
        await one.GotoAsync(old);
        await one.Locator("#correct").ClickAsync();
        await one.Locator("#name").FillAsync("Corrected Name");
        await one.Locator("#name").PressAsync("Enter");
        await one.Locator("#issue").ClickAsync();
        await Browser.ComesToAsync(one, "/desk/requests/**");
        await other.GotoAsync(old);
        await Assertions.Expect(other.Locator("#state")).ToHaveTextAsync("In force");
        await ApproveAsync(other, one.Url);
        await other.GotoAsync(old);
        await Assertions.Expect(other.Locator("#state")).ToHaveTextAsync("Revoked");
        await other.Locator(".history a[href*='/desk/credentials/']").ClickAsync();
        await Assertions.Expect(other.Locator("#learner")).ToHaveTextAsync("Corrected Name");
    }

    private static async Task ApproveAsync(IPage page, string address)
    {
        await page.GotoAsync(address);
        await page.Locator("#approve").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync(
            "Issued", new() { Timeout = (float)Until.Patience.TotalMilliseconds });
    }

    private async Task SendTableAsync(IPage page, string mark)
    {
        await page.GotoAsync($"{Desk}/many");
        string rows = $"""
            Name,Email,Achievement
            Zweite Eins {mark},eins-{mark}@student.example,data-literacy
            Zweite Falsch {mark},no address,data-literacy
            Zweite Zwei {mark},zwei-{mark}@student.example,data-literacy
            Zweite Drei {mark},drei-{mark}@student.example,data-literacy

            """;
        await page.Locator("#file").SetInputFilesAsync(new FilePayload
        {
            Name = "klasse.csv",
            MimeType = "text/csv",
            Buffer = Encoding.UTF8.GetBytes(rows),
        });
        await page.Locator("form.sheet button").ClickAsync();
        await Assertions.Expect(page.Locator("#ready")).ToHaveTextAsync("3");
    }

    private async Task<HttpClient> SecondKeyAsync(GatewayHost? gateway = null)
    {
        gateway ??= _gateway;
        using var made = await GatewayHost.OkAsync(await gateway.PostAsync(
            "/v1/api-keys",
            new JsonObject { ["name"] = "a second pair", ["roles"] = new JsonArray("registrar") }));
        return gateway.With((string)JsonNode.Parse(await made.Content.ReadAsStringAsync(Cancellation))!["key"]!);
    }
}
