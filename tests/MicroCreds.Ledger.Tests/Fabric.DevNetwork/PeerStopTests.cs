using Grpc.Core;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Peers of an organisation that are stopped and started one by one.</summary>
public sealed class PeerStopTests(TwoPeerNetwork network) : IClassFixture<TwoPeerNetwork>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stopped_OneOfTwo_TheOtherStandsIn()
    {
        string peer = TwoPeerNetwork.NameOf(Beta, 0);
        await network.Network.StopPeerAsync(peer);
        try
        {
            var caller = network.Caller(All, Alpha);
            var status = await caller.SubmitAsync("put", "stood-in", "1");
            Assert.Equal(TxValidationCode.Valid, status.Result);
            using var stopped = network.CallerAt(Beta, 0, All);
            await Assert.ThrowsAsync<RpcException>(() => stopped.EvaluateAsync("get", "stood-in"));
            using var other = network.CallerAt(Beta, 1, All);
            Assert.Equal("1", await other.EvaluateAsync("get", "stood-in"));
        }
        finally
        {
            await network.Network.StartPeerAsync(peer, Cancel);
        }

        using var again = network.CallerAt(Beta, 0, All);
        Assert.Equal("1", await again.EvaluateAsync("get", "stood-in"));
    }

    [Fact]
    public async Task Stopped_AllOfAnOrganization_NobodyEndorsesForIt()
    {
        await network.Network.StopPeerAsync(TwoPeerNetwork.NameOf(Gamma, 0));
        try
        {
            var caller = network.Caller(All, Alpha);
            await FailsAsync(
                () => caller.EndorseAsync(caller.Draft("put", "k", "v")),
                StatusCode.FailedPrecondition,
                "no combination of peers can be derived which satisfy the endorsement policy: "
                    + "no peer combination can satisfy the endorsement policy");
            await FailsAsync(
                () => caller.EndorseAsync(caller.Draft("put", "k", "v"), Gamma),
                StatusCode.Unavailable,
                "failed to find any endorsing peers for org(s): GammaMSP");
        }
        finally
        {
            await network.Network.StartPeerAsync(TwoPeerNetwork.NameOf(Gamma, 0), Cancel);
        }

        Assert.Equal(
            TxValidationCode.Valid, (await network.Caller(All, Alpha).SubmitAsync("put", "back", "1")).Result);
    }

    [Fact]
    public async Task Refused_ByBothPeers_BothAreNamed()
    {
        var caller = network.Caller(All, Alpha);
        var refused = await Assert.ThrowsAsync<RpcException>(() => caller.EndorseAsync(caller.Draft("fail")));
        Assert.Equal(["AlphaMSP: chaincode response 500, boom", "AlphaMSP: chaincode response 500, boom"],
            DetailsOf(refused));
    }

    [Fact]
    public async Task Unknown_PeerIsNamedWithThoseThereAre()
    {
        var fault = await Assert.ThrowsAsync<DevNetworkException>(() => network.Network.StopPeerAsync("peer7.x"));
        Assert.Contains("'peer7.x' is no peer of this network", fault.Message, StringComparison.Ordinal);
        Assert.Contains(TwoPeerNetwork.NameOf(Beta, 1), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_OfOneWhoSaysNothing_HoldsUpNobody_AndFaultsAreTold()
    {
        await using var control = PeerControl.Listen(network.Network, maxSilence: TimeSpan.FromMilliseconds(200));
        string state = network.Network.StateDirectory;
        await using var silent = PeerControl.Dial(state);
        await silent.ConnectAsync(Cancel);
        string peer = TwoPeerNetwork.NameOf(Beta, 1);
        await PeerControl.AskAsync(state, $"stop {peer}");
        string key = Path.Combine(
            network.DirectoryOf(Beta), "peers", $"peer1.{DomainOf(Beta)}", "tls", "server.key");
        File.Move(key, key + ".away");
        try
        {
            var fault = await Assert.ThrowsAsync<DevNetworkException>(
                () => PeerControl.AskAsync(state, $"start {peer}"));
            Assert.Contains("server.key", fault.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Move(key + ".away", key);
            await PeerControl.AskAsync(state, $"start {peer}");
        }
    }

    /// <summary>As for a proposal that another peer's gateway began before the stop.</summary>
    [Fact]
    public async Task Stopped_WithWorkInFlight_SignsNothingAndDialsNoChaincode()
    {
        string name = TwoPeerNetwork.NameOf(Beta, 0);
        var parts = network.Network.Parts;
        await using var services = new PeerServices(parts);
        var peer = services.EndorserOf(parts.Peers.Single(one => one.Name == name));
        var caller = network.Caller(All, Alpha);
        UnpackedProposal Proposal(params string[] arguments) =>
            UnpackedProposal.Unpack(caller.Sign(caller.Draft(arguments)));

        Assert.NotNull((await peer.ProcessAsync(Proposal("put", "k", "v"), endorse: true)).Response?.Endorsement);
        var begun = peer.ProcessAsync(Proposal("silent"), endorse: true);
        await network.Network.StopPeerAsync(name);
        int streams = network.Chaincode(All, Beta).StreamCount;
        try
        {
            var late = await peer.ProcessAsync(Proposal("put", "k", "v"), endorse: true);
            Assert.True(late.IsGone && late.Response is null, $"{late}");
            Assert.Equal(streams, network.Chaincode(All, Beta).StreamCount);
        }
        finally
        {
            await network.Network.StartPeerAsync(name, Cancel);
        }

        Assert.True((await begun).IsGone);
        Assert.NotNull((await peer.ProcessAsync(Proposal("put", "k", "v"), endorse: true)).Response?.Endorsement);
    }

    [Fact]
    public async Task Started_AfterTheNetworkStopped_IsRefused()
    {
        var alone = new PeerNetwork();
        await alone.InitializeAsync();
        var stopped = alone.Network;
        await alone.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            () => stopped.StartPeerAsync(TwoPeerNetwork.NameOf(Beta, 0), Cancel));
    }

    [Fact]
    public async Task Command_StopsAndStarts_AndSaysWhatItCannot()
    {
        await using var control = PeerControl.Listen(network.Network);
        string state = network.Network.StateDirectory;
        await PeerControl.AskAsync(state, $"stop {TwoPeerNetwork.NameOf(Beta, 1)}");
        using var stopped = network.CallerAt(Beta, 1, All);
        await Assert.ThrowsAsync<RpcException>(() => stopped.EvaluateAsync("get", "k"));
        await PeerControl.AskAsync(state, $"start {TwoPeerNetwork.NameOf(Beta, 1)}");
        using var again = network.CallerAt(Beta, 1, All);
        Assert.Equal("", await again.EvaluateAsync("get", "k"));
        var unknown = await Assert.ThrowsAsync<DevNetworkException>(() => PeerControl.AskAsync(state, "stop nobody"));
        Assert.Contains("'nobody' is no peer", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DevNetworkException>(() => PeerControl.AskAsync(state, "wipe everything"));
        string[] stop = ["peer", "stop", "p", "--state", "s"];
        Assert.True(MicroCreds.Fabric.DevNetwork.CommandLine.TryReadPeer(stop, out string request, out _));
        Assert.Equal("stop p", request);
        string[] wipe = ["peer", "wipe", "p", "--state", "s"];
        Assert.False(MicroCreds.Fabric.DevNetwork.CommandLine.TryReadPeer(wipe, out _, out _));
    }
}

/// <summary>The network of three organisations, of which Alpha and Beta have two peers.</summary>
public sealed class TwoPeerNetwork : PeerNetwork
{
    internal static string NameOf(string mspId, int number) => $"peer{number}.{DomainOf(mspId)}";

    /// <summary>A client of one of an organisation's peers.</summary>
    internal GatewayCaller CallerAt(string mspId, int number, string chaincode)
    {
        var settings = Network.Consortium.Organizations.Single(organization => organization.MspId == mspId);
        string endpoint = settings.FurtherPeers.Prepend(settings.Peer).ElementAt(number);
        return new GatewayCaller(
            endpoint, DirectoryOf(mspId), $"User1@{DomainOf(mspId)}", mspId, Channel, chaincode);
    }

    protected override IReadOnlyList<string> FurtherPeersOf(string mspId) =>
        mspId == Gamma ? [] : ["127.0.0.1:0"];
}
