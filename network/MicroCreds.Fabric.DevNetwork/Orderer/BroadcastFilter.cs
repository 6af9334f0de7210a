using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork.Orderer;

/// <summary>Decides which envelopes an orderer takes, in the order and words of Fabric's. Thread-safe.</summary>
/// <remarks>Source: Fabric's orderer/common/msgprocessor and multichannel, BroadcastChannelSupport.</remarks>
internal sealed class BroadcastFilter(
    MspRegistry msps, string channelId, string ordererMspId, int absoluteMaxBytes, TimeProvider time)
{
    /// <summary>Returns what is wrong with an envelope, or null if it may be ordered.</summary>
    public BroadcastResult? Reject(Envelope envelope)
    {
        if (!TryReadHeaders(envelope, out var channelHeader, out var signatureHeader, out string fault))
        {
            return Bad($"could not determine channel ID: {fault}");
        }

        if (channelHeader.ChannelId != channelId)
        {
            return Bad("channel does not exist");
        }

        switch ((HeaderType)channelHeader.Type)
        {
            case HeaderType.ConfigUpdate:
                return Bad(
                    "error applying config update to existing channel: the embedded network does not change its "
                        + "configuration; edit the consortium's description and start a new network");
            case HeaderType.Config:
                return Bad("message is of type that cannot be processed directly");
            case HeaderType.OrdererTransaction:
                return Bad("message is of type that is no longer supported");
        }

        if (envelope.Payload.IsEmpty)
        {
            return Bad("message payload is empty");
        }

        int size = envelope.Payload.Length + envelope.Signature.Length;
        if (size > absoluteMaxBytes)
        {
            return Bad($"message payload is {size} bytes and exceeds maximum allowed {absoluteMaxBytes} bytes");
        }

        return RejectCreator(envelope, signatureHeader);
    }

    private static BroadcastResult Bad(string info) => new(Status.BadRequest, info);

    private static bool TryReadHeaders(
        Envelope envelope, out ChannelHeader channelHeader, out SignatureHeader signatureHeader, out string fault)
    {
        (channelHeader, signatureHeader, fault) = (new(), new(), "");
        string part = nameof(Payload);
        try
        {
            var payload = Payload.Parser.ParseAsGo(envelope.Payload);
            if (payload.Header is null)
            {
                fault = "header not set";
                return false;
            }

            if (payload.Header.ChannelHeader.IsEmpty)
            {
                fault = "channel header not set";
                return false;
            }

            part = nameof(ChannelHeader);
            channelHeader = ChannelHeader.Parser.ParseAsGo(payload.Header.ChannelHeader);
            part = nameof(SignatureHeader);
            signatureHeader = SignatureHeader.Parser.ParseAsGo(payload.Header.SignatureHeader);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            fault = $"error unmarshalling {part}: proto: cannot parse invalid wire-format data";
            return false;
        }
    }

    private BroadcastResult? RejectCreator(Envelope envelope, SignatureHeader header)
    {
        bool known = msps.TryResolve(header.Creator, out var creator, out _);
        if (msps.ExpiryOf(header.Creator) <= time.GetUtcNow())
        {
            return Bad("broadcast client identity expired");
        }

        // Writers: in member organisations the admins and clients, in the ordering organisation everyone.
        bool writer = known
            && (creator!.MspId == ordererMspId
                || (creator.Roles & (IdentityRoles.Admin | IdentityRoles.Client)) != 0);
        return writer && creator!.Verify(envelope.Payload.Span, envelope.Signature.Span)
            ? null
            : new BroadcastResult(
                Status.Forbidden,
                "implicit policy evaluation failed - 0 sub-policies were satisfied, but this policy requires 1 of the "
                    + "'Writers' sub-policies to be satisfied: permission denied");
    }
}
