using MicroCreds.Ledger.Operator.Doctoring;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Clocks, packages and policies.</summary>
public sealed class ExaminationTests
{
    private const string Serving = "microcreds_1.0:aaaa";
    private const string Another = "microcreds_1.0:bbbb";

    private static readonly DateTimeOffset Noon = new(2026, 9, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly string[] Members = ["AuroraMSP", "LindenMSP", "TejoMSP", "MeridianMSP"];

    [Theory]
    [InlineData(30, null)]
    [InlineData(-120, "2 minutes behind this one; beyond 15 minutes")]
    [InlineData(1200, "20 minutes ahead of this one; peers answer")]
    public void Clock_Off_IsFoundWithWhatItMeans(int seconds, string? fault) =>
        AssertFound(ClockExamination.Examine("Gateway", Noon.AddSeconds(seconds), Noon), fault);

    [Theory]
    [InlineData(Serving, Serving, null)]
    [InlineData(Serving, Another, "the peer has no package microcreds_1.0:aaaa")]
    [InlineData(Another, Serving, "it approved the package microcreds_1.0:bbbb")]
    [InlineData(null, Serving, "it has approved no package")]
    public void Package_NotTheSameEverywhere_IsFound(string? approved, string installed, string? fault) =>
        AssertFound(PackageExamination.Examine("microcreds", Serving, approved, [installed]), fault);

    [Theory]
    [InlineData("OutOf(3, 'AuroraMSP.peer', 'LindenMSP.peer', 'TejoMSP.peer', 'MeridianMSP.peer')", null)]
    [InlineData("AND('AuroraMSP.peer', OR('LindenMSP.peer', 'MeridianMSP.peer'))", null)]
    [InlineData("AND('AuroraMSP.peer', 'MeridianMSP.peer')", "it cannot be met: only AuroraMSP, LindenMSP, TejoMSP")]
    [InlineData("OR('AuroraMSP.peer', 'AuroreMSP.peer')", "it names AuroreMSP, which is no member")]
    public void Policy_ThatNobodyCanMeet_IsFound(string policy, string? fault)
    {
        var chaincode = SampleConsortium.Read().Chaincodes[0] with { EndorsementPolicy = policy };
        AssertFound(PolicyExamination.Examine(chaincode, Members, ["AuroraMSP", "LindenMSP", "TejoMSP"]), fault);
    }

    [Fact]
    public void Policy_ThatIsNone_IsFound()
    {
        var chaincode = SampleConsortium.Read().Chaincodes[0] with { EndorsementPolicy = "MOST('AuroraMSP.peer')" };
        var finding = Assert.Single(PolicyExamination.Examine(chaincode, Members, Members));
        Assert.Contains("consortium.json", finding.Mend, StringComparison.Ordinal);
    }

    private static void AssertFound(IEnumerable<Finding> findings, string? fault)
    {
        if (fault is null)
        {
            Assert.Empty(findings);
        }
        else
        {
            Assert.Contains(fault, Assert.Single(findings).Fault, StringComparison.Ordinal);
        }
    }
}
