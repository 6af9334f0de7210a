using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using OrderingStatus = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>Brings a signed change of the channel's configuration to the orderers.</summary>
internal static class ChannelSubmission
{
    private const int MaxTries = 20;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Submits to the orderers in turn, again while they elect their leader.</summary>
    /// <exception cref="OperatorException">They refused, or none answers.</exception>
    public static async Task SubmitAsync(
        Envelope change, Consortium consortium, IReadOnlyList<string> tlsAuthorities, CancellationToken cancellation)
    {
        var orderers = NativePorts.OrderersOf(consortium);
        string told = "";
        for (int i = 0; i < MaxTries; i++)
        {
            var (host, endpoint) = orderers[i % orderers.Count];
            try
            {
                var answer = await BroadcastAsync(change, endpoint, tlsAuthorities, cancellation);
                if (answer.Status == OrderingStatus.Success)
                {
                    return;
                }

                told = $"{host}: {answer.Status} {answer.Info}";
                if (answer.Status != OrderingStatus.ServiceUnavailable)
                {
                    break;
                }
            }
            catch (RpcException exception) when (!cancellation.IsCancellationRequested)
            {
                told = $"{host}: {exception.Status.Detail}";
            }

            await Task.Delay(RetryInterval, cancellation);
        }

        throw new OperatorException($"The orderers did not take the change of the channel: {told}");
    }

    /// <summary>A change with its signatures, as an admin sends it.</summary>
    public static Envelope Envelope(
        string channel, byte[] update, IEnumerable<MembershipSignature> signatures, Admin sender)
    {
        var channelHeader = new ChannelHeader
        {
            Type = (int)HeaderType.ConfigUpdate,
            ChannelId = channel,
            Timestamp = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow()),
        };
        var signed = new ConfigUpdateEnvelope { ConfigUpdate = ByteString.CopyFrom(update) };
        signed.Signatures.AddRange(signatures.Select(signature => signature.AsConfigSignature));
        byte[] payload = new Payload
        {
            Header = new Header
            {
                ChannelHeader = channelHeader.ToByteString(),
                SignatureHeader = ByteString.CopyFrom(sender.NewSignatureHeader()),
            },
            Data = signed.ToByteString(),
        }.ToByteArray();
        return new Envelope
        {
            Payload = ByteString.CopyFrom(payload),
            Signature = ByteString.CopyFrom(sender.Sign(payload)),
        };
    }

    private static async Task<BroadcastResponse> BroadcastAsync(
        Envelope change, string endpoint, IReadOnlyList<string> tlsAuthorities, CancellationToken cancellation)
    {
        using var channel = PeerChannel.Open(new PeerChannelOptions
        {
            Endpoint = endpoint,
            TlsCaPem = string.Join('\n', tlsAuthorities),
        });
        var options = new CallOptions(
            deadline: TimeProvider.System.GetUtcNow().UtcDateTime + CallTimeout, cancellationToken: cancellation);
        using var call = new AtomicBroadcast.AtomicBroadcastClient(channel).Broadcast(options);
        await call.RequestStream.WriteAsync(change, cancellation);
        return await call.ResponseStream.MoveNext(cancellation)
            ? call.ResponseStream.Current
            : throw new RpcException(new Grpc.Core.Status(StatusCode.Unavailable, "it ended without an answer"));
    }
}
