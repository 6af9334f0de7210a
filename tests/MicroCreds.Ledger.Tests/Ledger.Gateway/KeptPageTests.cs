using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Tests.EndToEnd;
using Microsoft.Playwright;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What a learner's browser keeps by itself: added, read anew, counted, taken along, and forgotten.</summary>
public sealed class KeptPageTests(MailFixture mails, Browser found)
    : IClassFixture<MailFixture>, IClassFixture<Browser>
{
    private const string Passphrase = "correct horse battery";

    /// <summary>All that the browser's database holds, bytes as letters; of the key whether it can be read out.
    /// </summary>
    private const string Dump =
        """
        new Promise((resolve, reject) => {
          const opening = indexedDB.open('microcreds-kept');
          opening.onerror = () => reject(opening.error);
          opening.onsuccess = () => {
            const all = opening.result.transaction(['keys', 'documents']);
            const keys = all.objectStore('keys').getAll();
            const documents = all.objectStore('documents').getAll();
            all.oncomplete = () => {
              opening.result.close();
              const letters = (bytes) => Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join('');
              resolve([
                ...keys.result.map((key) => `key ${key.extractable}`),
                ...documents.result.map((one) => JSON.stringify(one) + letters(one.iv) + letters(one.data)),
              ]);
            };
          };
        })
        """;

    private readonly GatewayHost _gateway = mails.Gateway;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Mine => $"{_gateway.Anyone.BaseAddress}me";

    [Theory]
    [InlineData("de", 360)]
    [InlineData("en", 1280)]
    public async Task Files_AreKeptInTheBrowserAlone_ReadAnew_AndRemoved(string language, int width)
    {
        var browser = found.OrSkip();
        string name = $"Ingrid {Guid.NewGuid():N}";
        var (revoked, json) = await FileAsync(mails.Partner, name, "json");
        var (_, token) = await FileAsync(mails.Partner, name, "sd-jwt");
        var (_, paper) = await FileAsync(mails.Partner, name, "pdf");
        var page = await browser.OpenAsync(Mine, width, language);
        await page.Locator("#file").SetInputFilesAsync(
        [
            Payload("one.json", json), Payload("two.sd-jwt", token), Payload("three.pdf", paper),
            Payload("<img src=x onerror=alert(1)>.txt", "no credential"u8), Payload("stranger.json", Stranger),
        ]);
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(4);
        await Assertions.Expect(page.Locator("#kept-list .tag.good")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#kept-list")).ToContainTextAsync(name);
        await Assertions.Expect(page.Locator("#kept-told")).ToContainTextAsync("Data Literacy");

        // What a file or its name says is text: it makes no elements.
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("<img src=x onerror=alert(1)>.txt:");
        await Assertions.Expect(page.Locator("#kept-list")).ToContainTextAsync("<b onclick=alert(1)>Stolen</b>");
        await Assertions.Expect(page.Locator("#kept b, #kept img:not(.badge)")).ToHaveCountAsync(0);
        await Assertions.Expect(page.Locator("#kept-sum")).ToContainTextAsync(": 9.");
        await DeskVisitor.ExamineAsync(page, $"kept-{language}-{width}");

        string[] lies = await page.EvaluateAsync<string[]>(Dump);
        Assert.Equal(5, lies.Length);
        Assert.Contains("key false", lies);
        Assert.DoesNotContain(lies, one => one.Contains("Ingrid", StringComparison.Ordinal));
        Assert.DoesNotContain(lies, one => one.Contains("Literacy", StringComparison.Ordinal));
        await AssertNothingOfAsync(name);

        await GatewayHost.OkAsync(await mails.Partner.PostAsync(
            $"/v1/credentials/{revoked}/revocation", new { reason = "issuedInError" }));
        await Until.TrueAsync(
            async () => await _gateway.VerdictAsync(json) == "invalid", () => "It is still called valid.");
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#kept-list .tag.bad")).ToHaveTextAsync(
            language == "de" ? "Widerrufen" : "Revoked");
        await Assertions.Expect(page.Locator("#kept-sum")).ToContainTextAsync(": 6.");
        await Browser.ShootAsync(page, $"kept-revoked-{language}-{width}");

        // The verdict in full is one press away, and so is the way back.
        await page.Locator("#kept-list li").First.Locator(".open").PressAsync("Enter");
        await Browser.ComesToAsync(page, "/verify");
        await Assertions.Expect(page.Locator("#result")).ToHaveClassAsync("invalid");
        await page.GotoAsync(Mine);
        await Assertions.Expect(page.Locator("#kept-list .tag.bad")).ToHaveCountAsync(1);
        await page.Locator("#kept-list .remove").First.PressAsync("Enter");
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#kept-told")).ToContainTextAsync("Data Literacy");
        await Assertions.Expect(page.Locator("#kept-list .remove").First).ToBeFocusedAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(3);
    }

    [Fact]
    public async Task Claimed_AndKept_AreOne_AndAllGoesAlongInOneFile()
    {
        var browser = found.OrSkip();
        string name = $"Torsten {Guid.NewGuid():N}";
        var (id, json) = await FileAsync(_gateway, name, "json");
        var page = await browser.OpenAsync(await ClaimAddressAsync(_gateway, id));
        await page.Locator("main form button").ClickAsync();
        await Browser.ComesToAsync(page, "/me/*");
        await page.GotoAsync(Mine);
        await page.Locator("#kept-copy").ClickAsync();
        await Assertions.Expect(page.Locator(".cards .also")).ToHaveCountAsync(1);
        var (_, token) = await FileAsync(mails.Partner, name, "jwt");
        await page.Locator("#file").SetInputFilesAsync([Payload("same.json", json), Payload("two.jwt", token)]);
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator(".cards > li")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#kept-sum")).ToHaveTextAsync(
            "In this browser: 2. Together with what was claimed, each counted once: 2. Credits that stand: 6.");
        await page.Locator("#kept-export summary").ClickAsync();
        await DeskVisitor.ExamineAsync(page, "kept-claimed");

        var (file, open) = await ExportAsync(page);
        Assert.Equal($"My learning – {name} – {DateTime.UtcNow:yyyy-MM-dd}.json", file);
        string[] types = [.. JsonNode.Parse(open)!["verifiableCredential"]!.AsArray()
            .Select(one => one!["type"]!.ToJsonString())];
        Assert.Contains("\"EnvelopedVerifiableCredential\"", types);
        var verified = await browser.OpenAsync($"{mails.Partner.Anyone.BaseAddress}verify");
        await verified.Locator("#file").SetInputFilesAsync(Payload(file, open));
        await Assertions.Expect(verified.Locator("#several-title")).ToHaveTextAsync("2 of 2 valid");

        await page.Locator("#passphrase").FillAsync("short");
        await page.Locator("#kept-export button").ClickAsync();
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("at least 12 characters");
        await page.Locator("#passphrase").FillAsync(Passphrase);
        await page.Locator("#again").FillAsync(Passphrase);
        var (locked, envelope) = await ExportAsync(page);
        Assert.EndsWith(" – encrypted.json", locked, StringComparison.Ordinal);
        Assert.DoesNotContain("Torsten", Encoding.UTF8.GetString(envelope), StringComparison.Ordinal);
        Assert.True((int)JsonNode.Parse(envelope)!["iterations"]! >= 600_000);

        // Another browser, which has nothing yet.
        var other = await browser.OpenAsync(Mine);
        await other.Locator("#file").SetInputFilesAsync(Payload(locked, envelope));
        await other.Locator("#unlock-word").FillAsync("wrong horse battery");
        await other.Locator("#unlock-now").ClickAsync();
        await Assertions.Expect(other.Locator("#unlock-fault")).ToContainTextAsync("another passphrase");
        await DeskVisitor.ExamineAsync(other, "kept-unlock");
        await other.Locator("#unlock-word").FillAsync(Passphrase);
        await other.Locator("#unlock-word").PressAsync("Enter");
        await Assertions.Expect(other.Locator("#kept-list .tag.good")).ToHaveCountAsync(2);

        await other.Locator("#kept-forget").PressAsync("Enter");
        await Assertions.Expect(other.Locator("#kept-told")).ToContainTextAsync("Credentials: 2.");
        await Assertions.Expect(other.Locator("#kept-list li")).ToHaveCountAsync(2);
        await other.Locator("#kept-forget").PressAsync("Enter");
        await Assertions.Expect(other.Locator("#kept-list li")).ToHaveCountAsync(0);
        Assert.Empty(await other.EvaluateAsync<string[]>(Dump));
    }

    [Fact]
    public async Task Progress_IsShownFromWhatIsKeptAlone()
    {
        var browser = found.OrSkip();
        string pathway = $"kept-{Guid.NewGuid():N}"[..20];
        var credentials = await SamplePathway.IssueAsync(
            _gateway, pathway, $"Kept Learner {Guid.NewGuid():N}", "part-one", "part-two");
        var page = await browser.OpenAsync(Mine);
        await page.Locator("#file").SetInputFilesAsync(
            credentials.Select((one, at) => Payload($"{at}.json", Encoding.UTF8.GetBytes(one!.ToJsonString()))));
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(2);
        await page.ReloadAsync();
        await DeskVisitor.ExamineAsync(page, "kept-progress");
        await page.Locator("#kept-export summary").ClickAsync();
        var (file, content) = await ExportAsync(page);
        await page.Locator("#pathway").SelectOptionAsync(new SelectOptionValue { Index = 0 });
        await page.Locator("#progress button").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("6");

        // What was claimed meanwhile is not brought twice.
        await page.GotoAsync(await ClaimAddressAsync(_gateway, (string)credentials[0]!["id"]!));
        await page.Locator("main form button").ClickAsync();
        await Browser.ComesToAsync(page, "/me/*");
        await page.GotoAsync(Mine);
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(1);
        await page.Locator("#pathway").SelectOptionAsync(new SelectOptionValue { Index = 0 });
        await page.Locator("#progress button").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("6");
        await Assertions.Expect(page.Locator("#result")).Not.ToContainTextAsync("What does not count");

        // And what was exported is as good as the files themselves.
        await page.GotoAsync($"{_gateway.Anyone.BaseAddress}progress");
        await page.Locator("#files").SetInputFilesAsync(Payload(file, content));
        await page.Locator("#show").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync("6");
    }

    [Fact]
    public async Task Reading_GivesTheDocumentAsItCame_AndIsKeptByNobody()
    {
        string name = $"Read {Guid.NewGuid():N}";
        byte[] document = await mails.Partner.IssueAsync(name);
        byte[] changed = Encoding.UTF8.GetBytes(
            Encoding.UTF8.GetString(document).Replace(name, "Somebody Else", StringComparison.Ordinal));
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(document), "file", "good.json" },
            { new ByteArrayContent(changed), "file", "changed.json" },
            { new StringContent("yes"), "mine" },
        };
        using var answer = await GatewayHost.OkAsync(
            await _gateway.Anyone.PostAsync("/me/reading", form, Cancellation));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var read = (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["credentials"]!.AsArray();
        Assert.Equal(2, read.Count);
        Assert.Equal(Encoding.UTF8.GetString(document).Trim(), (string?)read[0]!["document"]);
        Assert.Equal((true, 3), ((bool)read[0]!["stands"]!, (int)read[0]!["credits"]!));

        // Whoever changes a credential does not put it in the place of the one that it was.
        Assert.Equal((false, 0), ((bool)read[1]!["stands"]!, (int)read[1]!["credits"]!));
        Assert.Equal(GatewayHost.IdOf(document), (string?)read[0]!["id"]);
        Assert.StartsWith("sha256:", (string?)read[1]!["id"], StringComparison.Ordinal);
        await AssertNothingOfAsync(name);
    }

    [Fact]
    public async Task WithoutAScriptOrADatabase_TheSectionSaysSo()
    {
        var browser = found.OrSkip();
        var plain = await browser.OpenAsync(Mine, script: false);
        await Assertions.Expect(plain.Locator("#kept noscript .note")).ToContainTextAsync("JavaScript");
        await Assertions.Expect(plain.Locator("#file")).ToBeHiddenAsync();
        await Browser.ShootAsync(plain, "kept-no-script");

        var without = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}verify");
        await without.AddInitScriptAsync("Object.defineProperty(window, 'indexedDB', { value: undefined })");
        await without.GotoAsync(Mine);
        await Assertions.Expect(without.Locator("#kept-faults")).ToContainTextAsync("private windows");
        await Assertions.Expect(without.Locator("#file")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task WhatDoesNotWork_IsSaid_WithWhatMendsIt()
    {
        var browser = found.OrSkip();
        var page = await browser.OpenAsync($"{_gateway.Anyone.BaseAddress}verify");
        await page.EvaluateAsync(
            """
            new Promise((resolve) => {
              const opening = indexedDB.open('microcreds-kept', 9);
              opening.onsuccess = () => { opening.result.close(); resolve(); };
            })
            """);
        await page.GotoAsync(Mine);
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("Forget all");
        await DeskVisitor.ExamineAsync(page, "kept-broken");
        await page.Locator("#kept-forget").ClickAsync();
        await page.Locator("#kept-forget").ClickAsync();
        await Assertions.Expect(page.Locator("#file")).ToBeVisibleAsync();
        var (_, json) = await FileAsync(_gateway, "Full Disk", "json");
        await page.Locator("#file").SetInputFilesAsync(Payload("huge.pdf", new byte[13 * 1024 * 1024]));
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("huge.pdf: This is larger");
        await page.EvaluateAsync(
            """
            () => {
              window.put = IDBObjectStore.prototype.put;
              IDBObjectStore.prototype.put = function (...all) {
                if (this.name === 'documents') throw new DOMException('', 'QuotaExceededError');
                return window.put.apply(this, all);
              };
            }
            """);
        await page.Locator("#file").SetInputFilesAsync(Payload("one.json", json));
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("one.json: This was not kept");
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(0);
        await page.EvaluateAsync("() => { IDBObjectStore.prototype.put = window.put; }");
        await page.Locator("#file").SetInputFilesAsync(Payload("one.json", json));
        await Assertions.Expect(page.Locator("#kept-list li")).ToHaveCountAsync(1);

        // Where nobody answers it is there all the same, and not said to stand.
        await page.RouteAsync("**/me/reading", route => route.AbortAsync());
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#kept-list .tag.warn")).ToHaveTextAsync("Not checked now");
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("did not answer");
        await Assertions.Expect(page.Locator("#kept-sum")).ToContainTextAsync("stand: 0.");
        await page.UnrouteAsync("**/me/reading");

        // A key of somebody else's making opens nothing.
        await page.EvaluateAsync(
            """
            (async () => {
              const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['decrypt']);
              await new Promise((resolve) => {
                const opening = indexedDB.open('microcreds-kept');
                opening.onsuccess = () => {
                  const all = opening.result.transaction('keys', 'readwrite');
                  all.objectStore('keys').put(key, 'documents');
                  all.oncomplete = () => { opening.result.close(); resolve(); };
                };
              });
            })()
            """);
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#kept-faults")).ToContainTextAsync("it was damaged");
        await Assertions.Expect(page.Locator("#kept-forget")).ToBeVisibleAsync();
    }

    /// <summary>A credential of somebody else's, with markup for a name.</summary>
    private static byte[] Stranger => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["@context"] = new JsonArray(
            "https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"),
        ["id"] = "urn:uuid:8b1f4a52-3c5e-4f0b-9d0c-0a6f0f1d2e3c",
        ["type"] = new JsonArray("VerifiableCredential", "OpenBadgeCredential"),
        ["name"] = "<b onclick=alert(1)>Stolen</b>",
        ["issuer"] = new JsonObject
        {
            ["id"] = "https://elsewhere.example",
            ["type"] = new JsonArray("Profile"),
            ["name"] = "Elsewhere",
        },
        ["validFrom"] = "2026-01-01T00:00:00Z",
        ["credentialSubject"] = new JsonObject
        {
            ["type"] = new JsonArray("AchievementSubject"),
            ["achievement"] = new JsonObject
            {
                ["id"] = "https://elsewhere.example/a/1",
                ["type"] = new JsonArray("Achievement"),
                ["name"] = "<b onclick=alert(1)>Stolen</b>",
                ["criteria"] = new JsonObject { ["narrative"] = "None." },
                ["description"] = "Nothing.",
            },
        },
    }.ToJsonString());

    private static FilePayload Payload(string name, ReadOnlySpan<byte> content) =>
        new() { Name = name, MimeType = "application/octet-stream", Buffer = content.ToArray() };

    private static async Task<(string Name, byte[] Content)> ExportAsync(IPage page)
    {
        var download = await page.RunAndWaitForDownloadAsync(
            () => page.Locator("#kept-export button").ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var memory = new MemoryStream();
        await stream.CopyToAsync(memory, Cancellation);
        return (download.SuggestedFilename, memory.ToArray());
    }

    /// <summary>Issues a credential, and takes its file as its learner does.</summary>
    private static async Task<(string Id, byte[] File)> FileAsync(GatewayHost host, string name, string form)
    {
        string id = GatewayHost.IdOf(await host.IssueAsync(name));
        using var device = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false })
        {
            BaseAddress = host.Anyone.BaseAddress,
        };
        using var nothing = new FormUrlEncodedContent([]);
        using var taken = await device.PostAsync(await ClaimAddressAsync(host, id), nothing, Cancellation);
        string held = taken.Headers.Location!.ToString().Split('?')[0];
        return (id, await device.GetByteArrayAsync($"{held}/files/{form}", Cancellation));
    }

    private static async Task<string> ClaimAddressAsync(GatewayHost host, string id)
    {
        using var made = await GatewayHost.OkAsync(
            await host.Registrar.PostAsync($"/v1/credentials/{id}/claims", content: null, Cancellation));
        return (string)(await made.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["url"]!;
    }

    /// <summary>Of another member's learner the gateway has no letter, in its store, its files or its log.</summary>
    private async Task AssertNothingOfAsync(string name)
    {
        byte[] letters = Encoding.UTF8.GetBytes(name);
        foreach (string file in Directory.EnumerateFiles(_gateway.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory, Cancellation);
            Assert.True(memory.ToArray().AsSpan().IndexOf(letters) < 0, file);
        }

        Assert.DoesNotContain(name, _gateway.Log.Text, StringComparison.Ordinal);
    }
}
