using System.Collections.Frozen;
using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Peer;
using MessageType = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>Builds the peer's messages of the chaincode stream, and names their types as Fabric does.</summary>
internal static class ChaincodeMessages
{
    /// <summary>How many writes or keys one batch message may hold: the defaults of core.yaml.</summary>
    public const uint MaxBatchSize = 1000;

    private static readonly FrozenDictionary<int, string> Names = ChaincodeMessage.Descriptor.EnumTypes
        .Single(type => type.Name == "Type").Values.ToFrozenDictionary(value => value.Number, value => value.Name);

    public static string Name(MessageType type) =>
        Names.GetValueOrDefault((int)type) ?? ((int)type).ToString(null, null);

    public static ChaincodeMessage Registered() => new() { Type = MessageType.Registered };

    /// <summary>Tells the chaincode that it may be called, and with what it may batch.</summary>
    public static ChaincodeMessage Ready() => new()
    {
        Type = MessageType.Ready,
        Payload = new ChaincodeAdditionalParams
        {
            UseWriteBatch = true,
            MaxSizeWriteBatch = MaxBatchSize,
            UseGetMultipleKeys = true,
            MaxSizeGetMultipleKeys = MaxBatchSize,
        }.ToByteString(),
    };

    public static ChaincodeMessage Transaction(Invocation invocation, ChaincodeInput input) => new()
    {
        Type = MessageType.Transaction,
        Txid = invocation.TransactionId,
        ChannelId = invocation.ChannelId,
        Payload = input.ToByteString(),
        Proposal = invocation.Proposal.Signed,
    };

    public static ChaincodeMessage Response(ChaincodeMessage request, ByteString payload) => new()
    {
        Type = MessageType.Response,
        Txid = request.Txid,
        ChannelId = request.ChannelId,
        Payload = payload,
    };

    public static ChaincodeMessage Error(ChaincodeMessage request, string error) => new()
    {
        Type = MessageType.Error,
        Txid = request.Txid,
        ChannelId = request.ChannelId,
        Payload = ByteString.CopyFromUtf8(
            $"{Name(request.Type)} failed: transaction ID: {request.Txid}: {error}"),
    };
}
