using Grpc.Core;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>How messages go over a stream, whoever dialled.</summary>
/// <remarks>
/// By hand, not by generated code: a message carries the proposal with whatever its client put into it, and one that
/// cannot be parsed would end the stream for all transactions on it.
/// </remarks>
internal static class ChaincodeMessages
{
    private static readonly Marshaller<ChaincodeMessage> Messages = new(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            Google.Protobuf.MessageExtensions.WriteTo(message, context.GetBufferWriter());
            context.Complete();
        },
        static context => ChaincodeMessage.Parser.ParseAsGo(context.PayloadAsReadOnlySequence()));

    /// <summary>What a peer calls at a chaincode.</summary>
    public static Method<ChaincodeMessage, ChaincodeMessage> Connect { get; } =
        Of(Protocol.Peer.Chaincode.Descriptor.FullName, "Connect");

    /// <summary>What a chaincode calls at a peer.</summary>
    public static Method<ChaincodeMessage, ChaincodeMessage> Register { get; } =
        Of(ChaincodeSupport.Descriptor.FullName, "Register");

    private static Method<ChaincodeMessage, ChaincodeMessage> Of(string service, string method) =>
        new(MethodType.DuplexStreaming, service, method, Messages, Messages);
}
