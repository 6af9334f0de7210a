using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Credentials.Verifying;

/// <summary>
/// An issuer that writes into its documents other things than it published, and signs and anchors them.
/// </summary>
public sealed class PublishedContentTests : TokenFixture
{
    private const string Achievement = "/credentialSubject/achievement";

    public static TheoryData<string, Func<Achievement, Achievement>> Inflated => new()
    {
        { "/name", achievement => achievement with { Name = "Doctor of Medicine", EqfLevel = 8, Credits = 300 } },
        { Achievement + "/description", achievement => achievement with { Description = "Six years of medicine." } },
        { Achievement + "/criteria/narrative", achievement => achievement with { Criteria = "A state examination." } },
        { Achievement + "/creditsAvailable", achievement => achievement with { Credits = 300 } },
        { Achievement + "/workloadHours", achievement => achievement with { WorkloadHours = 8_000 } },
        { Achievement + "/workloadHours", achievement => achievement with { WorkloadHours = null } },
        { Achievement + "/alignment/0/targetCode", achievement => achievement with { EqfLevel = 8 } },
        { Achievement + "/alignment", achievement => achievement with { Skills = [] } },
        { Achievement + "/alignment/1/targetCode", achievement => achievement with { QfEheaCycle = "third" } },
        { Achievement + "/learningOutcome", achievement => achievement with { LearningOutcomes = ["Operates."] } },
        { Achievement + "/learningOutcome/0", Operating },
        { Achievement + "/inLanguage", achievement => achievement with { Language = "fi" } },
        { Achievement + "/assessmentType", achievement => achievement with { Assessment = "State examination" } },
        { Achievement + "/assessmentSupervision", achievement => achievement with { Supervision = null } },
        { Achievement + "/participationForm", achievement => achievement with { Participation = "onsite" } },
        { Achievement + "/qualityAssurance", achievement => achievement with { QualityAssurance = "The ministry" } },
        { Achievement + "/prerequisites", achievement => achievement with { Prerequisites = "A licence" } },
        { Achievement + "/stackability", achievement => achievement with { Stackability = null } },
        { Achievement + "/stacksInto", achievement => achievement with { StacksInto = "A doctorate" } },
        { Achievement + "/furtherInformation", achievement => achievement with { FurtherInformation = "Licensed." } },
        { Achievement + "/fieldOfStudy", achievement => achievement with { FieldOfStudy = "0912" } },
    };

    public static TheoryData<string, Func<Institution, Institution>> Elsewhere => new()
    {
        { "/issuer/name", issuer => issuer with { Name = "Boreal University" } },
        { "/issuer/address/addressCountryCode", issuer => issuer with { Country = "SE" } },
        { "/issuer/url", issuer => issuer with { Website = "https://www.boreal.example" } },
        { "/issuer/url", issuer => issuer with { Website = null } },
        { "/issuer/otherIdentifier", issuer => issuer with { Identifiers = new Dictionary<string, string>() } },
        { "/issuer/otherIdentifier/0/identifier", Identified },
    };

    [Theory]
    [MemberData(nameof(Inflated), DisableDiscoveryEnumeration = true)]
    public async Task Verify_SaysOtherwiseOfItsAchievement_IsInvalidInEachForm(
        string path, Func<Achievement, Achievement> change)
    {
        Issuer.Achievement = change(Issuer.Achievement);
        await AssertMismatchAsync(CheckCodes.AchievementMismatch, path);
    }

    [Theory]
    [MemberData(nameof(Elsewhere), DisableDiscoveryEnumeration = true)]
    public async Task Verify_SaysOtherwiseOfItsIssuer_IsInvalidInEachForm(
        string path, Func<Institution, Institution> change)
    {
        var published = Issuer.Institution;
        Issuer.Institution = change(published);
        await AssertMismatchAsync(CheckCodes.IssuerMismatch, path);
    }

    [Fact]
    public async Task Verify_UnderAnIdentityThatWasConfirmedOnce_IsValid()
    {
        var before = Issuer.Institution.Standing with { ConfirmedAt = SampleIssuer.IssuedAt.AddYears(-2) };
        var after = before with { Name = "Aurora Technical University", Did = "did:web:aurora-tech.example" };
        Ledger.Institutions["AuroraMSP"] = Issuer.Institution.With(after) with { Identities = [before, after] };
        foreach (byte[] document in new[] { Document, VcJwt, SdJwt, Document })
            Assert.Equal(VerdictKind.Valid, (await VerifyAsync(document)).Kind);
    }

    [Fact]
    public async Task Verify_NameOfOneIdentityUnderTheDidOfAnother_IsInvalid()
    {
        var before = Issuer.Institution.Standing with { ConfirmedAt = SampleIssuer.IssuedAt.AddYears(-2) };
        var after = before with { Name = "Aurora Technical University", Did = "did:web:aurora-tech.example" };
        var institution = Issuer.Institution.With(after) with { Identities = [before, after] };
        Issuer.Institution = institution with { Name = before.Name };
        Ledger.Institutions["AuroraMSP"] = institution;
        await AssertMismatchAsync(CheckCodes.IssuerMismatch, "/issuer/name");
    }

    [Fact]
    public async Task Verify_AchievementRetired_IsValid()
    {
        Ledger.Achievements[0] = Ledger.Achievements[0] with { RetiredAt = SampleIssuer.IssuedAt.AddDays(1) };
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);
    }

    [Fact]
    public async Task Verify_AchievementNotKnownHere_IsIndeterminate_AlsoIfItWasKnown()
    {
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);
        Ledger.Achievements.Clear();
        foreach (byte[] document in new[] { Document, VcJwt, SdJwt })
            AssertUnknown(await VerifyAsync(document), CheckNames.Anchor, CheckCodes.AchievementUnknown);
    }

    [Fact]
    public async Task Verify_Again_IsHeldAgainstTheLedgerAsItIsNow()
    {
        // Nobody can rewrite what was published, unless most peers are in it together: then neither does it count.
        Assert.Equal(VerdictKind.Valid, (await VerifyAsync()).Kind);
        Ledger.Achievements[0] = Ledger.Achievements[0] with { Credits = 5 };
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.AchievementMismatch);
        Ledger.Institutions["AuroraMSP"] = Issuer.Institution with { Country = "SE", Identities = [] };
        Ledger.Achievements[0] = Issuer.Achievement;
        AssertFails(await VerifyAsync(), CheckNames.Anchor, CheckCodes.IssuerMismatch);
    }

    private static Achievement Operating(Achievement achievement) =>
        achievement with { LearningOutcomes = ["Operates.", .. achievement.LearningOutcomes.Skip(1)] };

    private static Institution Identified(Institution issuer) => issuer with
    {
        Identifiers = new Dictionary<string, string>(issuer.Identifiers) { ["pic"] = "888888888" },
    };

    private async Task AssertMismatchAsync(string code, string path)
    {
        Cohort = Issuer.Issue([.. Enumerable.Range(0, 5).Select(i => SampleIssuer.Request($"Learner Nr. {i}"))]);
        Ledger.Issuances[Cohort.Root] = Cohort.Issuance;
        var writer = WriterOf(Issuer.Key, "key-1");
        byte[] disclosed = writer.WriteSdJwt(Document);
        byte[] withheld = WithoutDisclosures(disclosed);
        foreach (byte[] document in new[] { Document, writer.WriteVcJwt(Document), disclosed, withheld, Document })
        {
            var verdict = await VerifyAsync(document);
            AssertFails(verdict, CheckNames.Anchor, code);
            AssertLine(verdict, CheckNames.Signature, CheckOutcome.Pass, CheckCodes.SignatureValid);
            Assert.Contains($" {path} ", Line(verdict, CheckNames.Anchor).Detail, StringComparison.Ordinal);
        }
    }

    private static byte[] WithoutDisclosures(byte[] token) => token[..(token.AsSpan().IndexOf((byte)'~') + 1)];
}
