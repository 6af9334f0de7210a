using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Drafting;
using MicroCreds.Ledger.Gateway.Problems;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>A list of skills in a file, as ESCO gives it out.</summary>
public sealed class SkillListTests : IDisposable
{
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"skills-{Guid.NewGuid():N}.csv");

    [Theory]
    [InlineData("data", true)]
    [InlineData("ANALY big", true)]
    [InlineData("evaluate", true)]
    [InlineData("mine", true)]
    [InlineData("ata", false)]
    [InlineData("", false)]
    [InlineData("bread", false)]
    public void Find_ByTheBeginningsOfWords_AlsoOfOtherNames(string query, bool isFound)
    {
        File.WriteAllText(_file, AchievementsFixture.SkillList(AchievementsFixture.SkillUrl));
        var list = ListOf(_file);
        Assert.Equal(isFound, list.Find(query).Any(skill => skill.Url == AchievementsFixture.SkillUrl));
        Assert.Equal("analyse big data", list.FindByUrl(AchievementsFixture.SkillUrl)!.Name);
    }

    [Fact]
    public void File_WithoutItsColumns_OrThatIsNotThere_IsToldAtTheStart()
    {
        File.WriteAllText(_file, "name,url\na,b\n");
        Assert.Contains("conceptUri and preferredLabel", SkillList.FaultOf(_file), StringComparison.Ordinal);
        Assert.Contains("no such file", SkillList.FaultOf("/no/such.csv"), StringComparison.Ordinal);
        File.WriteAllText(_file, "");
        Assert.NotNull(SkillList.FaultOf(_file));
        File.WriteAllText(_file, AchievementsFixture.SkillList(AchievementsFixture.SkillUrl));
        Assert.Null(SkillList.FaultOf(_file));
    }

    [Fact]
    public void File_ThatIsGoneSinceTheStart_IsTold_AndReadOnceItIsBack()
    {
        var list = ListOf(_file);
        Assert.Equal(ProblemKind.NotReady, Assert.Throws<ProblemException>(() => list.Find("data")).Kind);
        File.WriteAllText(_file, AchievementsFixture.SkillList(AchievementsFixture.SkillUrl));
        Assert.Single(list.Find("data"));
    }

    [Fact]
    public void List_ThatIsNotThere_FindsNothing() => Assert.Empty(ListOf(null).Find("data"));

    public void Dispose() => File.Delete(_file);

    private static SkillList ListOf(string? file) => new(new GatewayServiceOptions
    {
        MspId = "AuroraMSP",
        PeerEndpoint = "",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = "",
        SkillsFile = file,
    });
}
