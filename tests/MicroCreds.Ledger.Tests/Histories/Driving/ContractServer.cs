using Google.Protobuf;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Contract;
using MicroCreds.Ledger.Tests.Fabric.Chaincode;
using Microsoft.Extensions.Logging.Abstractions;
using Response = MicroCreds.Fabric.Protocol.Peer.Response;

namespace MicroCreds.Ledger.Tests.Histories.Driving;

/// <summary>The real contract, in conversation with the embedded network's side of a peer, in this process.</summary>
internal sealed class ContractServer
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ChaincodeStream _peer = new(
        _ => true,
        (_, _) => throw new NotSupportedException("The contract calls no other."),
        NullLogger.Instance);

    private ContractServer()
    {
        var toContract = new MessagePipe();
        var toPeer = new MessagePipe();
        var options = TestServer.Options;
        var conversation = new PeerConversation(
            CredentialContract.CreateChaincode(new ServerClock(Clock)), options.Conversation,
            new TransactionAdmission(options.MaxConcurrentTransactions), NullLogger.Instance);
        _ = conversation.RunAsync(toContract, toPeer, CancellationToken.None);
        _ = _peer.RunAsync(toPeer, toContract);
    }

    /// <summary>What the contract's server and all gateways take for the time of day.</summary>
    public static HistoryClock Clock { get; } = new();

    /// <summary>The one that all histories of this process share: it keeps nothing between transactions.</summary>
    public static ContractServer Shared { get; } = new();

    /// <summary>Runs a transaction to its end.</summary>
    public async Task<(Response Response, ChaincodeEvent? Event)> RunAsync(
        Invocation invocation, string chaincode, string name, IReadOnlyList<byte[]> arguments)
    {
        var input = new ChaincodeInput { Args = { ByteString.CopyFromUtf8(name) } };
        input.Args.Add(arguments.Select(argument => UnsafeByteOperations.UnsafeWrap(argument)));
        var last = await _peer.ExecuteAsync(invocation, chaincode, input, Patience);
        return last.Type == ChaincodeMessage.Types.Type.Completed
            ? (Response.Parser.ParseFrom(last.Payload), last.ChaincodeEvent)
            : (new Response { Status = 500, Message = last.Payload.ToStringUtf8() }, null);
    }
}
