using Google.Protobuf;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Chaincode.Conversation;

/// <summary>What the peer can do beyond single reads and writes. Peers before 3.1 say nothing.</summary>
internal sealed record PeerCapabilities
{
    /// <summary>What every peer that takes batches at all takes, even if it names a smaller size.</summary>
    public const int MinBatchSize = 100;

    public static readonly PeerCapabilities None = new();

    /// <summary>How many writes fit into one message; 0 where the peer takes no batches.</summary>
    public int WriteBatchSize { get; private init; }

    /// <summary>How many keys may be read by one message; 0 where the peer reads only one.</summary>
    public int ReadBatchSize { get; private init; }

    /// <summary>Reads the payload of READY. One that cannot be read means what an empty one means: none.</summary>
    public static PeerCapabilities Read(ByteString payload)
    {
        try
        {
            var parameters = ChaincodeAdditionalParams.Parser.ParseFrom(payload);
            return new PeerCapabilities
            {
                WriteBatchSize = parameters.UseWriteBatch ? Size(parameters.MaxSizeWriteBatch) : 0,
                ReadBatchSize = parameters.UseGetMultipleKeys ? Size(parameters.MaxSizeGetMultipleKeys) : 0,
            };
        }
        catch (InvalidProtocolBufferException)
        {
            return None;
        }
    }

    /// <summary>The same, but keys are read one by one.</summary>
    public PeerCapabilities WithoutReadBatches() => this with { ReadBatchSize = 0 };

    private static int Size(uint announced) => (int)Math.Clamp(announced, MinBatchSize, int.MaxValue);
}
