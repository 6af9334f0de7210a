using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Gateway;
using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>The endorsing side of every peer: chaincode connections, endorser and gateway services.</summary>
internal sealed class PeerServices : IAsyncDisposable
{
    private readonly NetworkParts _parts;
    private readonly ChannelAccess _access;
    private readonly Dictionary<PeerIdentity, ChaincodeRuntime> _runtimes;
    private readonly Dictionary<PeerIdentity, PeerEndorser> _endorsers;
    private readonly PolicySets _sets;

    public PeerServices(NetworkParts parts)
    {
        _parts = parts;
        string channel = parts.Ledger.ChannelId;
        string[] members = [.. parts.Peers.Select(peer => peer.MspId).Distinct()];
        _access = new ChannelAccess(parts.Msps, members, channel);
        var logger = parts.Logging.CreateLogger<ChaincodeRuntime>();
        _runtimes = parts.Peers.ToDictionary(peer => peer, peer => new ChaincodeRuntime(
            parts.Chaincodes,
            new SystemChaincodes(
                parts.Ledger,
                _access,
                new LifecycleChaincode(parts.Chaincodes, members, _access, channel, peer.MspId)),
            channel,
            peer,
            logger));
        var dissemination = new Dissemination(parts.Ledger, parts.Peers, parts.Chaincodes);
        _sets = new PolicySets(new OrganizationIndex(parts.Peers.Select(peer => peer.MspId)));
        _endorsers = parts.Peers.ToDictionary(
            peer => peer, peer => new PeerEndorser(peer, _runtimes[peer], parts, _access, dissemination));
    }

    /// <summary>Returns what answers proposals at a peer.</summary>
    public PeerEndorser EndorserOf(PeerIdentity peer) => _endorsers[peer];

    /// <summary>Registers what one peer's gRPC services need; each peer has a host of its own.</summary>
    public void Register(IServiceCollection services, PeerIdentity peer)
    {
        string channel = _parts.Ledger.ChannelId;
        var local = _endorsers[peer];
        var directory = new PeerDirectory(local, [.. _parts.Peers.Select(each => _endorsers[each])], channel);
        var layouts = new EndorsementLayouts(_parts.Chaincodes, channel, directory, _sets);
        services.AddSingleton(_parts);
        services.AddSingleton(peer);
        services.AddSingleton(new EndorserService(local));
        services.AddSingleton(new GatewayService(
            new Endorsing(directory, layouts),
            new Evaluating(directory, channel),
            _parts.Ledger,
            _parts.Ordering,
            _access));
        services.AddSingleton(new ConcurrencyLimit());
        services.AddGrpc(options => options.Interceptors.Add<ConcurrencyLimit>());
    }

    /// <summary>Maps the gRPC services onto a peer's host.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        routes.MapGrpcService<EndorserService>();
        routes.MapGrpcService<GatewayService>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var runtime in _runtimes.Values)
        {
            await runtime.DisposeAsync();
        }
    }
}
