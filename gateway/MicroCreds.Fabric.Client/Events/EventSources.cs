using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>The three forms in which a peer delivers blocks.</summary>
internal static class EventSources
{
    public static BlockEventSource<Block> Blocks(GatewayConnection connection, string channel) => new(
        connection, channel, "block events", connection.Options.BlockEventsTimeout,
        connection.Deliver.Deliver,
        static response => response.Block is { Header: not null } block ? block : null,
        static block => block.Header.Number);

    public static BlockEventSource<FilteredBlock> FilteredBlocks(GatewayConnection connection, string channel) => new(
        connection, channel, "filtered block events", connection.Options.FilteredBlockEventsTimeout,
        connection.Deliver.DeliverFiltered, static response => response.FilteredBlock, static block => block.Number);

    public static BlockEventSource<BlockAndPrivateData> BlocksAndPrivateData(
        GatewayConnection connection, string channel) => new(
        connection, channel, "block and private data events", connection.Options.BlockAndPrivateDataEventsTimeout,
        connection.Deliver.DeliverWithPrivateData,
        static response => response.BlockAndPrivateData is { Block.Header: not null } block ? block : null,
        static block => block.Block.Header.Number);
}
