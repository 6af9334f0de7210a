using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>A backup from before the contract's last definition: its peer lacks what its institution approved since.
/// </summary>
public sealed class LostApprovalTests : IDisposable
{
    private readonly BackedUpMember _member = new();

    public void Dispose() => _member.Dispose();

    [Fact]
    public async Task Renewal_OfThePackage_IsRefusedBeforeItHasAnotherId()
    {
        PlayedPeer.SkipIfOthersAreNamed();
        var consortium = SampleConsortium.Read();
        var (_, _, state) = _member.Build("here", consortium, "first", BackedUpMember.Fabric);
        var files = new NativeFiles(state);
        var contract = consortium.Chaincodes.Single(one => one.Name == Up.ChaincodeName);
        DeployedChaincode.WriteAll(files.Deployment, new() { [Up.ChaincodeName] = new DeployedChaincode("1.0", 3) });
        var package = new DeployedPackage(files, contract, _member.Linden);
        package.Ensure();
        byte[] before = File.ReadAllBytes(package.File);
        var peer = new PlayedPeer(
            state,
            "*queryapproved*) echo 'private data matching public hash version is not available' >&2; exit 1 ;;");
        var fault = await Assert.ThrowsAsync<OperatorException>(() => new PackageRenewal(files, consortium).RunAsync(
            _member.Linden, TestContext.Current.CancellationToken));
        Assert.Contains("scripts/upgrade.sh", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(package.File));
        Assert.DoesNotContain(peer.Commands, command => command.Contains("install", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("PACKAGE", false)]
    public async Task Up_PeerHasLostItsData_HasThePackageInstalledAgain(string installed, bool installs)
    {
        PlayedPeer.SkipIfOthersAreNamed();
        var sample = SampleConsortium.Read();
        var consortium = sample with
        {
            Organizations = [.. sample.Organizations.Select(o => o with { RunsElsewhere = o.MspId != "LindenMSP" })],
        };
        var (_, _, state) = _member.Build("here", consortium, "first", BackedUpMember.Fabric);
        var files = new NativeFiles(state);
        var contract = consortium.Chaincodes.Single(one => one.Name == Up.ChaincodeName);
        DeployedChaincode.WriteAll(
            files.Deployment,
            consortium.Chaincodes.ToDictionary(one => one.Name, one => new DeployedChaincode(one.Version, 1)));
        var package = new DeployedPackage(files, contract, _member.Linden);
        package.Ensure();
        string told = installed.Replace("PACKAGE", package.Id, StringComparison.Ordinal);
        var peer = new PlayedPeer(state, $"*queryinstalled*) echo '{told}' ;;");
        await new ChaincodeDeployment(FabricBinaries.Find(files.Binaries), files, consortium).EnsureAsync(
            TestContext.Current.CancellationToken);
        Assert.Equal(installs, peer.Commands.Contains($"lifecycle chaincode install {package.File}"));
    }

    [Theory]
    [InlineData("private data matching public hash version is not available", true)]
    [InlineData("attempted to redefine with different parameters", false)]
    public async Task Restore_ApprovalIsRefused_StartsTheGatewayIfNothingElseCanBeDone(string refusal, bool starts)
    {
        PlayedPeer.SkipIfOthersAreNamed();
        var consortium = new Ports(replace: true).Settle(SampleConsortium.Read());
        var (backup, engine, state) = _member.Build("here", consortium, "first", BackedUpMember.Fabric);
        var files = new NativeFiles(state);
        DeployedChaincode.WriteAll(files.Deployment, new() { [Up.ChaincodeName] = new DeployedChaincode("1.0", 3) });
        var peer = new PlayedPeer(
            state, "*'chaincode install'*) exit 0 ;;", $"*approveformyorg*) echo '{refusal}' >&2; exit 1 ;;",
            "*queryapproved*) exit 1 ;;");
        await backup.BackUpAsync(_member.Linden, _member.Archive, TestContext.Current.CancellationToken);
        Task Restore() => backup.RestoreAsync(_member.Linden, _member.Archive, TestContext.Current.CancellationToken);
        if (starts)
        {
            await Restore();
            Assert.Single(peer.Commands, command => command.Contains("approveformyorg", StringComparison.Ordinal));
        }
        else
        {
            var fault = await Assert.ThrowsAsync<OperatorException>(Restore);
            Assert.Contains(refusal, fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal(starts, engine.Running.Contains(InstitutionParts.Gateway(_member.Linden)));
    }
}
