using Grpc.AspNetCore.Server.Model;
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
    CancellationToken stopping)
{
    private async Task ConnectAsync(
        IAsyncStreamReader<ChaincodeMessage> incoming, IAsyncStreamWriter<ChaincodeMessage> outgoing)
    {
        using var conversation = new PeerConversation(chaincode, options.Conversation, admission, logger);
        await conversation.RunAsync(incoming, outgoing, stopping).ConfigureAwait(false);
    }

    /// <summary>Fabric's <c>protos.Chaincode</c>, which has one method.</summary>
    internal sealed class Methods : IServiceMethodProvider<ChaincodeService>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ChaincodeService> context) =>
            context.AddDuplexStreamingMethod(
                ChaincodeMessages.Connect,
                [],
                static (service, incoming, outgoing, _) => service.ConnectAsync(incoming, outgoing));
    }
}
