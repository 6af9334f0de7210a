using Google.Protobuf;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Client.Events;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.Client;

/// <summary>One identity's connection to a Fabric Gateway, the service that a peer offers to applications.</summary>
/// <remarks>
/// <para>Thread-safe; meant to be kept and shared. Nothing is sent before the first call.</para>
/// <para>
/// Off-line signing: take <c>ToBytes()</c> and <c>Digest()</c> of a message, have the digest signed where the key is,
/// and rebuild the message here from its bytes and the signature.
/// </para>
/// </remarks>
public sealed class FabricGateway : IDisposable
{
    private readonly GatewayConnection _connection;

    private FabricGateway(GatewayConnection connection) => _connection = connection;

    /// <summary>The identity that the gateway acts for.</summary>
    public X509Identity Identity => _connection.Signing.Identity;

    /// <summary>Makes a gateway from checked options.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message names every fault.</exception>
    public static FabricGateway Connect(GatewayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return new FabricGateway(new GatewayConnection(options));
    }

    /// <summary>Returns a channel.</summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public FabricNetwork GetNetwork(string channelName) => new(_connection, channelName);

    /// <summary>Rebuilds a proposal from <see cref="Proposal.ToBytes"/>.</summary>
    /// <param name="bytes">The proposal.</param>
    /// <param name="signature">The signature over its digest. Default is none: the signer signs when needed.</param>
    /// <exception cref="ArgumentException">The bytes are not a proposal.</exception>
    public Proposal NewProposal(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default)
    {
        var message = Parse(ProposedTransaction.Parser, bytes, "proposal", static message =>
        {
            var content = ProposalContent.Read(Require(message.Proposal).ProposalBytes);
            RequireSameId(message.TransactionId, content.TransactionId);
            return content;
        }, out var content);
        Sign(signature, value => message.Proposal.Signature = value);
        return new Proposal(_connection, message, content);
    }

    /// <summary>Rebuilds a transaction from <see cref="Transaction.ToBytes"/>.</summary>
    /// <param name="bytes">The transaction.</param>
    /// <param name="signature">The signature over its digest. Default is none: the signer signs when needed.</param>
    /// <exception cref="ArgumentException">The bytes are not a transaction.</exception>
    public Transaction NewTransaction(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default)
    {
        var message = Parse(PreparedTransaction.Parser, bytes, "transaction", static message =>
        {
            var content = TransactionMessage.Read(Require(message.Envelope));
            var header = ChannelHeader.Parser.ParseFrom(content.Header.ChannelHeader);
            RequireSameId(message.TransactionId, header.TxId);
            return (header.ChannelId, content.Result);
        }, out var read);
        Sign(signature, value => message.Envelope.Signature = value);
        return new Transaction(_connection, message.Envelope, message.TransactionId, read.ChannelId, read.Result);
    }

    /// <summary>Rebuilds a commit status request from <see cref="Commit.ToBytes"/>.</summary>
    /// <param name="bytes">The request.</param>
    /// <param name="signature">The signature over its digest. Default is none: the signer signs when needed.</param>
    /// <exception cref="ArgumentException">The bytes are not a commit status request.</exception>
    public Commit NewCommit(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default)
    {
        var message = Parse(
            SignedCommitStatusRequest.Parser, bytes, "commit status request",
            static message => RequireName(
                CommitStatusRequest.Parser.ParseFrom(message.Request).TransactionId, "transaction"),
            out string transactionId);
        Sign(signature, value => message.Signature = value);
        return new Commit(_connection, message, transactionId, result: null);
    }

    /// <summary>Rebuilds a request for chaincode events from <see cref="EventsRequest{TEvent}.ToBytes"/>.</summary>
    /// <param name="bytes">The request.</param>
    /// <param name="signature">The signature over its digest. Default is none: the signer signs when needed.</param>
    /// <exception cref="ArgumentException">The bytes are not such a request.</exception>
    public EventsRequest<ChaincodeEvent> NewChaincodeEventsRequest(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default)
    {
        var message = Parse(
            SignedChaincodeEventsRequest.Parser, bytes, "request for chaincode events",
            static message => RequireName(
                ChaincodeEventsRequest.Parser.ParseFrom(message.Request).ChannelId, "channel"),
            out _);
        Sign(signature, value => message.Signature = value);
        return new EventsRequest<ChaincodeEvent>(
            new ChaincodeEventSource(_connection, "", ""), message.Request, message.Signature);
    }

    /// <summary>Rebuilds a request for block events from <see cref="EventsRequest{TEvent}.ToBytes"/>.</summary>
    /// <inheritdoc cref="NewChaincodeEventsRequest" path="/param | /exception"/>
    public EventsRequest<Block> NewBlockEventsRequest(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default) =>
        NewBlockRequest(EventSources.Blocks(_connection, ""), bytes, signature);

    /// <summary>
    /// Rebuilds a request for filtered block events from <see cref="EventsRequest{TEvent}.ToBytes"/>.
    /// </summary>
    /// <inheritdoc cref="NewChaincodeEventsRequest" path="/param | /exception"/>
    public EventsRequest<FilteredBlock> NewFilteredBlockEventsRequest(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default) =>
        NewBlockRequest(EventSources.FilteredBlocks(_connection, ""), bytes, signature);

    /// <summary>
    /// Rebuilds a request for block and private data events from <see cref="EventsRequest{TEvent}.ToBytes"/>.
    /// </summary>
    /// <inheritdoc cref="NewChaincodeEventsRequest" path="/param | /exception"/>
    public EventsRequest<BlockAndPrivateData> NewBlockAndPrivateDataEventsRequest(
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature = default) =>
        NewBlockRequest(EventSources.BlocksAndPrivateData(_connection, ""), bytes, signature);

    /// <summary>
    /// Ends all event streams of this gateway, and its calls: those fail with the exception of their stage and the
    /// status Cancelled. The gRPC channel stays open: it is the caller's.
    /// </summary>
    public void Dispose() => _connection.Dispose();

    private static EventsRequest<TEvent> NewBlockRequest<TEvent>(
        BlockEventSource<TEvent> source, ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature)
        where TEvent : class
    {
        var message = Parse(
            Envelope.Parser, bytes, $"request for {source.What}",
            static message =>
            {
                var payload = Payload.Parser.ParseFrom(message.Payload);
                var header = ChannelHeader.Parser.ParseFrom(Require(payload.Header).ChannelHeader);
                RequireName(header.ChannelId, "channel");
                return SeekInfo.Parser.ParseFrom(payload.Data);
            },
            out _);
        Sign(signature, value => message.Signature = value);
        return new EventsRequest<TEvent>(source, message.Payload, message.Signature);
    }

    private static T Parse<T, TPart>(
        MessageParser<T> parser, ReadOnlyMemory<byte> bytes, string what, Func<T, TPart> read, out TPart part)
        where T : IMessage<T>
    {
        try
        {
            var message = parser.ParseFrom(bytes.Span);
            part = read(message);
            return message;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidDataException)
        {
            throw new ArgumentException($"These {bytes.Length} bytes are not a {what}: {e.Message}", nameof(bytes), e);
        }
    }

    private static T Require<T>(T? part)
        where T : class =>
        part ?? throw new InvalidDataException($"It holds no {typeof(T).Name}.");

    private static string RequireName(string name, string what) =>
        name.Length > 0 ? name : throw new InvalidDataException($"It names no {what}.");

    private static void RequireSameId(string named, string inHeader)
    {
        if (named != inHeader)
        {
            throw new InvalidDataException($"It is called {named}, and its header says {inHeader}.");
        }
    }

    private static void Sign(ReadOnlyMemory<byte> signature, Action<ByteString> set)
    {
        if (!signature.IsEmpty)
        {
            set(ByteString.CopyFrom(signature.Span));
        }
    }
}
