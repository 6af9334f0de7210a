using System.Text.Json;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Foreign;

/// <summary>What others issued is named for what it is, and never called not valid for being theirs.</summary>
public sealed class ForeignFileTests : VerifierFixture
{
    public static TheoryData<string> Files => ForeignFiles.All;

    [Fact]
    public void Files_AreSixtyOfTwelveKindsAtLeast()
    {
        Assert.InRange(Files.Count, 60, 200);
        Assert.InRange(Files.Select(row => ForeignFiles.KindOf(row.Data)).Distinct().Count(), 12, 100);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Verify_ForeignFile_IsNamedAndNotBlamed(string file)
    {
        var verdict = await VerifyReceivedAsync(ForeignFiles.Read(file));
        Assert.Equal(VerdictKind.Foreign, verdict.Kind);
        Assert.Equal(
            ForeignFiles.KindOf(file), JsonNamingPolicy.CamelCase.ConvertName(verdict.Foreign!.Kind.ToString()));
        Assert.Equal(7, verdict.Checks.Count);
        Assert.All(verdict.Checks, check => Assert.Equal(CheckOutcome.Unknown, check.Outcome));
        Assert.StartsWith("Not of this consortium: This is ", verdict.Headline, StringComparison.Ordinal);
        Assert.Equal(CheckCodes.Foreign, Assert.Single(verdict.HeadlineCodes));
        Assert.NotEqual(ForeignSignatureOutcome.Holds, verdict.Foreign.Signature.Outcome);
        Assert.Null(verdict.Credential);
    }

    [Theory]
    [InlineData("openBadge3--unsigned.json", "3.0", "Rivermouth College", "Boat Building")]
    [InlineData("openBadge3--token.jwt", "3.0", "Rivermouth College", "Boat Building")]
    [InlineData("openBadge2--hosted.json", "2.0", "Fernhill Academy", "Gardening Basics")]
    [InlineData("openBadge2--in-a-mail.eml", "2.0", "Fernhill Academy", "Gardening Basics")]
    [InlineData("openBadge2--version-1.json", "1.0", null, "https://old.fernhill.example/badge.json")]
    [InlineData("blockcerts--version-3.json", "3.0", "Stonebridge Institute", "Master of Bridges")]
    [InlineData("blockcerts--version-2.json", "2.0", "Stonebridge Institute", "Diploma in Arches")]
    [InlineData("europeanCredential--sealed.json", null, "Seeblick University", "Bachelor of Lakes")]
    [InlineData("europeanCredential--xml.xml", null, "Seeblick University", "Certificate of Waves")]
    [InlineData("verifiableCredential--data-model-1.json", "1.1", "Lighthouse Polytechnic", "Bachelor of Lamps")]
    [InlineData("verifiableCredential--data-model-2.json", "2.0", "did:web:lighthouse.example", "StudentCard")]
    [InlineData("verifiableCredential--presented-token.jwt", "1.1", "did:ethr:0x2", "Ticket")]
    [InlineData("sdJwtVc--learning.txt", null, "Tower School", "Course in Towers")]
    [InlineData("learnerRecord--2.json", "2.0", "Meadow University", "Record of Rita")]
    [InlineData("learningStatement--completed.json", null, null, "Safety at Sea")]
    [InlineData("transcript--elmo.xml", null, "Glacier University", null)]
    public async Task Verify_ForeignFile_SaysWhatItClaims(string file, string? version, string? issuer, string? title)
    {
        var found = (await VerifyReceivedAsync(ForeignFiles.Read(file))).Foreign!;
        Assert.Equal(issuer, found.ClaimedIssuer);
        Assert.Equal(title, found.ClaimedTitle);
        Assert.Equal(version, found.Version);
    }

    [Fact]
    public void ClaimedText_IsCleanedAndCut()
    {
        Assert.Equal("a b", ClaimedText.Of(" a\u202e\n\u0000 b\u200b "));
        Assert.Null(ClaimedText.Of("\u202e\u200b"));
        Assert.Equal(ClaimedText.MaxLength + 1, ClaimedText.Of(new string('x', 5_000))!.Length);
    }

    [Fact]
    public async Task Answer_HasTheWordsThatProgramsGoBy()
    {
        var verdict = await VerifyReceivedAsync(ForeignFiles.Read("openBadge2--in-a-mail.eml"));
        using var answer = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(verdict, LedgerJson.Options));
        var root = answer.RootElement;
        Assert.Equal("foreign", root.GetProperty("verdict").GetString());
        var foreign = root.GetProperty("foreign");
        Assert.Equal("openBadge2", foreign.GetProperty("kind").GetString());
        Assert.Equal("mail", foreign.GetProperty("wrappings")[0].GetString());
        Assert.Equal("notChecked", foreign.GetProperty("signature").GetProperty("outcome").GetString());
    }

    private async Task<Verdict> VerifyReceivedAsync(byte[] received)
    {
        using var signatures = new ForeignSignatures(web: null, Time);
        return await new ReceivedVerifier(Verifier, signatures).VerifyAsync(
            received, request: null, TestContext.Current.CancellationToken);
    }
}
