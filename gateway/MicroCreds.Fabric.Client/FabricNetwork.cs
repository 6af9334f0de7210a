using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Client.Events;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>A channel, as one identity sees it: gives access to its contracts and its events.</summary>
/// <remarks>
/// <para>Thread-safe.</para>
/// <para>
/// Streams of events are opened when they are read, or by <see cref="EventSubscription{TEvent}.OpenAsync"/>. With a
/// checkpointer that is saved after each event, reading on after a break or a restart misses nothing and repeats
/// nothing that was saved.
/// </para>
/// </remarks>
public sealed class FabricNetwork
{
    private readonly GatewayConnection _connection;

    internal FabricNetwork(GatewayConnection connection, string channelName)
    {
        ArgumentException.ThrowIfNullOrEmpty(channelName);
        StrictText.Check(channelName, "The channel's name");
        _connection = connection;
        ChannelName = channelName;
    }

    /// <summary>The channel's name.</summary>
    public string ChannelName { get; }

    /// <summary>Returns a contract of a chaincode. Keep it: making it again costs time.</summary>
    /// <param name="chaincodeName">The chaincode's name.</param>
    /// <param name="contractName">The contract's name within the chaincode. Default is the default contract.</param>
    /// <exception cref="ArgumentException">The chaincode's name is empty.</exception>
    public FabricContract GetContract(string chaincodeName, string? contractName = null) =>
        new(_connection, ChannelName, chaincodeName, contractName);

    /// <summary>Returns the number of the newest block that the peer has committed.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="EventStreamException">
    /// The peer did not say within <see cref="GatewayOptions.EvaluateTimeout"/>.
    /// </exception>
    public Task<ulong> GetNewestBlockNumberAsync(CancellationToken cancellationToken = default) =>
        EventSources.FilteredBlocks(_connection, ChannelName)
            .NewestAsync(_connection.Options.EvaluateTimeout, cancellationToken);

    /// <summary>Reads the events of a chaincode's valid transactions.</summary>
    /// <param name="chaincodeName">The chaincode's name.</param>
    /// <param name="options">Where to start, and whether to resume. Default: the next block, no resuming.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="EventStreamException">While reading: the stream could not be opened, or broke.</exception>
    public EventSubscription<ChaincodeEvent> GetChaincodeEvents(
        string chaincodeName, EventOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(ChaincodeEvents(chaincodeName), options, forBlocks: false, cancellationToken);

    /// <summary>Reads whole blocks. The identity needs the right to it: Readers of the channel, by default.</summary>
    /// <inheritdoc cref="GetChaincodeEvents" path="/param[@name!='chaincodeName'] | /exception"/>
    public EventSubscription<Block> GetBlockEvents(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(EventSources.Blocks(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    /// <summary>Reads blocks reduced to transaction ids, validation codes and event names.</summary>
    /// <inheritdoc cref="GetChaincodeEvents" path="/param[@name!='chaincodeName'] | /exception"/>
    public EventSubscription<FilteredBlock> GetFilteredBlockEvents(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(EventSources.FilteredBlocks(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    /// <summary>Reads whole blocks with the private data that the identity may see.</summary>
    /// <inheritdoc cref="GetChaincodeEvents" path="/param[@name!='chaincodeName'] | /exception"/>
    public EventSubscription<BlockAndPrivateData> GetBlockAndPrivateDataEvents(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        Read(EventSources.BlocksAndPrivateData(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    /// <summary>Makes a request for chaincode events that can be signed off-line.</summary>
    /// <param name="chaincodeName">The chaincode's name.</param>
    /// <param name="options">Where to start. Default: the next block. It cannot resume.</param>
    /// <param name="cancellationToken">Cancels reading the checkpoint.</param>
    /// <exception cref="ArgumentException">The options contradict themselves, or ask for resuming.</exception>
    public Task<EventsRequest<ChaincodeEvent>> NewChaincodeEventsRequestAsync(
        string chaincodeName, EventOptions? options = null, CancellationToken cancellationToken = default) =>
        NewRequestAsync(ChaincodeEvents(chaincodeName), options, forBlocks: false, cancellationToken);

    /// <summary>Makes a request for block events that can be signed off-line.</summary>
    /// <inheritdoc cref="NewChaincodeEventsRequestAsync" path="/param[@name!='chaincodeName'] | /exception"/>
    public Task<EventsRequest<Block>> NewBlockEventsRequestAsync(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        NewRequestAsync(EventSources.Blocks(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    /// <summary>Makes a request for filtered block events that can be signed off-line.</summary>
    /// <inheritdoc cref="NewChaincodeEventsRequestAsync" path="/param[@name!='chaincodeName'] | /exception"/>
    public Task<EventsRequest<FilteredBlock>> NewFilteredBlockEventsRequestAsync(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        NewRequestAsync(
            EventSources.FilteredBlocks(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    /// <summary>Makes a request for block and private data events that can be signed off-line.</summary>
    /// <inheritdoc cref="NewChaincodeEventsRequestAsync" path="/param[@name!='chaincodeName'] | /exception"/>
    public Task<EventsRequest<BlockAndPrivateData>> NewBlockAndPrivateDataEventsRequestAsync(
        EventOptions? options = null, CancellationToken cancellationToken = default) =>
        NewRequestAsync(
            EventSources.BlocksAndPrivateData(_connection, ChannelName), options, forBlocks: true, cancellationToken);

    private ChaincodeEventSource ChaincodeEvents(string chaincodeName)
    {
        ArgumentException.ThrowIfNullOrEmpty(chaincodeName);
        StrictText.Check(chaincodeName, "The chaincode's name");
        return new ChaincodeEventSource(_connection, ChannelName, chaincodeName);
    }

    private static EventSubscription<TEvent> Read<TEvent>(
        EventSource<TEvent> source, EventOptions? options, bool forBlocks, CancellationToken cancellationToken)
        where TEvent : class
    {
        options ??= new EventOptions();
        EventReader.Validate(options, forBlocks);
        return new EventSubscription<TEvent>(source, options, cancellationToken);
    }

    private static async Task<EventsRequest<TEvent>> NewRequestAsync<TEvent>(
        EventSource<TEvent> source, EventOptions? options, bool forBlocks, CancellationToken cancellationToken)
        where TEvent : class
    {
        options ??= new EventOptions();
        EventReader.Validate(options, forBlocks);
        if (options.Resume is not null)
        {
            throw new ArgumentException("A single request cannot resume: each new one has to be signed.");
        }

        return source.NewRequest(await EventReader.StartAsync(options, cancellationToken).ConfigureAwait(false));
    }
}
