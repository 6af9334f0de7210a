using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a learner does in a real browser: from the mail to what others are shown, and its end.</summary>
public sealed class LearnerPageTests(MailFixture mails, Browser found)
    : IClassFixture<MailFixture>, IClassFixture<Browser>
{
    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("de", 360)]
    public async Task Mail_IsClaimed_ShownToOthersInPart_AndEnds(string language, int width)
    {
        var browser = found.OrSkip();
        string address = $"{Guid.NewGuid():N}@student.example";
        await IssueAsync("Eleni Παπαδοπούλου", address);
        string link = LearnerMailTests.LinkIn(await mails.Server.ToldAsync(address, "Your credential"));
        var page = await browser.OpenAsync(link, width, language);
        await DeskVisitor.ExamineAsync(page, $"claim-{language}-{width}");
        await page.Locator("main form button").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/me/*");
        await Assertions.Expect(page.Locator(".learner")).ToContainTextAsync("Παπαδοπούλου");
        await Assertions.Expect(page.Locator("#result")).ToHaveClassAsync("valid");
        await DeskVisitor.ExamineAsync(page, $"held-{language}-{width}");

        // The same link on the same device leads straight there.
        string held = page.Url.Split('?')[0];
        await page.GotoAsync(link);
        Assert.Equal(held, page.Url.Split('?')[0]);

        // Without the grade, which stays the learner's own.
        await page.Locator("#show-result").UncheckAsync();
        await page.Locator("#label").FillAsync("For Ms Novák");
        await page.Locator("#shares details form button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("main .note.good")).ToBeVisibleAsync();
        string shared = await page.Locator("#shares .link .copy").InnerTextAsync();
        await DeskVisitor.ExamineAsync(page, $"held-shared-{language}-{width}");

        var visitor = await browser.OpenAsync(shared, width, language);
        await Assertions.Expect(visitor.Locator(".learner")).ToContainTextAsync("Παπαδοπούλου");
        await Assertions.Expect(visitor.Locator("#result")).ToHaveClassAsync("valid");
        string all = await visitor.ContentAsync();
        Assert.DoesNotContain("1,7", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Novák", all, StringComparison.Ordinal);
        Assert.Contains("noindex", all, StringComparison.Ordinal);
        await DeskVisitor.ExamineAsync(visitor, $"shared-{language}-{width}");

        await page.GotoAsync(held);
        await Assertions.Expect(page.Locator("#shares .link .sub")).ToContainTextAsync(
            language == "de" ? "Name" : "Name");
        await page.Locator("#shares .link form button").PressAsync("Enter");
        await Assertions.Expect(page.Locator("#shares .link")).ToHaveCountAsync(0);
        await visitor.GotoAsync(shared);
        await Assertions.Expect(visitor.Locator("#result")).ToHaveCountAsync(0);
        await DeskVisitor.ExamineAsync(visitor, $"gone-{language}-{width}");

        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}me");
        await Assertions.Expect(page.Locator(".cards li")).ToHaveCountAsync(1);
        await DeskVisitor.ExamineAsync(page, $"mine-{language}-{width}");
    }

    [Fact]
    public async Task Files_ComeUnderAPersonsName_AndVerifyElsewhere()
    {
        var (device, held) = await ClaimAsync("Zoë O'Brien / Müller");
        foreach (string form in (string[])["json", "jwt", "sd-jwt"])
        {
            using var file = await GatewayHost.OkAsync(await device.GetAsync($"{held}/files/{form}", Cancellation));
            Assert.Equal(
                $"Data Literacy – Zoë O'Brien   Müller.{form}",
                file.Content.Headers.ContentDisposition!.FileNameStar);
            byte[] document = await file.Content.ReadAsByteArrayAsync(Cancellation);
            var verdict = await mails.Partner.VerifyAsync(document);
            Assert.Equal("valid", (string?)verdict["verdict"]);
        }

        foreach (string form in (string[])["pdf", "png", "svg"])
        {
            using var file = await GatewayHost.OkAsync(await device.GetAsync($"{held}/files/{form}", Cancellation));
            byte[] carrier = await file.Content.ReadAsByteArrayAsync(Cancellation);
            await Browser.KeepAsync($"paper.{form}", carrier);
            string page = await VerifyPageOfAsync(mails.Partner, carrier);
            Assert.Contains("<h2 id=\"verdict-title\">Valid</h2>", page, StringComparison.Ordinal);
            Assert.Contains("O&#x27;Brien / Müller", page, StringComparison.Ordinal);
        }

        string text = await device.GetStringAsync($"{held}/files/txt", Cancellation);
        Assert.Contains("Zoë O'Brien / Müller", text, StringComparison.Ordinal);
        using var none = await device.GetAsync($"{held}/files/exe", Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Holding_IsForItsDeviceAlone()
    {
        var (device, held) = await ClaimAsync("Private Learner");
        using var other = Device();
        foreach (string address in (string[])[held, $"{held}/files/json"])
        {
            using var refused = await other.GetAsync(address, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        }

        using var made = await other.PostAsync($"{held}/shares", Form(("show", "name")), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, made.StatusCode);
        Assert.Contains("Private Learner", await device.GetStringAsync(held, Cancellation), StringComparison.Ordinal);

        // Nobody's answers are kept by a browser or a proxy, or told to another site.
        using var answer = await device.GetAsync(held, Cancellation);
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.Equal("same-origin", answer.Headers.GetValues("Referrer-Policy").Single());
    }

    [Fact]
    public async Task Link_TakesTenDevices_AndThenSendsANewOne()
    {
        string address = $"{Guid.NewGuid():N}@student.example";
        await IssueAsync("Many Devices", address);
        string link = LearnerMailTests.LinkIn(await mails.Server.ToldAsync(address, "Your credential"));
        for (int i = 0; i < 10; i++)
        {
            using var device = Device();
            using var taken = await device.PostAsync(link, Form(), Cancellation);
            Assert.StartsWith("/me/", taken.Headers.Location!.ToString(), StringComparison.Ordinal);

            // Once more on the same device is not one more.
            using var again = await device.PostAsync(link, Form(), Cancellation);
            Assert.Equal(taken.Headers.Location, again.Headers.Location);
        }

        using var eleventh = Device();
        using var refused = await eleventh.PostAsync(link, Form(), Cancellation);
        Assert.StartsWith("/claim/", refused.Headers.Location!.ToString(), StringComparison.Ordinal);
        int before = mails.Server.Mails.Count(mail => MailServer.IsTo(mail, address));
        using var renewed = await eleventh.PostAsync(link + "/renewal", Form(), Cancellation);
        Assert.EndsWith("?now=renewed", renewed.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var tooSoon = await eleventh.PostAsync(link + "/renewal", Form(), Cancellation);
        Assert.EndsWith("?now=notRenewed", tooSoon.Headers.Location!.ToString(), StringComparison.Ordinal);
        await Until.TrueAsync(
            () => Task.FromResult(mails.Server.Mails.Count(mail => MailServer.IsTo(mail, address)) == before + 1),
            () => "No new link came.");
        string next = LearnerMailTests.LinkIn(mails.Server.Mails.Last(mail => MailServer.IsTo(mail, address)));
        using var comes = await eleventh.PostAsync(next, Form(), Cancellation);
        Assert.StartsWith("/me/", comes.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Looking_TakesNothingOver_AndAWrongSecretLeadsNowhere()
    {
        string address = $"{Guid.NewGuid():N}@student.example";
        string id = await IssueAsync("Scanned Mail", address);
        string link = LearnerMailTests.LinkIn(await mails.Server.ToldAsync(address, "Your credential"));
        string seen = await _gateway.Anyone.GetStringAsync(link, Cancellation);
        Assert.DoesNotContain("Scanned Mail", seen, StringComparison.Ordinal);
        var deliveries = await _gateway.Registrar.GetStringAsync($"/v1/credentials/{id}/deliveries", Cancellation);
        Assert.Contains(address, deliveries, StringComparison.Ordinal);
        foreach (string wrong in (string[])[link[..^1] + (link[^1] == 'A' ? 'B' : 'A'), link[..^3], link + "/x"])
        {
            using var answer = await _gateway.Anyone.GetAsync(wrong, Cancellation);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Share_ShowsNoMoreThanWasChosen_InAnyForm_AndEndsWithTheCredential()
    {
        var (device, held) = await ClaimAsync("Hidden Name", grade: "1,7");
        using var made = await device.PostAsync(
            $"{held}/shares", Form(("show", "result"), ("until", "7"), ("label", "x")), Cancellation);
        Assert.Equal(HttpStatusCode.SeeOther, made.StatusCode);
        string shared = SharedIn(await device.GetStringAsync(held, Cancellation));
        string page = await _gateway.Anyone.GetStringAsync(shared, Cancellation);
        Assert.Contains("1,7", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Hidden Name", page, StringComparison.Ordinal);
        using var file = await _gateway.Anyone.GetAsync(shared + "/credential", Cancellation);
        byte[] token = await file.Content.ReadAsByteArrayAsync(Cancellation);
        var verdict = await mails.Partner.VerifyAsync(token);
        Assert.Equal("valid", (string?)verdict["verdict"]);
        Assert.DoesNotContain("Hidden Name", verdict.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("Hidden", file.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);

        string id = await IdOfAsync(device, held);
        await GatewayHost.OkAsync(await _gateway.PostAsync(
            $"/v1/credentials/{id}/revocation", new { reason = "issuedInError" }));
        await Until.TrueAsync(
            async () => (await _gateway.Anyone.GetStringAsync(shared, Cancellation)).Contains(
                "class=\"invalid\"", StringComparison.Ordinal),
            () => "The page still calls it valid.");
        await GatewayHost.OkAsync(await _gateway.Registrar.DeleteAsync($"/v1/credentials/{id}", Cancellation));
        using var gone = await _gateway.Anyone.GetAsync(shared, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        using var erased = await device.GetAsync(held, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, erased.StatusCode);
    }

    [Fact]
    public async Task Address_OpenedInABrowser_LeadsToItsPage_WithNothingOfTheLearner()
    {
        string id = (await IssueAsync("Camera Learner", email: null))["urn:uuid:".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/credentials/{id}");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
        using var answer = await _gateway.Anyone.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"/c/{id}", answer.RequestMessage!.RequestUri!.AbsolutePath);
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains("Data Literacy", page, StringComparison.Ordinal);
        Assert.Contains("class=\"valid\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Camera Learner", page, StringComparison.Ordinal);

        // Programs are told as before what they lack.
        using var program = await _gateway.Anyone.GetAsync($"/v1/credentials/{id}", Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, program.StatusCode);
    }

    [Fact]
    public async Task Portal_GetsALink_AndTheDeskTellsHowItWent()
    {
        string id = await IssueAsync("Portal Learner", email: null);
        using var made = await GatewayHost.OkAsync(
            await _gateway.Registrar.PostAsync($"/v1/credentials/{id}/claims", content: null, Cancellation));
        string url = (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["url"]!;
        using var device = Device();
        using var taken = await device.PostAsync(url, Form(), Cancellation);
        Assert.StartsWith("/me/", taken.Headers.Location!.ToString(), StringComparison.Ordinal);
        using var anybody = await _gateway.Anyone.PostAsync(
            $"/v1/credentials/{id}/claims", content: null, Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, anybody.StatusCode);

        var desk = await DeskVisitor.SignInAsync(found.OrSkip(), _gateway);
        await desk.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/credentials/{id}");
        await Assertions.Expect(desk.Locator("#held")).ToContainTextAsync("1");
        await desk.Locator("#mail summary").ClickAsync();
        await desk.Locator("#mail-to").FillAsync("portal@student.example");
        await desk.Locator("#mail button").ClickAsync();
        await Assertions.Expect(desk.Locator("#deliveries")).ToContainTextAsync("portal@student.example");
        await mails.Server.ToldAsync("portal@student.example", "Your credential");
        await desk.Locator("#claim button").ClickAsync();
        Assert.Contains("/claim/", await desk.Locator("#claim-url").InnerTextAsync(), StringComparison.Ordinal);
        await DeskVisitor.ExamineAsync(desk, "desk-reach");
    }

    [Fact]
    public async Task Handout_HasACodeForEachLearner_WhichAPhoneReads()
    {
        object[] rows =
        [
            .. Enumerable.Range(1, 3).Select(i => new
            {
                achievement = "data-literacy",
                recipient = new { name = $"Hall Learner {i}", email = $"{Guid.NewGuid():N}@hall.example" },
            }),
        ];
        using var accepted = await GatewayHost.OkAsync(
            await _gateway.Registrar.PostAsJsonAsync("/v1/batches", rows, Cancellation));
        string batch = (string)(await accepted.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["id"]!;
        await Until.TrueAsync(
            async () => (await _gateway.Registrar.GetStringAsync($"/v1/batches/{batch}", Cancellation)).Contains(
                "\"issued\"", StringComparison.Ordinal),
            () => "The batch is not issued.");
        var desk = await DeskVisitor.SignInAsync(found.OrSkip(), _gateway);
        await Until.TrueAsync(
            async () =>
            {
                await desk.GotoAsync($"{_gateway.Anyone.BaseAddress}desk/batches/{batch}");
                return (await desk.Locator("#mails").InnerTextAsync()).Contains("sent: 3", StringComparison.Ordinal);
            },
            () => "The three mails are not said to be sent.");
        await desk.Locator("#handout button").ClickAsync();
        await Assertions.Expect(desk.Locator(".handout li")).ToHaveCountAsync(3);
        await DeskVisitor.ExamineAsync(desk, "desk-handout");

        // As a phone's camera sees it.
        byte[] picture = await desk.Locator(".handout svg").First.ScreenshotAsync();
        var code = Assert.Single(CarriedCredential.Find(picture).Contents);
        string link = System.Text.Encoding.UTF8.GetString(code.Content);
        Assert.Equal(await desk.Locator(".handout .copy").First.InnerTextAsync(), link);
        using var device = Device();
        using var taken = await device.PostAsync(link, Form(), Cancellation);
        Assert.StartsWith("/me/", taken.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string> VerifyPageOfAsync(GatewayHost member, byte[] file)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "file" } };
        using var answer = await GatewayHost.OkAsync(await member.Anyone.PostAsync("/verify", form, Cancellation));
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private static string SharedIn(string page)
    {
        const string Mark = "/c/";
        int at = page.IndexOf(Mark, StringComparison.Ordinal);
        return page.Substring(at, Mark.Length + 27);
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) =>
        new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static async Task<string> IdOfAsync(HttpClient device, string held)
    {
        var json = await device.GetFromJsonAsync<JsonNode>($"{held}/files/json", Cancellation);
        return (string)json!["id"]!;
    }

    private HttpClient Device() => new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = _gateway.Anyone.BaseAddress,
    };

    private async Task<(HttpClient Device, string Held)> ClaimAsync(string name, string? grade = null)
    {
        string address = $"{Guid.NewGuid():N}@student.example";
        await IssueAsync(name, address, grade);
        string link = LearnerMailTests.LinkIn(await mails.Server.ToldAsync(address, "Your credential"));
        var device = Device();
        using var taken = await device.PostAsync(link, Form(), Cancellation);
        return (device, taken.Headers.Location!.ToString().Split('?')[0]);
    }

    private async Task<string> IssueAsync(string name, string? email, string? grade = "1,7")
    {
        using var answer = await GatewayHost.OkAsync(await _gateway.Registrar.PostAsJsonAsync(
            "/v1/credentials",
            new
            {
                achievement = "data-literacy",
                recipient = new { name, email },
                result = grade is null ? null : new { value = grade },
            },
            Cancellation));
        return GatewayHost.IdOf(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }
}
