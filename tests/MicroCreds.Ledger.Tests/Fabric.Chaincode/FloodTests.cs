using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Chaincode.Serving;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>A peer that sends without end and reads nothing, on a stream of memory: nothing of it takes time.</summary>
public sealed class FloodTests
{
    [Fact]
    public async Task KeepAlives_NobodyReads_AreAnsweredOnce()
    {
        const int Sent = 100_000;
        var peer = new DeafPeer(Sent, new ChaincodeMessage { Type = Type.Keepalive });
        var admission = new TransactionAdmission(1);
        using var conversation = Converse(admission);
        var running = conversation.RunAsync(peer, peer, TestContext.Current.CancellationToken);
        Assert.Equal(Sent, peer.Taken);
        peer.Read();
        await running;
        Assert.Equal([Type.Register, Type.Keepalive], peer.Written.Select(message => message.Type));
    }

    [Fact]
    public async Task Transactions_WhoseRefusalsNobodyReads_AreNotTakenWithoutEnd()
    {
        const int Sent = 1_000;
        const int Bytes = 1024 * 1024;
        var peer = new DeafPeer(Sent, new ChaincodeMessage { Type = Type.Transaction, Txid = new string('t', Bytes) });
        var admission = new TransactionAdmission(1);
        admission.Close();
        using var conversation = Converse(admission);
        var running = conversation.RunAsync(peer, peer, TestContext.Current.CancellationToken);
        Assert.InRange(peer.Taken, 1, (int)(OutgoingMessages.MaxWaitingBytes / Bytes) + 4);

        // Read, it goes on, and nothing was lost.
        peer.Read();
        await running;
        Assert.Equal(Sent, peer.Taken);
        Assert.Equal(Sent - 2, peer.Written.Count(message => message.Type == Type.Error));
    }

    [Fact]
    public void Stopping_TakesLessThanPeersWait()
    {
        // Five seconds after it was told to end, a peer kills a chaincode that it launched.
        var longest = TestServer.Options.ShutdownTimeout + PeerListener.CloseTimeout;
        Assert.True(longest < TimeSpan.FromSeconds(5), $"It may take {longest}.");
    }

    private static PeerConversation Converse(TransactionAdmission admission) => new(
        new NeverCalled(), TestServer.Options.Conversation, admission, NullLogger.Instance);

    private sealed class NeverCalled : IChaincode
    {
        public ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("No transaction is let in.");
    }

    /// <summary>Sends the same message so often, after the handshake, and reads from when it is told to.</summary>
    private sealed class DeafPeer(int count, ChaincodeMessage message)
        : IAsyncStreamReader<ChaincodeMessage>, IServerStreamWriter<ChaincodeMessage>
    {
        private readonly TaskCompletionSource _reads = new();

        public int Taken { get; private set; }

        public List<ChaincodeMessage> Written { get; } = [];

        public WriteOptions? WriteOptions { get; set; }

        public ChaincodeMessage Current { get; private set; } = new();

        public void Read() => _reads.SetResult();

        public Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (Taken == count)
            {
                return Task.FromResult(false);
            }

            Current = Taken++ switch
            {
                0 => new ChaincodeMessage { Type = Type.Registered },
                1 => new ChaincodeMessage { Type = Type.Ready },
                _ => message,
            };
            return Task.FromResult(true);
        }

        public async Task WriteAsync(ChaincodeMessage message)
        {
            await _reads.Task;
            Written.Add(message);
        }
    }
}
