using System.Net;
using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Deliver;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Makes the gRPC hosts: one for each peer and one for the orderer, each with its own TLS certificate.
/// </summary>
internal static class NetworkHosts
{
    // Fabric's peers set no limit of their own; gRPC's servers in Go take as many as come.
    private const int MaxStreamsPerConnection = 10_000;
    private const int WindowBytes = 4 * 1024 * 1024;

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);

    public static WebApplication NewPeer(
        NetworkParts parts, PeerServices services, PeerIdentity peer, OrganizationMaterial material)
    {
        var builder = NewBuilder(peer.Endpoint, material.ReadNodeTls("peers", peer.Host), parts.Logging);
        builder.Services.AddSingleton(NewDelivery(parts, ordererMspId: null));
        builder.Services.AddSingleton(new PrivateDataOfBlocks(parts.Ledger, parts.Chaincodes, peer.MspId));
        services.Register(builder.Services, peer);
        var host = builder.Build();
        host.MapGrpcService<PeerDeliverService>();
        PeerServices.Map(host);
        return host;
    }

    public static WebApplication NewOrderer(NetworkParts parts, string endpoint, OrganizationMaterial material)
    {
        var builder = NewBuilder(endpoint, material.ReadNodeTls("orderers", "orderer"), parts.Logging);
        builder.Services.AddSingleton(NewDelivery(parts, material.MspId));
        builder.Services.AddSingleton(parts.Ordering);
        var host = builder.Build();
        host.MapGrpcService<AtomicBroadcastService>();
        return host;
    }

    /// <summary>Starts a host and returns its address with the port that was bound.</summary>
    public static async Task<string> StartAsync(
        WebApplication host, string endpoint, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            throw new DevNetworkException(
                $"Nothing can listen on {endpoint}: {exception.Message} Stop what uses the port, or give another one "
                    + "in the consortium's description.",
                exception);
        }

        var features = host.Services.GetRequiredService<IServer>().Features;
        int port = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return $"{LoopbackEndpoint.Parse(endpoint).Host}:{port}";
    }

    private static BlockDelivery NewDelivery(NetworkParts parts, string? ordererMspId)
    {
        var readers = new ReadersPolicy(ordererMspId, [.. parts.Peers.Select(peer => peer.MspId)]);
        return new BlockDelivery(parts.Ledger, parts.Msps, readers, parts.Time);
    }

    private static WebApplicationBuilder NewBuilder(
        string endpoint, X509Certificate2 certificate, ILoggerFactory logging)
    {
        var (host, port) = LoopbackEndpoint.Parse(endpoint);
        var address = LoopbackEndpoint.AddressOf(host);

        // An empty builder: neither the process's own settings nor its environment are the network's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.Http2.MaxStreamsPerConnection = MaxStreamsPerConnection;
            kestrel.Limits.Http2.InitialConnectionWindowSize = WindowBytes;
            kestrel.Limits.Http2.InitialStreamWindowSize = WindowBytes;
            kestrel.Listen(new IPEndPoint(address, port), listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(certificate);
            });
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logging);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = DevNetworkLimits.MaxMessageBytes;
            options.MaxSendMessageSize = DevNetworkLimits.MaxMessageBytes;
        });
        return builder;
    }
}
