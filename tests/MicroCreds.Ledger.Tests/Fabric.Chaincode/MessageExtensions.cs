using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

internal static class MessageExtensions
{
    /// <summary>Returns the key that is asked for as the value to answer with.</summary>
    public static ByteString ToKeyBytes(this GetState request) => ByteString.CopyFromUtf8(request.Key);
}
