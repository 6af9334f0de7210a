using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>A message that is too large for somebody on its way stays so, however often it is sent.</summary>
public sealed class MessageSizeTests
{
    private static readonly SubmitRetryOptions Quick = new()
    {
        MaxAttempts = 3,
        MinDelay = TimeSpan.FromMilliseconds(1),
        MaxDelay = TimeSpan.FromMilliseconds(2),
    };

    private readonly List<ByteString> _sent = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ProposalTooLargeForTheClientsOwnChannel_IsNotMadeAgain()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        using var channel = SmallChannel(server);
        int made = 0;
        var e = await Assert.ThrowsAsync<EndorseException>(() => ContractOver(server, channel).SubmitUntilKnownAsync(
            "Issue", new ProposalOptions { Arguments = [new byte[64 * 1024]] },
            Quick with { OnEndorsed = _ => made++ }, Cancel));
        Assert.Equal((StatusCode.ResourceExhausted, 0), (e.StatusCode, made));
        Assert.Contains("message size", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TransactionTooLargeToBeSubmitted_IsRefused()
    {
        await using var server = await StartAsync((_, _) => new SubmitResponse());
        var options = new ProposalOptions { Arguments = [new byte[64 * 1024]] };
        var endorsed = await server.Contract().NewProposal("Issue", options).EndorseAsync(cancellationToken: Cancel);
        using var channel = SmallChannel(server);
        using var gateway = FabricGateway.Connect(server.Options with { Channel = channel });
        var e = await Assert.ThrowsAsync<SubmitException>(
            () => gateway.NewTransaction(endorsed.ToBytes()).SubmitAsync(cancellationToken: Cancel));
        Assert.True(e.IsRefusal);
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task BlockTooLargeForTheClient_EndsAStreamThatResumes()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = async (_, _, stream, _) =>
        {
            await stream.WriteAsync(new DeliverResponse { Block = EventTests.Block(1) });
            var large = EventTests.Block(2);
            large.Data = new BlockData { Data = { ByteString.CopyFrom(new byte[64 * 1024]) } };
            await stream.WriteAsync(new DeliverResponse { Block = large });
        };
        using var channel = SmallChannel(server);
        var options = new EventOptions { StartBlock = 1, Resume = new ResumeOptions() };
        await using var reading = server.Network(gateway => gateway with { Channel = channel })
            .GetBlockEvents(options, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await reading.MoveNextAsync());
        var e = await Assert.ThrowsAsync<EventStreamException>(
            () => reading.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Cancel));
        Assert.False(e.IsTransient);
    }

    [Theory]
    [InlineData("grpc: received message larger than max (12 vs. 4)")]
    [InlineData("grpc: received message after decompression larger than max 4")]
    [InlineData("Received message exceeds the maximum configured message size.")]
    public async Task MessageThatAPeerFindsTooLarge_IsNotSentAgain(string words)
    {
        await using var server = await StartAsync((_, _) => throw Exhausted(words));
        var e = await Assert.ThrowsAsync<SubmitException>(() => SubmitAsync(server));
        Assert.True(e.IsRefusal);
        Assert.Single(_sent);

        int asked = 0;
        server.OnEndorse = (_, _) =>
        {
            asked++;
            throw Exhausted(words);
        };
        await Assert.ThrowsAsync<EndorseException>(() => SubmitAsync(server));
        Assert.Equal(1, asked);
    }

    private static GrpcChannel SmallChannel(ScriptedGateway server) => PeerChannel.Open(new PeerChannelOptions
    {
        Endpoint = server.Endpoint,
        Plaintext = true,
        MaxMessageBytes = 24 * 1024,
    });

    private static FabricContract ContractOver(ScriptedGateway server, GrpcChannel channel) =>
        server.Contract(options => options with { Channel = channel });

    private static RpcException Exhausted(string words) =>
        new(new Grpc.Core.Status(StatusCode.ResourceExhausted, words));

    private static Task<byte[]> SubmitAsync(ScriptedGateway server) =>
        server.Contract().SubmitWithRetryAsync("Issue", new ProposalOptions(), Quick, Cancel);

    private async Task<ScriptedGateway> StartAsync(Func<SubmitRequest, int, SubmitResponse> submit)
    {
        var server = await ScriptedGateway.StartAsync();
        server.OnSubmit = (request, _) =>
        {
            _sent.Add(request.PreparedTransaction.ToByteString());
            return Task.FromResult(submit(request, _sent.Count));
        };
        return server;
    }
}
