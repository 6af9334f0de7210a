using Grpc.Core;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>The gRPC service that peers dial. Each stream is a conversation of its own.</summary>
internal sealed class ChaincodeService(
    IChaincode chaincode,
    ChaincodeServerOptions options,
    TransactionAdmission admission,
    ILogger logger,
    CancellationToken stopping) : Protocol.Peer.Chaincode.ChaincodeBase
{
    public override async Task Connect(
        IAsyncStreamReader<ChaincodeMessage> requestStream,
        IServerStreamWriter<ChaincodeMessage> responseStream,
        ServerCallContext context)
    {
        using var conversation = new PeerConversation(chaincode, options, admission, logger);
        await conversation.RunAsync(requestStream, responseStream, stopping).ConfigureAwait(false);
    }
}
