using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>What the operator's program says of a running network, on every engine.</summary>
[Collection(ConsortiumTests.Name)]
public sealed class OperatorTests(RunningConsortium consortium)
{
    [Fact]
    public async Task Status_OfARunningNetwork_NamesEveryNodeAndIsWell()
    {
        // A peer may be a block behind for a moment.
        string said = "";
        await Until.TrueAsync(
            async () =>
            {
                (int code, said) = await RunningConsortium.TryOperateAsync("status", "--state", consortium.State);
                return code == 0;
            },
            () => said);
        foreach (var institution in consortium.Description.Institutions)
        {
            Assert.Contains($"peer of {institution.MspId}", said, StringComparison.Ordinal);
            Assert.Contains($"gateway of {institution.MspId}", said, StringComparison.Ordinal);
        }

        Assert.Contains("microcreds 1.", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfARunningNetwork_FindsNothing()
    {
        var (code, said) = await RunningConsortium.TryOperateAsync("doctor", "--state", consortium.State);
        Assert.True(code == 0, said);
    }

    [Fact]
    public async Task GatewayKilled_StatusAndDoctorNameIt_UpHeals()
    {
        Assert.SkipUnless(
            consortium.OwnsProcesses, "The network was started by somebody else: its processes are not ours.");
        consortium.Kill("gateway-TejoMSP");
        try
        {
            var (status, said) = await RunningConsortium.TryOperateAsync("status", "--state", consortium.State);
            Assert.True(status == 2, said);
            Assert.Contains("gateway-TejoMSP is down: scripts/up.sh starts it again", said, StringComparison.Ordinal);
            var (doctor, found) = await RunningConsortium.TryOperateAsync("doctor", "--state", consortium.State);
            Assert.True(doctor == 2, found);
            Assert.Contains("Gateway of TejoMSP: nothing answers", found, StringComparison.Ordinal);
        }
        finally
        {
            await consortium.HealAsync();
        }

        Assert.Equal(0, (await RunningConsortium.TryOperateAsync("doctor", "--state", consortium.State)).Code);
    }
}
