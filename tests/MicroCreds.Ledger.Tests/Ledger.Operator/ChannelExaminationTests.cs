using MicroCreds.Ledger.Operator.Doctoring;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>What an organisation has, beside what the channel knows of it.</summary>
public sealed class ChannelExaminationTests : IDisposable
{
    private const string Aurora = "AuroraMSP";

    private readonly SampleChannel _channel = new();
    private readonly InstitutionFolder _other = new();

    public void Dispose()
    {
        _channel.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Authorities_ThatTheChannelKnows_AreWell() =>
        Assert.Empty(ChannelExamination.Examine(_channel.Rules, Aurora, _channel.MspOf(Aurora)));

    [Theory]
    [InlineData("cacerts")]
    [InlineData("tlscacerts")]
    public void Authority_MadeAnew_IsFound(string folder)
    {
        string made = Directory.GetFiles(Path.Combine(_other.Msp, folder)).Single();
        string kept = Directory.GetFiles(Path.Combine(_channel.MspOf(Aurora), folder)).Single();
        File.Copy(made, kept, overwrite: true);
        var finding = Assert.Single(ChannelExamination.Examine(_channel.Rules, Aurora, _channel.MspOf(Aurora)));
        Assert.Contains($"does not know the authority in {kept}", finding.Fault, StringComparison.Ordinal);
        Assert.Contains("bring the authority back", finding.Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void Organization_ThatIsNoMember_IsFound()
    {
        var finding = Assert.Single(ChannelExamination.Examine(
            _channel.Rules, SampleChannel.Newcomer, _channel.MspOf(SampleChannel.Newcomer)));
        Assert.Contains("the channel has no such member, but AuroraMSP", finding.Fault, StringComparison.Ordinal);
    }
}
