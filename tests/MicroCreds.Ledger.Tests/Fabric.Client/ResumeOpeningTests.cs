using System.Net.Sockets;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using Xunit;
using DeliverResponse = MicroCreds.Fabric.Protocol.Peer.DeliverResponse;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

/// <summary>Streams that resume, and cannot be opened or signed for.</summary>
public sealed class ResumeOpeningTests
{
    private static readonly ResumeOptions Quick =
        new() { MinDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(2) };

    private static readonly ResumeOptions Impatient = Quick with { GiveUpAfter = TimeSpan.FromMilliseconds(20) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>As where the connect timeout is longer than what an open stream is told by.</summary>
    [Fact]
    public async Task PeerThatWasNeverReached_HoweverLongEachAttemptTakes_EndsTheStreamInTheEnd()
    {
        await using var server = await ScriptedGateway.StartAsync();
        var clock = new SlowClock();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        int dials = 0;
        using var channel = GrpcChannel.ForAddress("http://peer0.aurora.example", new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectCallback = (_, _) =>
                {
                    clock.Pass(TimeSpan.FromMinutes(1));
                    if (++dials > 50) enough.Cancel();
                    throw new SocketException((int)SocketError.TimedOut);
                },
            },
        });
        using var gateway = FabricGateway.Connect(server.Options with { Channel = channel, TimeProvider = clock });
        var resume = Quick with { GiveUpAfter = TimeSpan.FromMinutes(5) };
        var blocks = gateway.GetNetwork("credentials").GetBlockEvents(
            new EventOptions { StartBlock = 1, Resume = resume }, enough.Token);
        var e = await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(blocks, 1));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task SignerThatFailsOnce_DoesNotEndTheStream()
    {
        await using var server = await ScriptedGateway.StartAsync();
        server.OnDeliver = (_, envelope, stream, context) => stream.WriteAsync(
            new DeliverResponse { Block = EventTests.Block(SeekOf(envelope).Start.Specified.Number) },
            context.CancellationToken);
        var signer = new FailingSigner(failures: 2);
        using var gateway = FabricGateway.Connect(server.Options with { Signer = signer });
        var network = gateway.GetNetwork("credentials");
        var blocks = network.GetBlockEvents(new EventOptions { StartBlock = 1, Resume = Quick }, Cancel);
        Assert.Equal([1UL, 2], await TakeAsync(blocks, 2));
        signer.Failures = int.MaxValue;
        var e = await Assert.ThrowsAsync<EventStreamException>(() => TakeAsync(network.GetBlockEvents(
            new EventOptions { StartBlock = 1, Resume = Impatient }, Cancel), 1));
        Assert.Contains("could not be signed. The key service is away", e.Message, StringComparison.Ordinal);
    }

    private static async Task<List<ulong>> TakeAsync(IAsyncEnumerable<Block> blocks, int count)
    {
        var numbers = new List<ulong>();
        await foreach (var block in blocks)
        {
            numbers.Add(block.Header.Number);
            if (numbers.Count == count)
            {
                break;
            }
        }

        return numbers;
    }

    private static SeekInfo SeekOf(Envelope envelope) =>
        SeekInfo.Parser.ParseFrom(Payload.Parser.ParseFrom(envelope.Payload).Data);

    private sealed class FailingSigner(int failures) : ISigner
    {
        public int Failures { get; set; } = failures;

        public ValueTask<byte[]> SignAsync(
            ReadOnlyMemory<byte> digest, CancellationToken cancellationToken = default) => Failures-- > 0
            ? throw new HttpRequestException("The key service is away.")
            : ScriptedGateway.Signer.SignAsync(digest, cancellationToken);
    }

    private sealed class SlowClock : TimeProvider
    {
        private long _passed;

        public override long GetTimestamp() => base.GetTimestamp() + Volatile.Read(ref _passed);

        public void Pass(TimeSpan time) =>
            Interlocked.Add(ref _passed, (long)(time.TotalSeconds * TimestampFrequency));
    }
}
