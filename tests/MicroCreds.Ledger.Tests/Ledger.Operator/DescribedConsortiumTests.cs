using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A description that is given to a network which was made before.</summary>
public sealed class DescribedConsortiumTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task Up_WithAnotherDescription_IsRefusedBeforeAnythingStarts()
    {
        var consortium = SampleConsortium.Read();
        var described = new DescribedConsortium(_state);
        described.Keep(consortium);
        NetworkState.WriteConsortium(Path.Combine(_state, Up.SettledFile), consortium);
        string same = Path.Combine(_state, "same.json");
        NetworkState.WriteConsortium(same, consortium);
        described.RequireSame(same);

        string other = Path.Combine(_state, "other.json");
        NetworkState.WriteConsortium(other, consortium with { Channel = "another" });
        var (code, said) = await RunningConsortium.TryOperateAsync(
            "up", "--consortium", other, "--state", _state, "--free-ports");
        Assert.Equal(1, code);
        Assert.Contains($"{other} is not what the network in {_state} was made by", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_state, "run")));
    }

    [Fact]
    public void Network_FromBeforeDescriptionsWereKept_GoesOnAsItIs()
    {
        string other = Path.Combine(_state, "other.json");
        NetworkState.WriteConsortium(other, SampleConsortium.Read());
        new DescribedConsortium(_state).RequireSame(other);
    }
}
