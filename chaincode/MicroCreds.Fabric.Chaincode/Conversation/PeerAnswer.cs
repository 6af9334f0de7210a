using Google.Protobuf;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>Reads what is inside the peer's answers.</summary>
internal static class PeerAnswer
{
    public static T Read<T>(Type request, ByteString payload, MessageParser<T> parser)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(payload);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new PeerException($"The peer's answer to {request} cannot be read.", e);
        }
    }
}
