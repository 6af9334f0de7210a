using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using static MicroCreds.Ledger.Tests.Fabric.DevNetwork.PeerNetwork;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Submit, CommitStatus and ChaincodeEvents.</summary>
public sealed class CommitTests(PeerNetwork network) : IClassFixture<PeerNetwork>
{
    private const string Unreadable =
        $"Failed evaluating policy on signed data during check policy on channel [{Channel}] with policy "
        + "[/Channel/Application/Readers]: [implicit policy evaluation failed - 0 sub-policies were satisfied, "
        + "but this policy requires 1 of the 'Readers' sub-policies to be satisfied]";

    [Fact]
    public async Task Submit_Good_CommitsAndIsSeenAtEveryGateway()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "submitted", "v");
        await caller.SubmitAsync(await caller.EndorseAsync(draft));

        var here = await caller.CommitStatusAsync(draft.Channel.TxId);
        var there = await network.Caller(mspId: Gamma).CommitStatusAsync(draft.Channel.TxId);

        Assert.Equal(TxValidationCode.Valid, here.Result);
        Assert.Equal(here, there);
        Assert.Equal("v", await network.Caller(mspId: Beta).EvaluateAsync("get", "submitted"));
    }

    [Fact]
    public async Task Submit_TooFewEndorsements_IsInvalidAndSaysSo()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "few", "v");
        await caller.SubmitAsync(await caller.EndorseAsync(draft, Beta));

        var status = await caller.CommitStatusAsync(draft.Channel.TxId);

        Assert.Equal(TxValidationCode.EndorsementPolicyFailure, status.Result);
        Assert.Equal("", await caller.EvaluateAsync("get", "few"));
    }

    [Fact]
    public async Task Submit_NotATransaction_SaysWhatIsMissing()
    {
        var caller = network.Caller();
        var envelope = await caller.EndorseAsync(caller.Draft("put", "k", "v"));

        await FailsAsync(
            async () => await caller.Gateway.SubmitAsync(new SubmitRequest { ChannelId = Channel }),
            StatusCode.InvalidArgument,
            "a prepared transaction is required");
        await FailsAsync(
            async () => await caller.Gateway.SubmitAsync(
                new SubmitRequest { ChannelId = Channel, PreparedTransaction = envelope }),
            StatusCode.InvalidArgument,
            "prepared transaction must be signed");
        await FailsAsync(
            async () => await caller.Gateway.SubmitAsync(
                new SubmitRequest { ChannelId = "nochannel", PreparedTransaction = caller.Sign(envelope) }),
            StatusCode.FailedPrecondition,
            "failed to get config for channel [nochannel]: could not get last config for channel nochannel");
        await FailsAsync(
            () => caller.SubmitAsync(new Envelope { Payload = ByteString.CopyFromUtf8("garbage") }),
            StatusCode.Aborted,
            "received unsuccessful response from orderer: status=BAD_REQUEST, info=could not determine channel ID: "
                + "error unmarshalling Payload: proto: cannot parse invalid wire-format data");
    }

    [Fact]
    public async Task Submit_SignedByAnother_IsForbiddenByTheOrderer()
    {
        var caller = network.Caller();
        var envelope = await caller.EndorseAsync(caller.Draft("put", "k", "v"));

        await FailsAsync(
            () => network.Caller(mspId: Beta).SubmitAsync(envelope),
            StatusCode.Aborted,
            "received unsuccessful response from orderer: status=FORBIDDEN, info=implicit policy evaluation failed - "
                + "0 sub-policies were satisfied, but this policy requires 1 of the 'Writers' sub-policies to be "
                + "satisfied: permission denied");
    }

    [Theory]
    [InlineData(HeaderType.Config, "message is of type that cannot be processed directly")]
    [InlineData(HeaderType.OrdererTransaction, "message is of type that is no longer supported")]
    public async Task Submit_OfATypeForOrderersOnly_IsABadRequest(HeaderType type, string info)
    {
        var caller = network.Caller();
        var payload = Payload.Parser.ParseFrom((await caller.EndorseAsync(caller.Draft("put", "k", "v"))).Payload);
        var header = ChannelHeader.Parser.ParseFrom(payload.Header.ChannelHeader);
        header.Type = (int)type;
        payload.Header.ChannelHeader = header.ToByteString();

        await FailsAsync(
            () => caller.SubmitAsync(new Envelope { Payload = payload.ToByteString() }),
            StatusCode.Aborted,
            $"received unsuccessful response from orderer: status=BAD_REQUEST, info={info}");
    }

    [Fact]
    public async Task CommitStatus_AskedBeforeTheCommit_WaitsForIt()
    {
        var caller = network.Caller();
        var draft = caller.Draft("put", "awaited", "v");
        var envelope = await caller.EndorseAsync(draft);
        var waiting = caller.CommitStatusAsync(draft.Channel.TxId);

        await caller.SubmitAsync(envelope);

        Assert.Equal(TxValidationCode.Valid, (await waiting).Result);
    }

    [Fact]
    public async Task CommitStatus_Unknown_WaitsUntilTheDeadline()
    {
        var e = await Assert.ThrowsAsync<RpcException>(() => network.Caller().CommitStatusAsync(
            "unknown", options: new CallOptions(deadline: DateTime.UtcNow.AddMilliseconds(200))));

        Assert.Equal(StatusCode.DeadlineExceeded, e.StatusCode);
    }

    [Fact]
    public async Task CommitStatus_BadRequest_IsRefused()
    {
        var caller = network.Caller();

        await FailsAsync(
            () => caller.CommitStatusAsync(""), StatusCode.InvalidArgument, "transaction ID should not be empty");
        await FailsAsync(
            () => caller.CommitStatusAsync("id", request => request.ChannelId = ""),
            StatusCode.InvalidArgument,
            "no channel ID provided");
        await FailsAsync(
            () => caller.CommitStatusAsync("id", request => request.Identity = ByteString.Empty),
            StatusCode.InvalidArgument,
            "no identity provided");
        await FailsAsync(
            () => caller.CommitStatusAsync("id", request => request.ChannelId = "nochannel"),
            StatusCode.PermissionDenied,
            "Failed to get policy manager for channel [nochannel]");
        await FailsAsync(
            () => caller.CommitStatusAsync("id", request => request.Identity = network.Caller(mspId: Beta).Creator),
            StatusCode.PermissionDenied,
            Unreadable);
        await FailsAsync(
            async () => await caller.Gateway.CommitStatusAsync(
                new SignedCommitStatusRequest { Request = ByteString.CopyFromUtf8("garbage") }),
            StatusCode.InvalidArgument,
            "invalid status request: proto: cannot parse invalid wire-format data");
        await FailsAsync(
            async () => await caller.Gateway.CommitStatusAsync(new SignedCommitStatusRequest()),
            StatusCode.InvalidArgument,
            "a commit status request is required");
    }

    [Fact]
    public async Task ChaincodeEvents_FromABlock_ReplaysAndGoesOn()
    {
        var caller = network.Caller();
        var first = await caller.SubmitAsync("event", "first", "1");
        await network.Caller(AnyOne).SubmitAsync("event", "other", "x");
        using var listening = caller.ListenForEvents(request => request.StartPosition = new SeekPosition
        {
            Specified = new SeekSpecified { Number = first.BlockNumber },
        });
        var events = EventsOf(listening);

        Assert.Equal(("first", "1"), await NextAsync(events));
        await caller.SubmitAsync("event", "second", "2");
        Assert.Equal(("second", "2"), await NextAsync(events));
    }

    [Fact]
    public async Task ChaincodeEvents_AfterATransaction_SkipsItAndAllBefore()
    {
        var caller = network.Caller();
        var draft = caller.Draft("event", "before", "1");
        await caller.SubmitAsync(await caller.EndorseAsync(draft));
        await caller.CommitStatusAsync(draft.Channel.TxId);
        using var listening = caller.ListenForEvents(request =>
        {
            request.AfterTransactionId = draft.Channel.TxId;
            request.StartPosition = new SeekPosition { Specified = new SeekSpecified { Number = 0 } };
        });
        var events = EventsOf(listening);

        await caller.SubmitAsync("event", "after", "2");

        Assert.Equal(("after", "2"), await NextAsync(events));
    }

    [Fact]
    public async Task ChaincodeEvents_OfAnInvalidTransaction_AreNotDelivered()
    {
        var caller = network.Caller();
        using var listening = caller.ListenForEvents();
        await listening.ResponseHeadersAsync;
        var draft = caller.Draft("event", "invalid", "1");
        await caller.SubmitAsync(await caller.EndorseAsync(draft, Alpha));
        await caller.CommitStatusAsync(draft.Channel.TxId);
        await caller.SubmitAsync("event", "valid", "2");

        Assert.Equal(("valid", "2"), await NextAsync(EventsOf(listening)));
    }

    [Fact]
    public async Task ChaincodeEvents_BadRequest_IsRefused()
    {
        var caller = network.Caller();

        await FailsAsync(
            () => ReadAsync(caller.ListenForEvents(request =>
                request.StartPosition = new SeekPosition { Oldest = new SeekOldest() })),
            StatusCode.InvalidArgument,
            "invalid start position type: *orderer.SeekPosition_Oldest");
        await FailsAsync(
            () => ReadAsync(caller.ListenForEvents(request => request.ChannelId = "")),
            StatusCode.PermissionDenied,
            "Invalid channel ID name during check policy on signed data. Name must be different from nil.");
        await FailsAsync(
            () => ReadAsync(caller.ListenForEvents(request => request.Identity = ByteString.Empty)),
            StatusCode.PermissionDenied,
            Unreadable);
        await FailsAsync(
            () => ReadAsync(caller.Gateway.ChaincodeEvents(
                new SignedChaincodeEventsRequest { Request = ByteString.CopyFromUtf8("garbage") })),
            StatusCode.InvalidArgument,
            "invalid chaincode events request: proto: cannot parse invalid wire-format data");
    }

    [Fact]
    public async Task SystemChaincodes_AnswerWhatClientsAsk()
    {
        var caller = network.Caller();
        var committed = await caller.SubmitAsync("put", "system", "v");

        var info = await QueryAsync("qscc", "GetChainInfo", Channel);
        var block = await QueryAsync(
            "qscc", "GetBlockByNumber", Channel, $"{committed.BlockNumber}");
        var channels = await QueryAsync("cscc", "GetChannels");

        Assert.True(BlockchainInfo.Parser.ParseFrom(info).Height > committed.BlockNumber);
        Assert.Equal(committed.BlockNumber, Block.Parser.ParseFrom(block).Header.Number);
        Assert.Equal(Channel, Assert.Single(ChannelQueryResponse.Parser.ParseFrom(channels).Channels).ChannelId);
        var e = await Assert.ThrowsAsync<RpcException>(
            () => QueryAsync("qscc", "GetBlockByNumber", Channel, "1000000"));
        Assert.Equal(
            "evaluate call to endorser returned error: chaincode response 500, Failed to get block number 1000000, "
                + "error no such block number [1000000] in index",
            e.Status.Detail);
    }

    private async Task<ByteString> QueryAsync(string chaincode, params string[] arguments)
    {
        var caller = network.Caller(chaincode);
        return (await caller.EvaluateAsync(caller.Draft(arguments))).Payload;
    }

    private static IAsyncEnumerator<(string, string)> EventsOf(
        AsyncServerStreamingCall<ChaincodeEventsResponse> call) =>
        call.ResponseStream.ReadAllAsync().SelectMany(response => response.Events)
            .Select(raised => (raised.EventName, raised.Payload.ToStringUtf8())).GetAsyncEnumerator();

    private static async Task<(string, string)> NextAsync(IAsyncEnumerator<(string, string)> events)
    {
        Assert.True(await events.MoveNextAsync());
        return events.Current;
    }

    private static async Task ReadAsync(AsyncServerStreamingCall<ChaincodeEventsResponse> call)
    {
        using (call)
        {
            await call.ResponseStream.MoveNext();
        }
    }
}
