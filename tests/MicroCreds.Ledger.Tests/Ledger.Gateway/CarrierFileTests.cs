using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Papers;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Tests.Ledger.Papers;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// PDFs, badges and pictures that carry credentials, at /v1/verifications and on the page: both read them alike.
/// </summary>
public sealed class CarrierFileTests(GatewaysFixture gateways) : IClassFixture<GatewaysFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Png => BadgePicture.Png(SamplePaper.Badge, 64);

    [Fact]
    public async Task Genuine_IsValid_WhereverItLies()
    {
        byte[] document = await gateways.Issuer.IssueAsync("In A File");
        string json = Encoding.UTF8.GetString(document);
        foreach (var (file, name) in ((byte[], string)[])
        [
            (Pdf(Packed(document), "/Filter/FlateDecode"), "packed.pdf"), (Pdf(document), "plain.pdf"),
            ([.. "junk before it\n"u8, .. Pdf(document)], "junk.pdf"),
            (BakedPng.Bake(Png, json), "badge.png"), (BakedSvg.Bake(SamplePaper.Badge, json), "badge.svg"),
            ([.. "<?xml version=\"1.0\"?><!-- a <b> --><!DOCTYPE svg>"u8,
                .. BakedSvg.Bake(SamplePaper.Badge, json).AsSpan()[38..]], "typed.svg"),
        ])
        {
            var verdict = await VerifyAsync(file);
            Assert.True((string?)verdict["verdict"] == "valid", $"{name}: {verdict.ToJsonString()}");
            Assert.Equal("file", (string?)verdict["unwrapped"]![0]);
            Assert.Contains(">Valid</h2>", await PageAsync(file, name), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task InAMail_IsRead_AndWhatLiesBesideItToo()
    {
        byte[] document = await gateways.Issuer.IssueAsync("In A Mail");
        string json = Encoding.UTF8.GetString(document);
        string forged = json.Replace("In A Mail", "In A Mess", StringComparison.Ordinal);
        byte[] pdf = Pdf(Packed(document), "/Filter/FlateDecode");
        var verdict = await VerifyAsync(Mail(pdf));
        Assert.True((string?)verdict["verdict"] == "valid", verdict.ToJsonString());
        Assert.Equal(["mail", "file"], verdict["unwrapped"]!.AsArray().Select(one => (string?)one));
        Assert.Contains(">Valid</h2>", await PageAsync(Mail(pdf), "forwarded.eml"), StringComparison.Ordinal);
        Assert.Equal("valid", (string?)(await VerifyAsync(Mail(BakedSvg.Bake(SamplePaper.Badge, json))))["verdict"]);
        Assert.Equal("valid", (string?)(await VerifyAsync(
            Encoding.ASCII.GetBytes("data:application/pdf;base64," + Convert.ToBase64String(pdf))))["verdict"]);

        var several = await VerifyAsync(Mail(pdf, BakedPng.Bake(Png, forged)));
        Assert.Equal(
            ["invalid", "valid"], several["each"]!.AsArray().Select(one => (string?)one!["verdict"]).Order());

        // More pictures than are looked into could say something else.
        byte[][] many = [pdf, .. Enumerable.Range(0, 8).Select(i => BakedPng.Bake(Png, $"{{\"n\":{i}}}"))];
        Assert.Equal("indeterminate", (string?)(await VerifyAsync(Mail(many)))["verdict"]);
    }

    [Fact]
    public async Task Changed_IsInvalid_WhereverItLies()
    {
        byte[] document = await gateways.Issuer.IssueAsync("Was Changed");
        string forged = Encoding.UTF8.GetString(document)
            .Replace("Was Changed", "Was Forged!", StringComparison.Ordinal);
        foreach (byte[] file in (byte[][])
            [Pdf(Packed(Encoding.UTF8.GetBytes(forged)), "/Filter/FlateDecode"), BakedPng.Bake(Png, forged)])
        {
            Assert.Equal("invalid", (string?)(await VerifyAsync(file))["verdict"]);
        }
    }

    [Fact]
    public async Task Several_EachHasItsVerdict()
    {
        byte[] good = await gateways.Issuer.IssueAsync("Good One");
        string forged = Encoding.UTF8.GetString(good).Replace("Good One", "Evil One", StringComparison.Ordinal);
        string baked = Encoding.UTF8.GetString(BakedSvg.Bake(SamplePaper.Badge, Encoding.UTF8.GetString(good)));
        int end = baked.LastIndexOf("</svg>", StringComparison.Ordinal);
        byte[] svg = Encoding.UTF8.GetBytes(
            baked[..end] + $"<openbadges:credential><![CDATA[{forged}]]></openbadges:credential>" + baked[end..]);
        byte[] first = BakedPng.Bake(Png, Encoding.UTF8.GetString(good));
        byte[] second = BakedPng.Bake(Png, forged);
        byte[] png = [.. first.AsSpan()[..33], .. second.AsSpan()[33..^(Png.Length - 33)], .. first.AsSpan()[33..]];
        foreach (byte[] file in (byte[][])[svg, png])
        {
            var verdict = await VerifyAsync(file);
            Assert.Equal("indeterminate", (string?)verdict["verdict"]);
            Assert.Equal(
                ["invalid", "valid"], verdict["each"]!.AsArray().Select(one => (string?)one!["verdict"]).Order());
            string page = await PageAsync(file, "badge");
            Assert.Contains("1 of 2 valid", page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Unread_IsIndeterminate_AndSaysWhatToDo()
    {
        byte[] document = await gateways.Issuer.IssueAsync("Cut Off");
        byte[] packed = Packed(document);
        byte[] cut = Pdf(packed, "/Filter/FlateDecode")[..^(packed.Length / 2)];
        byte[] locked = [.. Pdf(document), .. "trailer<</Encrypt 9 0 R>>"u8];
        byte[] bomb = Pdf(Packed(new byte[100 * 1024 * 1024]), "/Filter/FlateDecode");
        byte[] heic = [0, 0, 0, 24, .. "ftypheic0000"u8];
        foreach (var (file, said) in ((byte[], string)[])
        [
            (cut, "damaged"), (locked, "password"), (bomb, "more in this file"), (heic, "HEIC"),
        ])
        {
            var verdict = await VerifyAsync(file);
            Assert.True((string?)verdict["verdict"] == "indeterminate", $"{said}: {verdict.ToJsonString()}");
            var format = verdict["checks"]!.AsArray().Single(check => (string?)check!["check"] == "format")!;
            Assert.Equal("notOpened", (string?)format["code"]);
            Assert.Contains(said, (string?)format["detail"], StringComparison.Ordinal);
            string page = await PageAsync(file, "file");
            Assert.Contains(">Not opened</h2>", page, StringComparison.Ordinal);
            Assert.Contains(said, page, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Foreign_InADamagedFile_IsStillNamed()
    {
        byte[] foreign = ForeignFiles.Read(ForeignFiles.All.Select(row => row.Data)
            .First(file => file.StartsWith("openBadge3--", StringComparison.Ordinal) && file.EndsWith(
                ".json", StringComparison.Ordinal)));
        byte[] file = [.. Pdf(foreign), .. "3 0 obj <</Length 9"u8];
        Assert.Equal("foreign", (string?)(await VerifyAsync(file))["verdict"]);
        Assert.Equal("openBadge3", (string?)(await VerifyAsync(file))["foreign"]!["kind"]);
    }

    [Fact]
    public async Task Text_ThatSpeaksOfPdf_IsNone()
    {
        byte[] document = await gateways.Issuer.IssueAsync("%PDF-1.7");
        Assert.Equal("valid", (string?)(await VerifyAsync(document))["verdict"]);
        Assert.Contains(">Valid</h2>", await PageAsync(document, "credential.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TooLarge_IsRefused_AndNotCalledInvalid()
    {
        byte[] large = [.. "{\"leafSalt\":\""u8, .. new byte[3 * 1024 * 1024].Select(_ => (byte)'x'), .. "\"}"u8];
        using var answer = await gateways.Issuer.Anyone.PostAsync(
            "/v1/verifications", new ByteArrayContent(large), Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains(">Not opened</h2>", await PageAsync(large, "large.json"), StringComparison.Ordinal);
    }

    private static byte[] Pdf(byte[] attached, string filter = "") =>
    [
        .. "%PDF-1.7\n1 0 obj <</Type/Filespec/UF(credential.json)/EF<</F 2 0 R>>>> endobj\n"u8,
        .. Encoding.ASCII.GetBytes($"2 0 obj <</Type/EmbeddedFile{filter}/Length {attached.Length}>> stream\n"),
        .. attached, .. "\nendstream endobj\n%%EOF\n"u8,
    ];

    private static byte[] Mail(params byte[][] attached) => Encoding.ASCII.GetBytes(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        + "Content-Type: multipart/mixed; boundary=\"part\"\r\n\r\n"
        + string.Concat(attached.Select(one =>
            "--part\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + Convert.ToBase64String(one, Base64FormattingOptions.InsertLineBreaks) + "\r\n"))
        + "--part--\r\n");

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var packer = new ZLibStream(packed, CompressionLevel.Fastest)) packer.Write(content);
        return packed.ToArray();
    }

    private async Task<JsonNode> VerifyAsync(byte[] file)
    {
        using var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var answer = await gateways.Issuer.Anyone.PostAsync("/v1/verifications", content, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<string> PageAsync(byte[] file, string name)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        using var answer = await gateways.Issuer.Anyone.PostAsync("/verify", form, Cancellation);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }
}
