using System.Formats.Cbor;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials;

public sealed class CredentialSeedTests : VerifierFixture
{
    private static readonly string GoldenDirectory = Path.Combine(
        Repository.Root, "tests", "MicroCreds.Ledger.Tests", "Ledger.Credentials", "Golden");

    // What has been handed out must come out for ever: a change of how documents are made is a new version beside this.
    [Theory]
    [InlineData("seed-1-ordinary.json")]
    [InlineData("seed-1-everything.json")]
    [InlineData("seed-1-award.json")]
    [InlineData("seed-1-template-2-ordinary.json")]
    [InlineData("seed-1-template-2-everything.json")]
    [InlineData("seed-1-template-2-award.json")]
    public void Expand_SeedOfAnEarlierProgram_IsTheSameDocument(string file)
    {
        var golden = JsonNode.Parse(File.ReadAllBytes(Path.Combine(GoldenDirectory, file)))!;
        byte[] cbor = Convert.FromHexString((string)golden["seed"]!);
        var issuance = JsonSerializer.Deserialize<IssuanceStatement>(
            golden["statement"]!.ToJsonString(), LedgerJson.Options)!;
        var template = CredentialTemplate.FromShared(
            Encoding.UTF8.GetBytes((string)golden["template"]!), issuance,
            DateTimeOffset.FromUnixTimeSeconds((long)golden["validFrom"]!));

        var seed = CredentialSeed.FromCbor(cbor);
        var credential = template.Expand(seed, (int)golden["leaf"]!);
        Assert.Equal((string)golden["document"]!, Encoding.UTF8.GetString(credential.Canonical.Span));
        Assert.Equal((string)golden["leafHash"]!, Convert.ToHexStringLower(credential.LeafHash()));
        Assert.Equal(cbor, seed.ToCbor());
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void FromCbor_WhatWasWritten_ExpandsToTheSameBytes(CredentialRequest request, bool hasParts)
    {
        var parts = hasParts ? Parts : [];
        var template = new CredentialTemplate(Issuer.Achievement, Issuer.Institution, Issuer.Context);
        var seed = CredentialSeed.Draw(request, SampleIssuer.IssuedAt, parts);
        byte[] document = template.Expand(seed, leaf: 3).Canonical.ToArray();

        var kept = CredentialTemplate.FromShared(
            template.Shared.ToArray(), Statement(Issuer.Context.StatusList), SampleIssuer.IssuedAt);
        var again = kept.Expand(CredentialSeed.FromCbor(seed.ToCbor()), leaf: 3);
        Assert.Equal(Encoding.UTF8.GetString(document), Encoding.UTF8.GetString(again.Canonical.Span));
        Assert.Empty(CredentialBuilder.Validate(request, SampleIssuer.IssuedAt));
    }

    public static TheoryData<CredentialRequest, bool> Requests => new()
    {
        { SampleIssuer.Request(), false },
        { SampleIssuer.Request("Ünïcode \"quoted\" \\ 漢字 😀", "maija@aurora.example"), false },
        { Everything, true },
    };

    [Fact]
    public void ToCbor_OrdinaryCredential_IsSmall() => Assert.InRange(
        CredentialSeed.Draw(
            SampleIssuer.Request("Maija Esimerkki", "maija@aurora.example"), SampleIssuer.IssuedAt).ToCbor().Length,
        1, 130);

    [Fact]
    public void FromCbor_NewerVersionOrUnknownMember_IsRefused()
    {
        byte[] seed = CredentialSeed.Draw(SampleIssuer.Request(), SampleIssuer.IssuedAt).ToCbor();

        // A map of few members, then the version's key and value.
        byte[] newer = [.. seed];
        Assert.Equal([0, 1], newer[1..3]);
        newer[2] = 2;
        Assert.Contains(
            "version 1", Assert.Throws<FormatException>(() => CredentialSeed.FromCbor(newer)).Message,
            StringComparison.Ordinal);

        var writer = new CborWriter();
        writer.WriteStartMap(2);
        writer.WriteInt32(0);
        writer.WriteInt32(1);
        writer.WriteInt32(99);
        writer.WriteInt32(1);
        writer.WriteEndMap();
        Assert.Contains(
            "99", Assert.Throws<FormatException>(() => CredentialSeed.FromCbor(writer.Encode())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void FromCbor_EachByteCutOff_IsRefused()
    {
        byte[] seed = CredentialSeed.Draw(Everything, SampleIssuer.IssuedAt, Parts).ToCbor();
        for (int length = 0; length < seed.Length; length++)
            Assert.Throws<FormatException>(() => CredentialSeed.FromCbor(seed.AsMemory(0, length)));
        Assert.Throws<FormatException>(() => CredentialSeed.FromCbor((byte[])[.. seed, 0]));
    }

    [Fact]
    public async Task Verify_DocumentMadeOfItsSeedYearsLater_ByAnotherKey_IsValid()
    {
        var template = new CredentialTemplate(Issuer.Achievement, Issuer.Institution, Issuer.Context);
        var seed = CredentialSeed.Draw(SampleIssuer.Request(), SampleIssuer.IssuedAt);
        var tree = MerkleTree.Build([template.Expand(seed, 0).LeafHash()]);
        string root = Convert.ToHexStringLower(tree.Root);
        var statement = Statement(Issuer.Context.StatusList) with { Root = root, Size = 1 };
        Ledger.Issuances[root] = new Issuance
        {
            Statement = statement,
            Signature = SampleIssuer.Sign(statement, Issuer.Key),
            IssuedAt = SampleIssuer.IssuedAt,
            TransactionId = new string('a', 64),
        };
        Issuer.SetKeyLife(key => key with { RevokedAt = SampleIssuer.IssuedAt.AddDays(1) });
        RefreshInstitution();

        var kept = CredentialTemplate.FromShared(template.Shared, statement, SampleIssuer.IssuedAt);
        var signer = new CredentialSigner(
            Issuer.OtherKey, Issuer.Institution.Did, "key-2", SampleIssuer.IssuedAt);
        byte[] document = signer.Complete(kept.Expand(seed, 0), new LedgerAnchorDocument
        {
            Ledger = SampleIssuer.Ledger,
            MspId = statement.MspId,
            Root = root,
            Index = 0,
            Size = 1,
            Path = [],
            KeyId = statement.KeyId,
        });
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
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
                ["kid"] = "left out",
            }),
        },
        ValidUntil = SampleIssuer.IssuedAt.AddYears(5).AddMilliseconds(250),
        Result = new CredentialResult { Value = "5", Status = "Completed" },
        Evidence =
        [
            new CredentialEvidence { Url = "https://aurora.example/work", Name = "Thesis", Description = "1\n2" },
            new CredentialEvidence { Description = "Seen in the laboratory." },
        ],
    };

    private IssuanceStatement Statement(StatusListRange range) => new()
    {
        Ledger = SampleIssuer.Ledger,
        MspId = Issuer.Institution.MspId,
        Root = new string('0', 64),
        Size = 8,
        Achievements = [new AchievementReference(Issuer.Achievement.Id, Issuer.Achievement.Version)],
        KeyId = "key-1",
        StatusList = range.List,
        StatusOffset = range.Offset,
    };
}
