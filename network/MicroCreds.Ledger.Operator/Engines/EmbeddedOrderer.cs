using Grpc.Core;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Orderer;
using OrderingStatus = MicroCreds.Fabric.Protocol.Common.Status;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>Asks the embedded network's orderer whether it orders.</summary>
internal static class EmbeddedOrderer
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Why nothing is ordered, with the mend; null if it is.</summary>
    public static async Task<string?> FindFaultAsync(
        OrdererSettings orderer, string state, CancellationToken cancellation)
    {
        string authority = Path.Combine(
            state, "organizations", "ordererOrganizations", orderer.Domain, "tlsca",
            $"tlsca.{orderer.Domain}-cert.pem");
        try
        {
            using var channel = PeerChannel.Open(new PeerChannelOptions
            {
                Endpoint = orderer.Endpoint,
                TlsCaPem = await File.ReadAllTextAsync(authority, cancellation),
            });
            var options = new CallOptions(
                deadline: TimeProvider.System.GetUtcNow().UtcDateTime + AnswerTimeout, cancellationToken: cancellation);
            using var call = new AtomicBroadcast.AtomicBroadcastClient(channel).Broadcast(options);

            // An empty envelope is refused by every orderer that can order, and changes nothing.
            await call.RequestStream.WriteAsync(new Envelope(), cancellation);
            return await call.ResponseStream.MoveNext(cancellation)
                && call.ResponseStream.Current is { Status: OrderingStatus.ServiceUnavailable } refusal
                ? $"The orderer takes nothing: {refusal.Info}."
                : null;
        }
        catch (Exception exception) when (exception is RpcException or IOException
            && !cancellation.IsCancellationRequested)
        {
            return $"The orderer does not answer at {orderer.Endpoint}: scripts/up.sh starts the network again, its "
                + "log is logs/network.log.";
        }
    }
}
