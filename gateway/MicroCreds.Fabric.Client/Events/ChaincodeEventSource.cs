using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.Protocol.Gateway;
using MicroCreds.Fabric.Protocol.Orderer;

namespace MicroCreds.Fabric.Client.Events;

/// <summary>The events of one chaincode, from the peer's gateway service.</summary>
internal sealed class ChaincodeEventSource(GatewayConnection connection, string channel, string chaincode)
    : EventSource<ChaincodeEvent>(connection)
{
    public override string What => "chaincode events";

    public override TimeSpan Timeout => Connection.Options.ChaincodeEventsTimeout;

    // The stream itself says nothing before the first event, and reading blocks is another right.
    public override async Task<ulong?> FindNewestAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            return await EventSources.FilteredBlocks(Connection, channel).NewestAsync(within, cancellationToken)
                .ConfigureAwait(false);
        }
        catch (EventStreamException e) when (e.StatusCode is StatusCode.PermissionDenied or StatusCode.Unauthenticated)
        {
            return null;
        }
    }

    public override ByteString Content(SeekPosition start, string? afterTransactionId) => new ChaincodeEventsRequest
    {
        ChannelId = channel,
        ChaincodeId = chaincode,
        Identity = Connection.Signing.Creator,
        StartPosition = start,
        AfterTransactionId = afterTransactionId ?? "",
    }.ToByteString();

    public override IMessage Wrap(ByteString content, ByteString signature) =>
        new SignedChaincodeEventsRequest { Request = content, Signature = signature };

    // A transaction has at most one chaincode event, so that its id is a position.
    public override Checkpoint After(ChaincodeEvent item) => Checkpoint.After(item);

    // Most blocks hold no event of the chaincode, so that only going back can be noticed.
    public override bool Follows(Checkpoint position, ChaincodeEvent item) =>
        item.BlockNumber >= position.BlockNumber && After(item) != position;

    public override async IAsyncEnumerable<ChaincodeEvent> OpenAsync(
        ByteString content, ByteString signature, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Connection.Closed);
        using var call = Connection.Gateway.ChaincodeEvents(
            new SignedChaincodeEventsRequest { Request = content, Signature = signature },
            GatewayConnection.CallOptions(Timeout, ended.Token));
        await foreach (var response in ReadAllAsync(call.ResponseStream, cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in response.Events)
            {
                yield return new ChaincodeEvent(
                    response.BlockNumber, item.TxId, item.ChaincodeId, item.EventName, item.Payload.Memory);
            }
        }
    }
}
