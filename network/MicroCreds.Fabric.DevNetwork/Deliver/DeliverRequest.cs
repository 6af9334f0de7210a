using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;

namespace MicroCreds.Fabric.DevNetwork.Deliver;

/// <summary>A request for blocks that passed every check, or the status that refuses it.</summary>
internal sealed record DeliverRequest(Status Status, SeekInfo Seek, Identity? Reader)
{
    /// <summary>How far a request's time may be off.</summary>
    public static readonly TimeSpan TimeWindow = TimeSpan.FromMinutes(15);

    /// <summary>Checks a request in the order of Fabric's deliver handler.</summary>
    public static DeliverRequest Read(
        Envelope envelope, string channelId, MspRegistry msps, ReadersPolicy readers, DateTimeOffset now)
    {
        try
        {
            var payload = Payload.Parser.ParseFrom(envelope.Payload);
            if (payload.Header is null)
            {
                return Refuse(Status.BadRequest);
            }

            var channelHeader = ChannelHeader.Parser.ParseFrom(payload.Header.ChannelHeader);
            var signatureHeader = SignatureHeader.Parser.ParseFrom(payload.Header.SignatureHeader);
            if (!IsTimely(channelHeader, now))
            {
                return Refuse(Status.BadRequest);
            }

            if (channelHeader.ChannelId != channelId)
            {
                return Refuse(Status.NotFound);
            }

            var seek = SeekInfo.Parser.ParseFrom(payload.Data);
            if (!msps.TryResolve(signatureHeader.Creator, out var reader, out _)
                || !readers.Admits(reader)
                || reader.ExpiresAt <= now
                || !reader.Verify(envelope.Payload.Span, envelope.Signature.Span))
            {
                return Refuse(Status.Forbidden);
            }

            return seek.Start is null || seek.Stop is null
                ? Refuse(Status.BadRequest)
                : new DeliverRequest(Status.Success, seek, reader);
        }
        catch (InvalidProtocolBufferException)
        {
            return Refuse(Status.BadRequest);
        }
    }

    private static DeliverRequest Refuse(Status status) => new(status, new SeekInfo(), null);

    private static bool IsTimely(ChannelHeader header, DateTimeOffset now)
    {
        if (header.Timestamp is null)
        {
            return false;
        }

        // Seconds far out of range cannot become a DateTime.
        decimal off = Math.Abs((decimal)header.Timestamp.Seconds - now.ToUnixTimeSeconds());
        return off <= (decimal)TimeWindow.TotalSeconds;
    }
}
