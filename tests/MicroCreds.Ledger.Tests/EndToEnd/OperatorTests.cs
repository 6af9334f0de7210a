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

    [Theory]
    [InlineData("user's key", "is not that of its certificate")]
    [InlineData("user's certificate", "was not issued by")]
    [InlineData("organisation's authority", "the channel does not know the authority")]
    public async Task File_ExchangedInARunningNetwork_IsExplainedByTheDoctor(string what, string fault)
    {
        Assert.SkipUnless(
            consortium.OwnsProcesses, "The network was started by somebody else: its files are not ours to exchange.");
        var (mine, other) = (consortium[2], consortium[1]);
        string AuthorityOf(RunningInstitution institution) => Path.Combine(
            consortium.State, "organizations", "peerOrganizations", institution.Domain, "msp", "cacerts",
            $"ca.{institution.Domain}-cert.pem");
        var (file, taken) = what switch
        {
            "user's key" => (mine.UserKey, other.UserKey),
            "user's certificate" => (mine.UserCert, other.UserCert),
            _ => (AuthorityOf(mine), AuthorityOf(other)),
        };
        byte[] kept = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
        File.Copy(taken, file, overwrite: true);
        try
        {
            var (code, said) = await RunningConsortium.TryOperateAsync("doctor", "--state", consortium.State);
            Assert.True(code == 2, said);
            Assert.Contains(fault, said, StringComparison.Ordinal);
            Assert.Contains("Mend: ", said, StringComparison.Ordinal);
        }
        finally
        {
            await File.WriteAllBytesAsync(file, kept, CancellationToken.None);
        }
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
