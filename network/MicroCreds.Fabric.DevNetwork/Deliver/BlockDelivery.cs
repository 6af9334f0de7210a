using Grpc.Core;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using Status = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>Answers streams of seek requests with blocks, for peers and orderer alike. Thread-safe.</summary>
/// <remarks>Source: Fabric's common/deliver.</remarks>
internal sealed class BlockDelivery(
    ChannelLedger ledger, MspRegistry msps, ReadersPolicy readers, TimeProvider time)
{
    /// <summary>Serves one stream: request after request, until the client ends it or one is refused.</summary>
    /// <param name="requests">The client's envelopes.</param>
    /// <param name="sendBlock">Sends a block in the service's own form to the one who reads.</param>
    /// <param name="sendStatus">Sends a status, which ends the answer to a request.</param>
    /// <param name="cancellationToken">The call's.</param>
    public async Task ServeAsync(
        IAsyncStreamReader<Envelope> requests,
        Func<Block, Identity, Task> sendBlock,
        Func<Status, Task> sendStatus,
        CancellationToken cancellationToken)
    {
        while (await requests.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            var status = await DeliverAsync(requests.Current, sendBlock, cancellationToken).ConfigureAwait(false);
            await sendStatus(status).ConfigureAwait(false);
            if (status != Status.Success)
            {
                return;
            }
        }
    }

    private async Task<Status> DeliverAsync(
        Envelope envelope, Func<Block, Identity, Task> sendBlock, CancellationToken cancellationToken)
    {
        var request = DeliverRequest.Read(envelope, ledger.ChannelId, msps, readers, time.GetUtcNow());
        if (request.Status != Status.Success)
        {
            return request.Status;
        }

        var seek = request.Seek;
        if (Resolve(seek, ledger.Height, out ulong number, out ulong stop) is { } refused)
        {
            return refused;
        }

        for (; ; number++)
        {
            if (seek.Behavior == SeekInfo.Types.SeekBehavior.FailIfNotReady && number >= ledger.Height)
            {
                return Status.NotFound;
            }

            await ledger.WaitForHeightAsync(number + 1, cancellationToken).ConfigureAwait(false);
            if (request.Reader!.ExpiresAt <= time.GetUtcNow())
            {
                return Status.Forbidden;
            }

            var block = ledger.GetBlock(number)!;
            if (seek.ContentType == SeekInfo.Types.SeekContentType.HeaderWithSig && number > 0)
            {
                block = new Block { Header = block.Header, Metadata = block.Metadata };
            }

            await sendBlock(block, request.Reader!).ConfigureAwait(false);
            if (number == stop)
            {
                return Status.Success;
            }
        }
    }

    private static Status? Resolve(SeekInfo seek, ulong height, out ulong start, out ulong stop)
    {
        stop = 0;
        switch (seek.Start.TypeCase)
        {
            case SeekPosition.TypeOneofCase.Oldest:
                start = 0;
                break;
            case SeekPosition.TypeOneofCase.Newest:
                start = height - 1;
                break;
            case SeekPosition.TypeOneofCase.NextCommit:
                start = height;
                break;
            case SeekPosition.TypeOneofCase.Specified when seek.Start.Specified.Number <= height:
                start = seek.Start.Specified.Number;
                break;
            default:
                // One block ahead can be waited for, more is not there.
                start = 0;
                return Status.NotFound;
        }

        stop = seek.Stop.TypeCase switch
        {
            SeekPosition.TypeOneofCase.Oldest => start,
            SeekPosition.TypeOneofCase.Newest => seek.Start.Equals(seek.Stop) ? start : height - 1,
            SeekPosition.TypeOneofCase.Specified => seek.Stop.Specified.Number,
            _ => 0,
        };
        bool backwards = seek.Stop.TypeCase == SeekPosition.TypeOneofCase.Specified && stop < start;
        return backwards ? Status.BadRequest : null;
    }
}
