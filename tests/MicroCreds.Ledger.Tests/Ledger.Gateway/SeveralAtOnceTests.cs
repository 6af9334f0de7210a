using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Papers;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What somebody brings to another member than the issuer: several files, a photo, a paper.</summary>
[Collection(LinkedGatewaysTests.Name)]
public sealed class SeveralAtOnceTests(LinkedGatewaysFixture gateways, Browser found) : IClassFixture<Browser>
{
    private const string Foreign = """
        {"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],
         "issuer":"did:web:others.example","name":"Elsewhere","credentialSubject":{"id":"did:example:1"}}
        """;

    private readonly GatewayHost _issuer = gateways.Issuer;
    private readonly GatewayHost _partner = gateways.Partner;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("en", 360, true)]
    [InlineData("de", 1280, false)]
    public async Task Files_HaveEachTheirVerdict_AndOneIsOpened(string language, int width, bool script)
    {
        string good = await IssueAsync("First Learner");
        string altered = good.Replace("First Learner", "Fist Learner", StringComparison.Ordinal);
        string both = $"{{\"type\":\"VerifiablePresentation\",\"verifiableCredential\":"
            + $"[{await IssueAsync("Second Learner")},{Foreign}]}}";
        var page = await found.OpenAsync($"{_partner.Anyone.BaseAddress}verify", width, language, script);
        await page.Locator("#file").SetInputFilesAsync(
        [
            FileOf("good.json", good), FileOf("altered.json", altered), FileOf("wallet.json", both),
            new FilePayload { Name = "IMG_1.HEIC", MimeType = "", Buffer = [0, 0, 0, 24, .. "ftypheic0000"u8] },
        ]);
        if (!script) await page.Locator("#verify").ClickAsync();
        bool isGerman = language == "de";
        await Assertions.Expect(page.Locator("#several-title"))
            .ToHaveTextAsync(isGerman ? "2 von 5 gültig" : "2 of 5 valid");
        await Assertions.Expect(page.Locator(".several li.invalid")).ToContainTextAsync("altered.json");
        await Assertions.Expect(page.Locator(".several li.foreign")).ToContainTextAsync("wallet.json");
        await Assertions.Expect(page.Locator(".several li.refused")).ToContainTextAsync("HEIC");
        await Assertions.Expect(page.Locator(".several .note")).ToContainTextAsync("2");
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveCountAsync(0);
        if (script) await DeskVisitor.ExamineAsync(page, $"several-{language}-{width}");

        await page.Locator(".several button").Nth(2).ClickAsync();
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Second Learner");
        await Assertions.Expect(page.Locator("#several-title")).ToBeVisibleAsync();
        if (script) await DeskVisitor.ExamineAsync(page, $"several-opened-{language}-{width}");

        // The language is switched with what is opened.
        await page.Locator("#languages button").ClickAsync();
        await Assertions.Expect(page.Locator("#verdict-title")).ToHaveTextAsync(isGerman ? "Valid" : "Gültig");
        await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Second Learner");
        await page.Locator(".several button").Nth(4).ClickAsync();
        await Assertions.Expect(page.Locator("#result .next")).ToContainTextAsync("Safari");
    }

    [Fact]
    public async Task Pdf_WithTwoCredentialsAttached_HasAVerdictForEach()
    {
        string first = await IssueAsync("First In A File");
        string second = await IssueAsync("Second In A File");
        byte[] pdf = Encoding.UTF8.GetBytes("%PDF-1.7\n" + string.Concat(((string[])[first, second, "{}"]).Index()
            .Select(one => $"{(2 * one.Index) + 1} 0 obj <</EF <</F {(2 * one.Index) + 2} 0 R>>>> endobj\n"
                + $"{(2 * one.Index) + 2} 0 obj <</Length {Encoding.UTF8.GetByteCount(one.Item)}>> stream\n"
                + $"{one.Item}\nendstream endobj\n")));
        using var form = new MultipartFormDataContent { { new ByteArrayContent(pdf), "file", "record.pdf" } };
        using var answer = await _partner.Anyone.PostAsync("/verify", form, Cancellation);
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(">2 of 2 valid</h2>", page, StringComparison.Ordinal);
        Assert.Contains("Second In A File", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoreThanTwenty_AreRefused_AndTheApiGivesEach()
    {
        string good = await IssueAsync("Many Times");
        using var form = new MultipartFormDataContent();
        for (int i = 0; i < 21; i++) form.Add(new StringContent(good), "file", $"{i}.json");
        using var answer = await _partner.Anyone.PostAsync("/verify", form, Cancellation);
        Assert.Contains(
            "more than 20 credentials", await answer.Content.ReadAsStringAsync(Cancellation),
            StringComparison.Ordinal);

        var verdict = await _partner.VerifyAsync(Encoding.UTF8.GetBytes($"[{good},{Foreign}]"));
        Assert.Equal("indeterminate", (string?)verdict["verdict"]);
        Assert.Equal(["valid", "foreign"], verdict["each"]!.AsArray().Select(one => (string?)one!["verdict"]));
    }

    [Fact]
    public async Task WhatThePageKept_ChangedByAnybody_IsNoFault()
    {
        foreach (string kept in (string[])
            ["[", "{}", "[null,{}]", "[{\"refusal\":\"no.such\"}]", "[{\"refusal\":\"foreign\",\"about\":\"<b>\"},{}]"])
        {
            using var form = new MultipartFormDataContent
            {
                { new StringContent(kept), "several" }, { new StringContent("7"), "open" },
            };
            using var answer = await GatewayHost.OkAsync(
                await _partner.Anyone.PostAsync("/verify", form, Cancellation));
            Assert.DoesNotContain(
                "<b>", await answer.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task SetsThatAreEvaluated_TakeTheSameWrappings()
    {
        string name = $"Wrapped Learner {Guid.NewGuid():N}";
        string pathway = $"wrapped-{Guid.NewGuid():N}"[..20];
        var credentials = await SamplePathway.IssueAsync(_issuer, pathway, name, "part-one", "part-two");
        var presentation = new JsonObject
        {
            ["type"] = "VerifiablePresentation",
            ["verifiableCredential"] = new JsonArray([.. credentials.Select(one => one!.DeepClone())]),
        };
        using var answer = await GatewayHost.OkAsync(await _issuer.Anyone.PostAsJsonAsync(
            $"/v1/pathways/AuroraMSP/{pathway}/1/evaluations",
            new JsonObject { ["credentials"] = new JsonArray(presentation, JsonNode.Parse(Foreign)) }, Cancellation));
        var said = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["credentials"]!.AsArray();
        Assert.Equal([0, 0, 1], said.Select(one => (int)one!["index"]!));
        Assert.Equal(["valid", "valid", "foreign"], said.Select(one => (string?)one!["verdict"]));
        Assert.Equal([true, true, false], said.Select(one => (bool)one!["isTaken"]!));
    }

    [Fact]
    public async Task Paper_BeforeTheCameraOfAnotherMember_IsValid_WhileTheIssuerIsAway()
    {
        string id = GatewayHost.IdOf(Encoding.UTF8.GetBytes(await IssueAsync("Paper Learner")));
        using var device = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = _issuer.Anyone.BaseAddress,
        };
        string held = await LearnersDevice.TakeAsync(_issuer, device, id);
        byte[] pdf = await device.GetByteArrayAsync($"{held}/files/pdf", Cancellation);
        await found.FilmAsync(await CameraFilm.OfPageAsync(pdf));
        await _issuer.StopAsync();
        try
        {
            var page = await found.OpenAsync($"{_partner.Anyone.BaseAddress}verify", width: 360);
            await page.Locator("#scan").ClickAsync();
            await Assertions.Expect(page.Locator("#verdict-title"))
                .ToHaveTextAsync("Valid", new LocatorAssertionsToHaveTextOptions { Timeout = 60_000 });
            await Assertions.Expect(page.Locator("#learner")).ToHaveTextAsync("Paper Learner");
        }
        finally
        {
            await _issuer.StartAsync();
        }
    }

    private static FilePayload FileOf(string name, string text) =>
        new() { Name = name, MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(text) };

    /// <summary>Issues a credential, and waits until the partner knows of it.</summary>
    private async Task<string> IssueAsync(string name)
    {
        byte[] document = await _issuer.IssueAsync(name);
        await Until.TrueAsync(
            async () => await _partner.VerdictAsync(document) == "valid", () => $"{name}'s is not valid elsewhere.");
        return Encoding.UTF8.GetString(document);
    }
}

/// <summary>What a camera sees of a paper that is held before it.</summary>
internal static class CameraFilm
{
    private const int Width = 1920;
    private const int Height = 1080;

    /// <summary>Renders the corner of the page where both its codes are; gives two frames of it (YUV4MPEG2).</summary>
    public static async Task<byte[]> OfPageAsync(byte[] pdf)
    {
        var folder = Directory.CreateTempSubdirectory("film-");
        try
        {
            await File.WriteAllBytesAsync(
                Path.Combine(folder.FullName, "paper.pdf"), pdf, TestContext.Current.CancellationToken);
            await PaperTool.RunAsync(
                "pdftoppm", folder.FullName, "-r", "400", "-gray", "-f", "1", "-l", "1", "-x", "200", "-y", "3600",
                "-W", $"{Width}", "-H", $"{Height}", "paper.pdf", "page");
            byte[] picture = await File.ReadAllBytesAsync(
                Directory.GetFiles(folder.FullName, "page*.pgm").Single(), TestContext.Current.CancellationToken);
            return FilmOf(picture);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static byte[] FilmOf(byte[] picture)
    {
        // P5, width, height and 255, each behind a blank; then a byte for each dot.
        string[] head = Encoding.ASCII.GetString(picture, 0, 32).Split((char[])[' ', '\n'], 5);
        var (width, height) = (int.Parse(head[1]), int.Parse(head[2]));
        var dots = picture.AsSpan(picture.Length - (width * height));
        byte[] frame = new byte[Width * Height * 3 / 2];
        frame.AsSpan(0, Width * Height).Fill(235);
        frame.AsSpan(Width * Height).Fill(128);
        for (int y = 0; y < Math.Min(height, Height); y++)
        {
            for (int x = 0; x < Math.Min(width, Width); x++)
                frame[(y * Width) + x] = (byte)(16 + (dots[(y * width) + x] * 219 / 255));
        }

        byte[] start = Encoding.ASCII.GetBytes($"YUV4MPEG2 W{Width} H{Height} F10:1 Ip A1:1 C420jpeg\n");
        return [.. start, .. "FRAME\n"u8, .. frame, .. "FRAME\n"u8, .. frame];
    }
}
