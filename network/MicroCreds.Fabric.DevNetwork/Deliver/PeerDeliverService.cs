using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>A peer's Deliver service: blocks, filtered blocks, and blocks with private data.</summary>
internal sealed class PeerDeliverService(BlockDelivery delivery, PrivateDataOfBlocks privateData)
    : Protocol.Peer.Deliver.DeliverBase
{
    public override Task Deliver(
        IAsyncStreamReader<Envelope> requestStream,
        IServerStreamWriter<DeliverResponse> responseStream,
        ServerCallContext context) =>
        ServeAsync(requestStream, responseStream, context, (block, _) => new DeliverResponse { Block = block });

    public override Task DeliverFiltered(
        IAsyncStreamReader<Envelope> requestStream,
        IServerStreamWriter<DeliverResponse> responseStream,
        ServerCallContext context) =>
        ServeAsync(requestStream, responseStream, context, (block, _) =>
            FilteredBlocks.Of(block) is { } filtered
                ? new DeliverResponse { FilteredBlock = filtered }
                : new DeliverResponse { Status = Status.BadRequest });

    public override Task DeliverWithPrivateData(
        IAsyncStreamReader<Envelope> requestStream,
        IServerStreamWriter<DeliverResponse> responseStream,
        ServerCallContext context) =>
        ServeAsync(requestStream, responseStream, context, (block, reader) =>
            new DeliverResponse
            {
                BlockAndPrivateData = new BlockAndPrivateData
                {
                    Block = block,
                    PrivateDataMap = { privateData.Of(block.Header.Number, reader) },
                },
            });

    private Task ServeAsync(
        IAsyncStreamReader<Envelope> requests,
        IServerStreamWriter<DeliverResponse> responses,
        ServerCallContext context,
        Func<Block, Identity, DeliverResponse> toResponse) =>
        delivery.ServeAsync(
            requests,
            (block, reader) => responses.WriteAsync(toResponse(block, reader), context.CancellationToken),
            status => responses.WriteAsync(new DeliverResponse { Status = status }, context.CancellationToken),
            context.CancellationToken);
}
