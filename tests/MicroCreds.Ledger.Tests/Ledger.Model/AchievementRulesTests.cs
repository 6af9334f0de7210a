using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class AchievementRulesTests : IDisposable
{
    private readonly SampleIssuer _issuer = new();

    public void Dispose() => _issuer.Dispose();

    [Fact]
    public void Check_AllStandardElements_FindsNothing() => Assert.Empty(AchievementRules.Check(_issuer.Achievement));

    [Fact]
    public void Check_NothingSaid_NamesEveryMandatoryElementWithItsMend()
    {
        var faults = AchievementRules.Check(new AchievementDefinition
        {
            Id = "nothing",
            Name = " ",
            Description = "",
            Criteria = "",
            LearningOutcomes = [],
            Credits = 0,
            Language = "",
            Assessment = "",
            Participation = "",
            QualityAssurance = "",
        });
        Assert.Equal(
            [
                "/name", "/description", "/criteria", "/learningOutcomes", "/assessment", "/participation",
                "/qualityAssurance", "/language", "/credits",
            ],
            faults.Select(fault => fault.Field));
        Assert.All(faults, fault => Assert.Matches("without its [a-z ]+\\. (Give|Say|List) .+\\.$", fault.Message));
    }

    [Theory]
    [InlineData("fourth", "must be one of short, first")]
    [InlineData("second", "which is level 7 of the EQF and not 6")]
    public void Check_CycleThatIsNone_OrContradictsTheLevel_IsNamed(string cycle, string reason)
    {
        var fault = Assert.Single(AchievementRules.Check(_issuer.Achievement with { QfEheaCycle = cycle }));
        Assert.Equal("/qfEheaCycle", fault.Field);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d", true)]
    [InlineData("http://data.europa.eu/esco/skill/S5.6.1", true)]
    [InlineData("http://data.europa.eu/esco/skill/python", false)]
    [InlineData("https://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d", false)]
    [InlineData("http://data.europa.eu/esco/skill/CCD0A1D9-AFDA-43D9-B901-96344886E14D", false)]
    [InlineData("http://data.europa.eu/esco/occupation/ccd0a1d9-afda-43d9-b901-96344886e14d", false)]
    public void Check_EscoSkill_MustHaveEscosOwnAddress(string url, bool isSound)
    {
        var faults = AchievementRules.Check(_issuer.Achievement with { Skills = [new Skill("Python", url)] });
        Assert.Equal(isSound ? [] : ["/skills/0/url"], faults.Select(fault => fault.Field));
        var other = _issuer.Achievement with { Skills = [new Skill("Python", "https://skills.example/1", "Own")] };
        Assert.Empty(AchievementRules.Check(other));
    }

    [Fact]
    public void Check_Codes_AreJudgedOneByOne()
    {
        var faults = AchievementRules.Check(_issuer.Achievement with
        {
            Participation = "by post",
            Supervision = "strict",
            Stackability = "standalone",
            EqfLevel = 9,
            QfEheaCycle = null,
        });
        Assert.Equal(
            ["/participation", "/supervision", "/eqfLevel", "/stacksInto"], faults.Select(fault => fault.Field));
        Assert.Contains("onsite, online, blended", faults[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_NoCreditsButHours_IsAWorkload() => Assert.Empty(
        AchievementRules.Check(_issuer.Achievement with { Credits = 0, WorkloadHours = 12 }));
}
