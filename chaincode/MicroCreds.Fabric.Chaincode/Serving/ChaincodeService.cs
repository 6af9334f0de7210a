using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode.Conversation;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using Microsoft.Extensions.Logging;

namespace MicroCreds.Fabric.Chaincode.Serving;

/// <summary>The gRPC service that peers dial. Each stream is a conversation of its own.</summary>
/// <remarks>
/// Bound by hand, not by generated code: a message carries the proposal with whatever its client put into it, and one
/// that cannot be parsed would end the stream for all transactions on it.
/// </remarks>
internal sealed class ChaincodeService(
    IChaincode chaincode,
    ChaincodeServerOptions options,
    TransactionAdmission admission,
    ILogger logger,
    CancellationToken stopping)
{
    private static readonly Marshaller<ChaincodeMessage> Messages = new(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
            context.Complete();
        },
        static context => ChaincodeMessage.Parser.ParseAsGo(context.PayloadAsReadOnlySequence()));

    private async Task ConnectAsync(
        IAsyncStreamReader<ChaincodeMessage> incoming, IAsyncStreamWriter<ChaincodeMessage> outgoing)
    {
        using var conversation = new PeerConversation(chaincode, options, admission, logger);
        await conversation.RunAsync(incoming, outgoing, stopping).ConfigureAwait(false);
    }

    /// <summary>Fabric's <c>protos.Chaincode</c>, which has one method.</summary>
    internal sealed class Methods : IServiceMethodProvider<ChaincodeService>
    {
        public void OnServiceMethodDiscovery(ServiceMethodProviderContext<ChaincodeService> context) =>
            context.AddDuplexStreamingMethod(
                new Method<ChaincodeMessage, ChaincodeMessage>(
                    MethodType.DuplexStreaming, Protocol.Peer.Chaincode.Descriptor.FullName, "Connect", Messages,
                    Messages),
                [],
                static (service, incoming, outgoing, _) => service.ConnectAsync(incoming, outgoing));
    }
}
