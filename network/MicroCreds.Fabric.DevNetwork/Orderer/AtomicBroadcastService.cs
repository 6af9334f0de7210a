using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Deliver;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>The orderer's service: takes envelopes, and delivers blocks as they were ordered.</summary>
internal sealed class AtomicBroadcastService(OrderingService ordering, BlockDelivery delivery)
    : AtomicBroadcast.AtomicBroadcastBase
{
    public override async Task Broadcast(
        IAsyncStreamReader<Envelope> requestStream,
        IServerStreamWriter<BroadcastResponse> responseStream,
        ServerCallContext context)
    {
        while (await requestStream.MoveNext(context.CancellationToken).ConfigureAwait(false))
        {
            var result = await ordering.BroadcastAsync(requestStream.Current, context.CancellationToken)
                .ConfigureAwait(false);
            var response = new BroadcastResponse { Status = result.Status, Info = result.Info };
            await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
            if (result.Status != Status.Success)
            {
                return;
            }
        }
    }

    public override Task Deliver(
        IAsyncStreamReader<Envelope> requestStream,
        IServerStreamWriter<DeliverResponse> responseStream,
        ServerCallContext context) =>
        delivery.ServeAsync(
            requestStream,
            (block, _) => responseStream.WriteAsync(
                new DeliverResponse { Block = AsOrdered(block) }, context.CancellationToken),
            status => responseStream.WriteAsync(new DeliverResponse { Status = status }, context.CancellationToken),
            context.CancellationToken);

    // Orderers know nothing of validity: only peers fill these slots.
    private static Block AsOrdered(Block block)
    {
        var metadata = block.Metadata.Clone();
        metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter] = ByteString.Empty;
        metadata.Metadata[(int)BlockMetadataIndex.CommitHash] = ByteString.Empty;
        return new Block { Header = block.Header, Data = block.Data, Metadata = metadata };
    }
}
