using Grpc.Core;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Chaincode servers that are slow, silent, broken, gone and back.</summary>
public sealed class ChaincodeServerTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string Evaluated = "failed to evaluate transaction, see attached details for more info";
    private const string Endorsed = "failed to endorse transaction, see attached details for more info";

    [Fact]
    public async Task Transactions_ManyAtOnce_ShareOneStream()
    {
        var caller = network.Caller(AnyOne, Gamma);

        string[] results = await Task.WhenAll(
            Enumerable.Range(0, 200).Select(_ => caller.EvaluateAsync("increment", "many")));

        Assert.All(results, result => Assert.Equal("1", result));
        Assert.Equal(1, network.Chaincode(AnyOne, Gamma).StreamCount);
    }

    [Fact]
    public async Task Transaction_ThatHangs_HoldsUpNoOther()
    {
        var caller = network.Caller(AnyOne);
        var hanging = caller.EvaluateAsync(caller.Draft("silent"), Alpha);

        for (int i = 0; i < 20; i++)
        {
            Assert.Equal("1", await caller.EvaluateAsync("increment", "free"));
        }

        Assert.False(hanging.IsCompleted);
        await Assert.ThrowsAsync<RpcException>(() => hanging);
    }

    [Fact]
    public async Task Transaction_NeverCompleted_TimesOutAtEveryPeer()
    {
        var caller = network.Caller(AnyOne);
        var draft = caller.Draft("silent");

        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EvaluateAsync(draft));

        Assert.Equal((StatusCode.Aborted, Evaluated), (e.StatusCode, e.Status.Detail));
        Assert.Equal(
            Details(draft, "error sending: timeout expired while executing transaction", Alpha, Beta, Gamma),
            DetailsOf(e));
    }

    [Fact]
    public async Task Request_AfterTheTimeout_FindsNoLedgerContext()
    {
        var caller = network.Caller(AnyOne);
        var draft = caller.Draft("silent");
        await Assert.ThrowsAsync<RpcException>(() => caller.EvaluateAsync(draft, Alpha));

        var answer = await network.Chaincode(AnyOne, Alpha).Stream.AskAsync(new ChaincodeMessage
        {
            Type = MessageType.GetState,
            Txid = draft.Channel.TxId,
            ChannelId = Channel,
        });

        Assert.Equal(MessageType.Error, answer.Type);
        Assert.Equal(
            $"GET_STATE failed: transaction ID: {draft.Channel.TxId}: no ledger context",
            answer.Payload.ToStringUtf8());
    }

    [Fact]
    public async Task Deadline_OfTheClient_EndsItsWaitOnly()
    {
        var caller = network.Caller(AnyOne);
        var request = new EvaluateRequest
        {
            ProposedTransaction = caller.Sign(caller.Draft("silent")),
        };

        var e = await Assert.ThrowsAsync<RpcException>(async () =>
            await caller.Gateway.EvaluateAsync(request, deadline: DateTime.UtcNow.AddMilliseconds(300),
                cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
        Assert.Equal("1", await caller.EvaluateAsync("increment", "deadline"));
    }

    [Fact]
    public async Task ErrorMessage_EndsTheTransaction()
    {
        var caller = network.Caller(AnyOne);

        await FailsAsync(
            () => caller.EndorseAsync(caller.Draft("error")),
            StatusCode.Aborted,
            Endorsed,
            $"{Alpha}: error in simulation: transaction returned with failure: broken");
    }

    [Fact]
    public async Task Stream_BrokenDuringATransaction_FailsItAndIsDialledAgain()
    {
        var caller = network.Caller(All, Beta);
        await caller.EvaluateAsync("nothing");
        int streams = network.Chaincode(All, Beta).StreamCount;
        var draft = caller.Draft("crash");

        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EndorseAsync(draft));

        Assert.Equal((StatusCode.Aborted, Endorsed), (e.StatusCode, e.Status.Detail));
        Assert.Equal(Details(draft, "error sending: chaincode stream terminated", Beta), DetailsOf(e));
        Assert.Equal("1", await caller.EvaluateAsync("increment", "redialled"));
        Assert.Equal(streams + 1, network.Chaincode(All, Beta).StreamCount);
    }

    [Theory]
    [InlineData(MessageType.Register)]
    [InlineData(MessageType.Response)]
    [InlineData((MessageType)99)]
    public async Task Message_OutOfPlace_EndsTheStream(MessageType type)
    {
        var caller = network.Caller(All, Gamma);
        await caller.EvaluateAsync("nothing");
        var stream = network.Chaincode(All, Gamma).Stream;

        await stream.SendAsync(new ChaincodeMessage { Type = type });
        await stream.Ended;

        Assert.Equal("1", await caller.EvaluateAsync("increment", "outOfPlace"));
    }

    [Fact]
    public async Task Server_Gone_OtherOrganizationsEvaluateAndTheOwnOneCannotEndorse()
    {
        await using var lone = new PeerNetwork();
        await lone.InitializeAsync();
        var server = lone.Chaincode(TwoOfThree, Alpha);
        var caller = lone.Caller();
        await caller.EvaluateAsync("nothing");
        await server.StopAsync();
        var draft = caller.Draft("put", "k", "v");
        string id = "basic_1.0:" + Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData("basic_1.0"u8));
        string reason = $"could not launch chaincode {id}: connection to {id} failed: error cannot create connection "
            + $"for {id}: error creating grpc connection to {server.Address}: failed to create new connection: "
            + "connection error: desc = \"transport: error while dialing: dial tcp "
            + $"{server.Address}: connect: connection refused\"";

        Assert.Equal("1", await caller.EvaluateAsync("increment", "gone"));
        var e = await Assert.ThrowsAsync<RpcException>(() => caller.EndorseAsync(draft));
        Assert.Equal(Details(draft, reason, Alpha), DetailsOf(e));
        Assert.Equal([Beta, Gamma], GatewayCaller.EndorsersOf(await caller.EndorseAsync(draft, Beta, Gamma)));

        var elsewhere = lone.Caller(mspId: Beta);
        var envelope = await elsewhere.EndorseAsync(elsewhere.Draft("get", "k"));
        Assert.Equal([Beta, Gamma], GatewayCaller.EndorsersOf(envelope));

        await server.StartAsync();
        Assert.Contains(Alpha, GatewayCaller.EndorsersOf(await caller.EndorseAsync(caller.Draft("put", "k", "v"))));
    }

    private static string[] Details(ProposalDraft draft, string reason, params string[] mspIds) =>
    [
        .. mspIds.Select(mspId =>
            $"{mspId}: error in simulation: failed to execute transaction {draft.Channel.TxId}: {reason}"),
    ];
}
