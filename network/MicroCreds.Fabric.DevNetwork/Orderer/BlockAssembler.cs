using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>Makes blocks: chained by hash, with the orderer's signature. Thread-safe.</summary>
/// <remarks>Source: Fabric's orderer/common/multichannel, blockwriter.</remarks>
internal sealed class BlockAssembler(ByteString serializedIdentity, Signer signer)
{
    private const int MetadataSlots = 5;

    // The embedded network never changes its configuration, which is block 0.
    private static readonly LastConfig Configuration = new() { Index = 0 };

    /// <summary>Makes the unsigned first block, which carries the channel's configuration.</summary>
    public static Block AssembleGenesis(Envelope configuration)
    {
        var block = New(0, ByteString.Empty, [configuration.ToByteString()]);
        var value = new OrdererBlockMetadata { LastConfig = Configuration }.ToByteString();
        block.Metadata.Metadata[(int)BlockMetadataIndex.Signatures] = new Metadata { Value = value }.ToByteString();
        return block;
    }

    /// <summary>Makes the block that follows another one.</summary>
    public Block Assemble(BlockHeader previous, IReadOnlyList<ByteString> envelopes)
    {
        var block = New(
            previous.Number + 1, UnsafeByteOperations.UnsafeWrap(BlockHash.OfHeader(previous)), envelopes);
        var value = new OrdererBlockMetadata { LastConfig = Configuration }.ToByteString();
        var header = new SignatureHeader
        {
            Creator = serializedIdentity,
            Nonce = UnsafeByteOperations.UnsafeWrap(TransactionId.NewNonce()),
        }.ToByteString();
        byte[] signed = [.. value.Span, .. header.Span, .. BlockHash.HeaderBytes(block.Header)];
        var signature = new MetadataSignature
        {
            SignatureHeader = header,
            Signature = UnsafeByteOperations.UnsafeWrap(signer.Sign(signed)),
        };
        block.Metadata.Metadata[(int)BlockMetadataIndex.Signatures] =
            new Metadata { Value = value, Signatures = { signature } }.ToByteString();
        return block;
    }

    private static Block New(ulong number, ByteString previousHash, IReadOnlyList<ByteString> envelopes)
    {
        var block = new Block
        {
            Header = new BlockHeader
            {
                Number = number,
                PreviousHash = previousHash,
                DataHash = UnsafeByteOperations.UnsafeWrap(BlockHash.OfData(envelopes)),
            },
            Data = new BlockData { Data = { envelopes } },
            Metadata = new BlockMetadata(),
        };
        block.Metadata.Metadata.Add(Enumerable.Repeat(ByteString.Empty, MetadataSlots));
        return block;
    }
}
