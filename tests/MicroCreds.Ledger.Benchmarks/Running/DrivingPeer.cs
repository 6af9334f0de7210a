using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using Message = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// The peer's end of a chaincode's stream, and nothing else of a peer: it asks as fast as it is answered, so that what
/// is measured is the chaincode's library.
/// </summary>
internal sealed class DrivingPeer : IAsyncDisposable
{
    private const string Channel = "credentials";
    private const string Key = "key";
    private const int IdentityBytes = 1_000;

    private static readonly ByteString Value = ByteString.CopyFromUtf8(new string('v', 100));

    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ChaincodeMessage, ChaincodeMessage> _stream;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _running = new();
    private readonly SignedProposal _proposal = Propose();
    private Task _reading = Task.CompletedTask;
    private int _number;

    private DrivingPeer(string address)
    {
        _channel = GrpcChannel.ForAddress($"http://{address}");
        _stream = new MicroCreds.Fabric.Protocol.Peer.Chaincode.ChaincodeClient(_channel).Connect();
    }

    /// <summary>Dials a server, which then is ready for transactions.</summary>
    public static async Task<DrivingPeer> ConnectAsync(string address)
    {
        var peer = new DrivingPeer(address);
        var answers = peer._stream.ResponseStream;
        if (!await answers.MoveNext() || answers.Current.Type != Message.Register)
        {
            throw new BenchmarkException($"The chaincode at {address} does not register.");
        }

        await peer.SendAsync(new ChaincodeMessage { Type = Message.Registered });
        await peer.SendAsync(new ChaincodeMessage
        {
            Type = Message.Ready,
            Payload = new ChaincodeAdditionalParams
            {
                UseWriteBatch = true,
                MaxSizeWriteBatch = 1_000,
                UseGetMultipleKeys = true,
                MaxSizeGetMultipleKeys = 1_000,
            }.ToByteString(),
        });
        peer._reading = peer.ReadAsync();
        return peer;
    }

    /// <summary>Runs transactions, a fixed number at once.</summary>
    public Task<LoopResult> RunAsync(bool put, int calls, int inFlight)
    {
        ByteString[] arguments = put
            ? [ByteString.CopyFromUtf8("put"), ByteString.CopyFromUtf8(Key), Value]
            : [ByteString.CopyFromUtf8("get"), ByteString.CopyFromUtf8(Key)];
        var input = new ChaincodeInput { Args = { arguments } }.ToByteString();
        return ClosedLoop.RunAsync(calls, inFlight, async (_, _) =>
        {
            string id = Interlocked.Increment(ref _number).ToString("x64", CultureInfo.InvariantCulture);
            var ended = _running[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await SendAsync(new ChaincodeMessage
            {
                Type = Message.Transaction,
                ChannelId = Channel,
                Txid = id,
                Payload = input,
                Proposal = _proposal,
            });
            await ended.Task;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _stream.Dispose();
        await _reading;
        _channel.Dispose();
        _writing.Dispose();
    }

    /// <summary>Answers what the chaincode asks, and notes which transactions end.</summary>
    private async Task ReadAsync()
    {
        try
        {
            await foreach (var message in _stream.ResponseStream.ReadAllAsync())
            {
                switch (message.Type)
                {
                    case Message.PutState or Message.WriteBatchState or Message.GetState:
                        await SendAsync(new ChaincodeMessage
                        {
                            Type = Message.Response,
                            ChannelId = message.ChannelId,
                            Txid = message.Txid,
                            Payload = message.Type == Message.GetState ? Value : ByteString.Empty,
                        });
                        break;
                    case Message.Completed when _running.TryRemove(message.Txid, out var ended):
                        ended.SetResult();
                        break;
                    case Message.Keepalive:
                        break;
                    default:
                        throw new BenchmarkException($"The chaincode sent {message}.");
                }
            }
        }
        catch (Exception exception)
        {
            foreach (var ended in _running.Values)
            {
                ended.TrySetException(exception);
            }
        }
    }

    private async Task SendAsync(ChaincodeMessage message)
    {
        await _writing.WaitAsync();
        try
        {
            await _stream.RequestStream.WriteAsync(message);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>As large as a client's; nobody on this stream checks its signature, as behind a real peer.</summary>
    private static SignedProposal Propose()
    {
        byte[] nonce = TransactionId.NewNonce();
        var creator = new SerializedIdentity
        {
            Mspid = "AuroraMSP",
            IdBytes = ByteString.CopyFrom(new byte[IdentityBytes]),
        }.ToByteString();
        var header = new Header
        {
            ChannelHeader = new ChannelHeader
            {
                Type = (int)HeaderType.EndorserTransaction,
                ChannelId = Channel,
                Timestamp = Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow),
            }.ToByteString(),
            SignatureHeader = new SignatureHeader
            {
                Creator = creator,
                Nonce = ByteString.CopyFrom(nonce),
            }.ToByteString(),
        };
        var proposal = new Proposal
        {
            Header = header.ToByteString(),
            Payload = new ChaincodeProposalPayload { Input = Value }.ToByteString(),
        };
        return new SignedProposal { ProposalBytes = proposal.ToByteString(), Signature = ByteString.CopyFrom(nonce) };
    }
}
