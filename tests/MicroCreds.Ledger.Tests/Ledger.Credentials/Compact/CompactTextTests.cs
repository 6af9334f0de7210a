using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Compact;

public sealed class CompactTextTests : CompactFixture
{
    private const int OrdinaryCharacters = 1_000;

    /// <summary>A learner with a name, a mail address and a grade, as registrars enter them.</summary>
    private static readonly CredentialRequest Ordinary =
        SampleIssuer.Request("Maija Esimerkki", "maija.esimerkki@student.aurora.example") with
        {
            Result = new CredentialResult { Value = "5" },
        };

    public static TheoryData<CredentialRequest, bool> Requests => new()
    {
        { SampleIssuer.Request(), false },
        { Ordinary, false },
        { SampleIssuer.Request("Ünïcode \"quoted\" \\ 漢字 😀", "maija@aurora.example"), false },
        { Everything, false },
        { Everything, true },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Expand_WhatWasWritten_IsTheVeryDocument(CredentialRequest request, bool hasParts)
    {
        var (form, document) = await WriteAsync(request, parts: hasParts ? Parts : null);
        var expansion = await Verifier.Compact.ExpandAsync(
            Encoding.ASCII.GetBytes(form.Text!), TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.UTF8.GetString(document), Encoding.UTF8.GetString(expansion.Document!));
        Assert.StartsWith(CompactText.Prefix, form.Text, StringComparison.Ordinal);
        Assert.Null(form.Obstacle);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(4_096)]
    public async Task Write_OrdinaryCredential_HasAtMostThousandCharacters(int size)
    {
        string text = await TextAsync(Ordinary, size, size - 1);
        Assert.InRange(text.Length, 1, OrdinaryCharacters);
        Assert.Equal(VerdictKind.Valid, (await VerifyTextAsync(text)).Kind);
    }

    [Fact]
    public async Task Write_OfTheLargestIssuance_StillFits()
    {
        // Its tree would take the test a minute: its path has one hash for each doubling beyond the measured one.
        string text = await TextAsync(Ordinary, 4_096, 17);
        int further = int.Log2(Limits.MaxIssuanceSize) - 12;
        int more = Base45.LengthOf(further * MerkleTree.HashLength) + 3;
        Assert.InRange(text.Length + more, 1, CompactText.MaxCharacters);
    }

    [Fact]
    public async Task Write_LongEvidence_SaysThatItIsTooLong()
    {
        var (form, _) = await WriteAsync(SampleIssuer.Request() with
        {
            Evidence = [new CredentialEvidence { Description = new string('x', 900) }],
        });
        Assert.Null(form.Text);
        Assert.Equal(CompactObstacle.TooLong, form.Obstacle);
        Assert.Contains("1450", form.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_WhatTheLedgerDoesNotSayAnyMore_IsRefused()
    {
        var (document, seed) = Issue(SampleIssuer.Request(), size: 5, index: 3);
        Ledger.Achievements[0] = Issuer.Achievement with { Description = "Another one." };
        var form = await Writer.WriteAsync(document, seed, TestContext.Current.CancellationToken);
        Assert.Equal(CompactObstacle.NotOfTheLedger, form.Obstacle);

        Ledger.IsUnavailable = true;
        await Assert.ThrowsAsync<LedgerUnavailableException>(
            async () => await Writer.WriteAsync(document, seed, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_AsItComesFromMailsAndFields_IsTheSame()
    {
        string text = await TextAsync();
        string wrapped = string.Join("\r\n", text.Chunk(60).Select(line => new string(line)));
        foreach (string received in (string[])[text, $"\n {text}\n", wrapped, text + "  "])
        {
            var verdict = await VerifyTextAsync(received);
            Assert.Equal(VerdictKind.Valid, verdict.Kind);
        }
    }

    [Fact]
    public async Task Read_AnyLetterChangedOrCut_IsNeverValid()
    {
        string text = await TextAsync();
        char[] letters = text.ToCharArray();
        for (int i = 0; i < letters.Length; i += 3)
        {
            char before = letters[i];
            letters[i] = before == '7' ? '8' : '7';
            Assert.True((await VerifyTextAsync(new string(letters))).Kind != VerdictKind.Valid, $"{i} changed: {text}");
            letters[i] = before;
            Assert.True((await VerifyTextAsync(text[..i])).Kind != VerdictKind.Valid, $"{i} cut: {text}");
        }

        Assert.Equal(VerdictKind.Valid, (await VerifyTextAsync(text)).Kind);
    }

    [Theory]
    [InlineData("MC1:")]
    [InlineData("MC1:BB8")]
    [InlineData("MC1:not base45 at all")]
    public async Task Read_WhatIsNone_IsDamaged(string text)
    {
        var verdict = await VerifyTextAsync(text);
        AssertFails(verdict, CheckNames.Format, CheckCodes.CompactDamaged);
        Assert.Null(verdict.Document);
    }

    [Fact]
    public async Task Read_TooLong_IsRefusedUnread() => AssertFails(
        await VerifyTextAsync(CompactText.Prefix + new string('A', CompactText.MaxCharacters)), CheckNames.Format,
        CheckCodes.CompactDamaged);

    [Theory]
    [InlineData(CredentialTemplate.InlineVersion, "MC1:")]
    [InlineData(CredentialTemplate.Version, "MC2:")]
    public async Task Write_DocumentOfEachVersion_IsMadeAgainAsItWas(int version, string mark)
    {
        Issuer.TemplateVersion = version;
        var (form, document) = await WriteAsync();
        Assert.StartsWith(mark, form.Text, StringComparison.Ordinal);
        var expansion = await Verifier.Compact.ExpandAsync(
            Encoding.ASCII.GetBytes(form.Text!), TestContext.Current.CancellationToken);
        Assert.Equal(Encoding.UTF8.GetString(document), Encoding.UTF8.GetString(expansion.Document!));
        Assert.Equal(VerdictKind.Valid, (await VerifyTextAsync(form.Text!)).Kind);
    }

    [Fact]
    public async Task Read_AnotherVersion_IsNamedAndNotBlamed()
    {
        var verdict = await VerifyTextAsync("MC3:BB8");
        AssertUnknown(verdict, CheckNames.Format, CheckCodes.CompactVersion);
        Assert.Equal(VerdictKind.Indeterminate, verdict.Kind);
        Assert.Contains("version 3", Line(verdict, CheckNames.Format).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromCbor_SpeltOtherwise_IsRefused()
    {
        byte[] cbor = CompactText.Read(Encoding.ASCII.GetBytes(await TextAsync())).ToCbor();
        Assert.Equal(0x8c, cbor[0]);

        // The same list without a length said, and with a byte behind it.
        Assert.Throws<FormatException>(
            () => CompactCredential.FromCbor((byte[])[0x9f, .. cbor[1..], 0xff], CompactText.Version));
        Assert.Throws<FormatException>(() => CompactCredential.FromCbor((byte[])[.. cbor, 0], CompactText.Version));
        for (int length = 0; length < cbor.Length; length++)
        {
            Assert.Throws<FormatException>(
                () => CompactCredential.FromCbor(cbor.AsMemory(0, length), CompactText.Version));
        }

        Assert.Equal(cbor, CompactCredential.FromCbor(cbor, CompactText.Version).ToCbor());
    }

    private static IReadOnlyList<CredentialPart> Parts { get; } =
    [
        new("urn:uuid:018f0000-0000-7000-8000-000000000001", "A part", "BorealMSP", new string('b', 64), 7),
    ];

    private static CredentialRequest Everything { get; } = new()
    {
        Achievement = "python-basics",
        Recipient = new Recipient
        {
            Name = "Maija Esimerkki",
            Email = "maija@aurora.example",
            Id = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
            Key = JsonSerializer.SerializeToElement(new JsonObject
            {
                ["kty"] = "OKP",
                ["crv"] = "Ed25519",
                ["x"] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            }),
        },
        ValidUntil = SampleIssuer.IssuedAt.AddYears(5),
        Result = new CredentialResult { Value = "5", Status = "Completed" },
        Evidence = [new CredentialEvidence { Url = "https://aurora.example/work", Name = "Thesis" }],
    };
}
