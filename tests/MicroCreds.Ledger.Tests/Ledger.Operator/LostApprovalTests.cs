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

    [Theory]
    [InlineData("private data matching public hash version is not available", true)]
    [InlineData("attempted to redefine with different parameters", false)]
    public async Task Restore_ApprovalIsRefused_StartsTheGatewayIfNothingElseCanBeDone(string refusal, bool starts)
    {
        PlayedPeer.SkipIfOthersAreNamed();
        var consortium = SampleConsortium.Read();
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
