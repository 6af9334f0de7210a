using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Doctoring;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>Upgrades of a contract that were begun, that lead back, that nobody would reach.</summary>
public sealed class UpgradeFaultsTests : IAsyncLifetime
{
    private const string Member = "LindenMSP";
    private const string Approving = "approveformyorg";

    private readonly BackedUpMember _member = new();
    private readonly Consortium _consortium;
    private readonly RecordingEngine _engine;
    private readonly NetworkState _known;
    private readonly NativeFiles _files;

    public UpgradeFaultsTests()
    {
        // No server is started but Linden's: the others are members that run elsewhere.
        var sample = SampleConsortium.Read();
        _consortium = new Ports(replace: true).Settle(sample with
        {
            Organizations = [.. sample.Organizations.Select(o => o with { RunsElsewhere = o.MspId != Member })],
        });
        (_, _engine, string state) = _member.Build("here", _consortium, "first", BackedUpMember.Fabric);
        _known = _member.Known(state, _engine, _consortium);
        _files = new NativeFiles(state);
        _known.Write();
        Directory.CreateDirectory(Path.Combine(state, "run"));
        Deployed("1.0", 1);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Daemon Next => new(_known.State, $"chaincode-{Member}.next");

    private ChaincodeSettings Contract => _consortium.Chaincodes.Single(one => one.Name == Up.ChaincodeName);

    private ChaincodeUpgrade Upgrade => new(_known, _engine);

    public ValueTask InitializeAsync()
    {
        PlayedPeer.SkipIfOthersAreNamed();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Next.StopAsync();
        _member.Dispose();
    }

    [Fact]
    public async Task Policy_OfAContractThatNobodyReaches_IsNotApproved()
    {
        var peer = new PlayedPeer(_known.State);
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => Upgrade.RunAsync("1.0", $"OutOf(1, '{Member}.peer')", Cancelled));
        Assert.Contains($"chaincode-{Member} at {Contract.Servers[Member]}", fault.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(peer.Commands, command => command.Contains(Approving, StringComparison.Ordinal));
        Assert.Empty(LeftoverExamination.Examine(_known));
    }

    [Fact]
    public async Task Upgrade_AfterAnotherThatWasInterrupted_StartsServersOfItsOwn()
    {
        // Interrupted once the servers of 1.1 had been started.
        NetworkState.WriteConsortium(
            Path.Combine(_known.State, "consortium.next.json"),
            _consortium with { Chaincodes = [Contract with { Version = "1.1" }] });
        Next.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        using var begun = Next.Find();
        Assert.Contains(LeftoverExamination.Examine(_known), finding =>
            finding.Fault.Contains("one to 1.1", StringComparison.Ordinal)
            && finding.Mend.Contains("--version 1.1", StringComparison.Ordinal));

        // Their approval is where this one ends.
        var peer = new PlayedPeer(
            _known.State, "*'chaincode install'*) exit 0 ;;", "*queryapproved*) exit 1 ;;",
            $"*{Approving}*) echo 'different parameters' >&2; exit 1 ;;");
        await Assert.ThrowsAsync<OperatorException>(() => Upgrade.RunAsync("1.2", policy: null, Cancelled));
        Assert.Contains(peer.Commands, command =>
            command.Contains(Approving, StringComparison.Ordinal)
            && command.Contains("--version 1.2", StringComparison.Ordinal));
        using var now = Next.Find();
        Assert.NotEqual(begun!.Id, now!.Id);
    }

    [Fact]
    public async Task Upgrade_WhereAnotherWasCommittedAndNotFinished_IsSentToFinishThat()
    {
        _ = new PlayedPeer(
            _known.State, """*querycommitted*) echo '{"sequence":2,"version":"1.1"}' ;;""");
        Next.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        var fault = await Assert.ThrowsAsync<OperatorException>(
            () => Upgrade.RunAsync("1.2", policy: null, Cancelled));
        Assert.Contains("scripts/upgrade.sh --version 1.1", fault.Message, StringComparison.Ordinal);
        Assert.True(Next.IsRunning);
        Assert.Equal(2, DeployedChaincode.ReadAll(_files.Deployment)[Up.ChaincodeName].Sequence);
    }

    [Fact]
    public async Task Upgrade_CommittedAndThenInterrupted_LeavesTheServersThatPeersReach()
    {
        _ = new PlayedPeer(_known.State);
        NetworkState.WriteConsortium(Path.Combine(_known.State, "consortium.next.json"), _consortium);
        var old = new Daemon(_known.State, $"chaincode-{Member}");
        old.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        Next.EnsureStarted(["sleep", "600"], new Dictionary<string, string>());
        using var serving = Next.Find();
        try
        {
            Assert.Contains(LeftoverExamination.Examine(_known), finding =>
                finding.Fault.Contains("one to 1.0 was committed", StringComparison.Ordinal));
            Assert.Equal(0, await Upgrade.RunAsync("1.0", policy: null, Cancelled));
            using var now = old.Find();
            Assert.Equal(serving!.Id, now!.Id);
            Assert.Empty(LeftoverExamination.Examine(_known));
        }
        finally
        {
            await old.StopAsync();
        }
    }

    [Fact]
    public async Task Institution_ThatIsNoMember_CannotLeave_UnlessItHasBefore()
    {
        const string Nobody = "NobodyMSP";
        var removal = new InstitutionRemoval(_known, _engine);
        var fault = await Assert.ThrowsAsync<OperatorException>(() => removal.RunAsync(Nobody, Cancelled));
        Assert.Contains($"{Nobody} is no member", fault.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_known.State, "requests", $"removal-{Nobody}"));
        Assert.Equal(0, await removal.RunAsync(Nobody, Cancelled));
    }

    [Fact]
    public void Package_OfAVersionThatComesBackElsewhere_LeadsToItsNewServer()
    {
        var linden = _member.Linden;
        var first = new DeployedPackage(_files, Contract, linden);
        first.Ensure();
        string id = first.Id;
        Assert.False(first.EnsureUpToDate());
        Assert.Equal(id, first.Id);

        const string Elsewhere = "127.0.0.1:20999";
        var later = new DeployedPackage(
            _files, Contract with { Servers = new Dictionary<string, string> { [Member] = Elsewhere } }, linden);
        Assert.True(later.EnsureUpToDate());
        Assert.Equal(Elsewhere, later.Address);
        Assert.NotEqual(id, later.Id);
        File.WriteAllBytes(later.File, [1, 2, 3]);
        Assert.True(later.EnsureUpToDate());
    }

    private void Deployed(string version, int sequence) => DeployedChaincode.WriteAll(
        _files.Deployment, new() { [Up.ChaincodeName] = new DeployedChaincode(version, sequence) });
}
