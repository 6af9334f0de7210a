using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>A credential of ours verifies in whatever wraps it on its way.</summary>
public sealed class UnwrappingTests : TokenFixture
{
    private const int LineLength = 76;

    private string Text => Encoding.UTF8.GetString(Document);

    private string Jwt => Encoding.ASCII.GetString(VcJwt);

    public static TheoryData<string> Ways =>
    [
        "mark", "utf16", "credential", "verifiableCredential", "data", "list", "quoted", "presentation",
        "presented token", "presentation as token", "enveloped", "data address", "data address in base64", "base64",
        "base64 of a token", "quoted-printable", "mail with base64", "mail with quoted-printable", "mail within a mail",
        "broken lines", "broken token", "words behind", "words around", "a token among words", "code marks",
        "credential response", "credential response with a token", "enveloped presentation", "record",
        "record as token",
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Verify_Wrapped_IsValid(string way)
    {
        byte[] wrapped = Wrap(way);
        var verdict = await VerifyReceivedAsync(wrapped);
        Assert.True(
            verdict.Kind == VerdictKind.Valid, string.Join("; ", verdict.Checks.Select(check => check.Detail)));
        Assert.Equal("Learner Nr. 3", verdict.Credential!.Recipient);
        Assert.NotEmpty(verdict.Unwrapped!);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Verify_WrappedAndChanged_IsNotForeign(string way)
    {
        // Where it lies within base64, any change is one of these, too.
        byte[] wrapped = Wrap(way, Encoding.UTF8.GetBytes(
            Text.Replace("Learner Nr. 3", "Learner Nr. 4", StringComparison.Ordinal)));
        var verdict = await VerifyReceivedAsync(wrapped);
        if (IsOfToken(way)) return;
        Assert.Equal(VerdictKind.Invalid, verdict.Kind);
    }

    [Fact]
    public async Task Verify_AsItIs_IsNotUnwrapped()
    {
        var verdict = await VerifyReceivedAsync(Document);
        Assert.Equal(VerdictKind.Valid, verdict.Kind);
        Assert.Null(verdict.Unwrapped);
    }

    [Fact]
    public async Task Verify_Presentation_SaysThatWhoPresentsWasNotChecked() => Assert.Contains(
        (await VerifyReceivedAsync(Wrap("presentation"))).Notices,
        notice => notice.Code == CheckCodes.PresentationNotChecked);

    [Fact]
    public async Task Verify_SeveralAtOnce_AreNotJudgedTogether()
    {
        string list = $"[{Text},{Encoding.UTF8.GetString(Cohort.Documents[1])}]";
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(list));
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(CheckCodes.SeveralCredentials, verdict.Checks[0].Code);
        Assert.Equal(2, Unwrapping.Open(Encoding.UTF8.GetBytes(list)).Count(piece => piece.IsOwn));
    }

    [Theory]
    [InlineData("{0}\n{1}\n")]
    [InlineData("Dear \"both\", here they are: {0} and {1}.")]
    [InlineData("[{0},{1}")]
    [InlineData("Here is {0}, and as a token {2}")]
    [InlineData("{0} { {1}")]
    [InlineData("{0} {\"never closed {1}")]
    [InlineData("{{ {0} } {1}")]
    public async Task Verify_SeveralInOneText_AreNotJudgedTogether(string text)
    {
        string several = text.Replace("{0}", Text, StringComparison.Ordinal)
            .Replace("{1}", Encoding.UTF8.GetString(Cohort.Documents[1]), StringComparison.Ordinal)
            .Replace("{2}", Jwt, StringComparison.Ordinal);
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(several));
        Assert.Equal(CheckCodes.SeveralCredentials, verdict.Checks[0].Code);
        Assert.Equal([VerdictKind.Valid, VerdictKind.Valid], verdict.Each!.Select(one => one.Kind));
    }

    [Fact]
    public async Task Verify_AmongMoreThanIsLookedAt_IsNotJudged()
    {
        string many = string.Join(',', Enumerable.Range(0, 70).Select(i => $"{{\"a\":{i}}}"));
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes($"[{Text},{many}]"));
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(CheckCodes.SeveralCredentials, verdict.Checks[0].Code);
    }

    [Fact]
    public async Task Verify_BehindMoreBracesWithoutAnEndThanArePassedOver_IsNotJudged()
    {
        string open = string.Concat(Enumerable.Repeat("{ ", 20));
        var verdict = await VerifyReceivedAsync(
            Encoding.UTF8.GetBytes($"{Text} {open} {Encoding.UTF8.GetString(Cohort.Documents[1])}"));
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Equal(CheckCodes.SeveralCredentials, verdict.Checks[0].Code);
    }

    [Theory]
    [InlineData("{\"credential\":{1},\"credential\":{0}}")]
    [InlineData("{\"type\":\"VerifiablePresentation\",\"verifiableCredential\":{1},\"verifiableCredential\":{0}}")]
    public async Task Verify_EnvelopeWithANameTwice_IsNotValid(string envelope)
    {
        string doubled = envelope.Replace("{0}", Text, StringComparison.Ordinal)
            .Replace("{1}", Encoding.UTF8.GetString(Cohort.Documents[1]), StringComparison.Ordinal);
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(doubled));
        Assert.Equal(CheckCodes.NotJson, verdict.Checks[0].Code);
    }

    [Fact]
    public async Task Verify_OursWithinAnothersCredential_IsNotTakenForIt()
    {
        var foreign = new JsonObject
        {
            ["@context"] = new JsonArray("https://www.w3.org/ns/credentials/v2"),
            ["type"] = new JsonArray("VerifiableCredential"),
            ["issuer"] = "did:web:others.example",
            ["credentialSubject"] = new JsonObject { ["credential"] = JsonNode.Parse(Document) },
        };
        var verdict = await VerifyReceivedAsync(Encoding.UTF8.GetBytes(foreign.ToJsonString()));
        Assert.NotEqual(VerdictKind.Valid, verdict.Kind);
    }

    [Fact]
    public void Open_DeepAndMany_IsBounded()
    {
        string deep = Text;
        for (int i = 0; i < 40; i++) deep = JsonSerializer.Serialize(deep)[..Math.Min(200_000, deep.Length + 2)];
        Assert.NotEmpty(Unwrapping.Open(Encoding.UTF8.GetBytes(deep)));

        string many = $"[{string.Join(',', Enumerable.Repeat("{\"credential\":{\"data\":[1,2]}}", 5_000))}]";
        Assert.InRange(Unwrapping.Open(Encoding.UTF8.GetBytes(many)).Count, 1, 64);
    }

    [Fact]
    public async Task Verify_Noise_NeverThrows()
    {
        var random = new Random(7);
        byte[][] seeds = [Document, VcJwt, .. ForeignFiles.All.Select(row => ForeignFiles.Read(row.Data))];
        foreach (byte[] seed in seeds)
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] noisy = [.. seed];
                for (int j = 0; j < 3; j++) noisy[random.Next(noisy.Length)] = (byte)random.Next(256);
                var verdict = await VerifyReceivedAsync(noisy[..random.Next(1, noisy.Length + 1)]);
                Assert.NotEmpty(verdict.Checks);
            }
        }
    }

    private static bool IsOfToken(string way) =>
        way is "presented token" or "presentation as token" or "enveloped" or "credential response with a token"
            or "data address" or "base64 of a token" or "broken token" or "a token among words";

    private byte[] Wrap(string way, byte[]? changed = null)
    {
        string text = changed is null ? Text : Encoding.UTF8.GetString(changed);
        string base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(text), Base64FormattingOptions.InsertLineBreaks);
        return way switch
        {
            "mark" => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes($"{{\"credential\":{text}}}")],
            "utf16" => [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(text)],
            _ => Encoding.UTF8.GetBytes(way switch
            {
                "credential" => $"{{\"credential\":{text}}}",
                "verifiableCredential" => $"{{\"verifiableCredential\":{text},\"options\":{{}}}}",
                "data" => $"{{\"data\":{{\"items\":[{{\"document\":{text}}}]}}}}",
                "list" => $"[{text}]",
                "quoted" => JsonSerializer.Serialize(text),
                "presentation" => $"{{\"type\":[\"VerifiablePresentation\"],\"verifiableCredential\":[{text}]}}",
                "presented token" => $"{{\"type\":\"VerifiablePresentation\",\"verifiableCredential\":\"{Jwt}\"}}",
                "presentation as token" => TokenOf(
                    $"{{\"vp\":{{\"type\":[\"VerifiablePresentation\"],\"verifiableCredential\":[\"{Jwt}\"]}}}}"),
                "enveloped" => "{\"type\":\"EnvelopedVerifiableCredential\",\"id\":\"data:application/vc+jwt,"
                    + Jwt + "\"}",
                "data address" => "data:application/vc+jwt," + Jwt,
                "data address in base64" => "data:application/vc;base64," + base64.ReplaceLineEndings(""),
                "credential response" =>
                    $"{{\"credentials\":[{{\"credential\":{text}}}],\"notification_id\":\"3fwe98\"}}",
                "credential response with a token" => $"{{\"credentials\":[{{\"credential\":\"{Jwt}\"}}]}}",
                "enveloped presentation" =>
                    "{\"type\":\"EnvelopedVerifiablePresentation\",\"id\":\"data:application/vp+jwt,"
                    + TokenOf($"{{\"type\":[\"VerifiablePresentation\"],\"verifiableCredential\":[{text}]}}") + "\"}",
                "record" => Record(text),
                "record as token" => TokenOf(Record(text)),
                "base64" => base64,
                "base64 of a token" => Convert.ToBase64String(VcJwt),
                "quoted-printable" => Printable(text),
                "mail with base64" => Mail("base64", base64),
                "mail with quoted-printable" => Mail("quoted-printable", Printable(text)),
                "mail within a mail" => "From: a@x.example\r\nTo: b@x.example\r\nContent-Type: multipart/mixed; "
                    + "boundary=outer\r\n\r\n--outer\r\nContent-Type: message/rfc822\r\n\r\n"
                    + Mail("base64", base64) + "\r\n--outer--\r\n",
                "broken lines" => string.Join("\r\n", text.Chunk(LineLength).Select(line => new string(line))),
                "broken token" => string.Join("\n", Jwt.Chunk(LineLength).Select(line => new string(line))),
                "words behind" => text + "\n\nSent from my telephone",
                "words around" => "Dear registrar,\nhere it is: " + text + "\nYours, Aino",
                "a token among words" => $"It is this one: {Jwt} .",
                _ => "```json\n" + text + "\n```\n",
            }),
        };
    }

    private static string Record(string text) =>
        "{\"type\":[\"VerifiableCredential\",\"ClrCredential\"],"
        + $"\"credentialSubject\":{{\"type\":[\"ClrSubject\"],\"verifiableCredential\":[{text}]}}}}";

    private static string Mail(string how, string body) =>
        "From: office@aurora.example\r\nTo: aino@x.example\r\nSubject: =?utf-8?q?Your_credential?=\r\n"
        + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary=\"b 1\"\r\n\r\n--b 1\r\n"
        + "Content-Type: text/plain\r\n\r\nDear Aino, it is attached.\r\n--b 1\r\nContent-Type: application/json\r\n"
        + $"Content-Transfer-Encoding: {how}\r\n\r\n{body}\r\n--b 1--\r\n";

    private static string Printable(string text)
    {
        var lines = new StringBuilder();
        int length = 0;
        foreach (byte one in Encoding.UTF8.GetBytes(text))
        {
            string sign = one is >= 33 and <= 126 and not (byte)'=' or (byte)' '
                ? ((char)one).ToString() : $"={one:X2}";
            if (length + sign.Length >= LineLength)
            {
                lines.Append("=\r\n");
                length = 0;
            }

            lines.Append(sign);
            length += sign.Length;
        }

        return lines.ToString();
    }

    private static string TokenOf(string payload) =>
        $"{Encoded("{\"alg\":\"none\"}")}.{Encoded(payload)}.{Encoded(new string('s', 64))}";

    private static string Encoded(string text) =>
        System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    private async Task<Verdict> VerifyReceivedAsync(byte[] received)
    {
        using var signatures = new ForeignSignatures(web: null, Time);
        return await new ReceivedVerifier(Verifier, signatures).VerifyAsync(
            received, request: null, TestContext.Current.CancellationToken);
    }
}
