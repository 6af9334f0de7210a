using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;
using Microsoft.Extensions.Logging.Abstractions;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>
/// Runs a whole Fabric network in this process: every organisation's certificate authority and peer, and the orderer.
/// A development and test tool: production is Fabric itself. Thread-safe.
/// </summary>
public sealed class DevNetwork : IAsyncDisposable
{
    private readonly StateStore _state;
    private readonly Stack<Func<ValueTask>> _closers = new();
    private IReadOnlyList<PeerHost> _peers = [];
    private bool _disposed;

    private DevNetwork(StateStore state, Consortium consortium)
    {
        (_state, Consortium) = (state, consortium);
        _closers.Push(() =>
        {
            state.Dispose();
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>The consortium as it runs: ports that were 0 are the ones that were bound.</summary>
    public Consortium Consortium { get; private set; }

    /// <summary>The directory that holds <c>organizations/</c> in cryptogen's layout.</summary>
    public string StateDirectory => _state.Path;

    internal NetworkParts Parts { get; private set; } = null!;

    /// <summary>Starts a network and returns once every endpoint answers.</summary>
    /// <param name="options">Which network, and where it is kept.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="DevNetworkException">
    /// The consortium's description is faulty, the state directory belongs to another network or process, or a port is
    /// taken; the message names the mend.
    /// </exception>
    public static async Task<DevNetwork> StartAsync(
        DevNetworkOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ConsortiumFile.Validate(options.Consortium);
        var network = new DevNetwork(StateStore.Open(options.StateDirectory, options.InMemory), options.Consortium);
        try
        {
            await network.StartPartsAsync(options, cancellationToken).ConfigureAwait(false);
            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Stops one peer as if its machine were gone: its address answers nobody, and no gateway asks it for
    /// endorsements. Its organisation's values and the chain stay as they are; again, it changes nothing.
    /// </summary>
    /// <param name="name">The peer, for instance <c>peer0.aurora.example</c>.</param>
    /// <exception cref="DevNetworkException">There is no such peer.</exception>
    public Task StopPeerAsync(string name) => FindPeer(name).StopAsync();

    /// <summary>Starts a stopped peer again, at the same address; again, it changes nothing.</summary>
    /// <param name="name">The peer, for instance <c>peer0.aurora.example</c>.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="DevNetworkException">There is no such peer, or its port was taken meanwhile.</exception>
    public Task StartPeerAsync(string name, CancellationToken cancellationToken = default) =>
        FindPeer(name).StartAsync(cancellationToken);

    /// <summary>Stops every endpoint, commits what was ordered, and closes the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        while (_closers.TryPop(out var close))
        {
            await close().ConfigureAwait(false);
        }
    }

    private async Task StartPartsAsync(DevNetworkOptions options, CancellationToken cancellationToken)
    {
        var now = options.TimeProvider.GetUtcNow();
        var logging = options.LoggerFactory ?? NullLoggerFactory.Instance;
        string[] chaincodeNames = [.. Consortium.Chaincodes.Select(chaincode => chaincode.Name)];
        var ordererMaterial = _state.OpenOrdererOrganization(Consortium.Orderer, now);
        OrganizationMaterial[] members = [.. Consortium.Organizations
            .Select(organization => _state.OpenPeerOrganization(organization, chaincodeNames, now))];
        var msps = members.Append(ordererMaterial).ToDictionary(material => material.MspId, material => material.Msp);
        var registry = new MspRegistry(msps.Values);
        var chaincodes = Consortium.Chaincodes.ToDictionary(
            chaincode => chaincode.Name,
            chaincode => ConsortiumFile.Define(chaincode, Consortium.Organizations.Select(member => member.MspId)));

        var ledger = OpenLedger(options, chaincodes, () => BlockAssembler.AssembleGenesis(
            new ChannelConfiguration(Consortium, msps).ToEnvelope(now)));
        _closers.Push(ledger.DisposeAsync);
        var (ordererIdentity, ordererSigner) = ordererMaterial.ReadNodeIdentity("orderers", "orderer");
        var ordering = new OrderingService(
            ledger,
            new BroadcastFilter(
                registry, Consortium.Channel, Consortium.Orderer.MspId, Consortium.Batch.AbsoluteMaxBytes,
                options.TimeProvider),
            new TransactionChecks(registry, chaincodes, Consortium.Channel),
            new BlockAssembler(ordererIdentity, ordererSigner),
            Consortium.Batch,
            options.TimeProvider,
            logging.CreateLogger<OrderingService>());
        _closers.Push(ordering.DisposeAsync);
        Parts = new NetworkParts
        {
            Ledger = ledger,
            Msps = registry,
            Ordering = ordering,
            Peers = [.. Consortium.Organizations.Zip(members, NewPeers).SelectMany(peers => peers)],
            Chaincodes = chaincodes,
            Time = options.TimeProvider,
            Logging = logging,
        };
        await StartHostsAsync(members, ordererMaterial, cancellationToken).ConfigureAwait(false);
    }

    private static IEnumerable<PeerIdentity> NewPeers(
        OrganizationSettings organization, OrganizationMaterial material)
    {
        var endpoints = organization.FurtherPeers.Prepend(organization.Peer);
        foreach (var (host, endpoint) in organization.HostNames().Zip(endpoints))
        {
            var (serialized, signer) = material.ReadNodeIdentity("peers", host);
            yield return new PeerIdentity
            {
                Host = host,
                MspId = organization.MspId,
                Domain = organization.Domain,
                Endpoint = endpoint,
                Serialized = serialized,
                Directory = material.Directory,
                Signer = signer,
            };
        }
    }

    private PeerHost FindPeer(string name) => _peers.FirstOrDefault(host => host.Peer.Name == name)
        ?? throw new DevNetworkException($"'{name}' is no peer of this network. Its peers are "
            + string.Join(", ", _peers.Select(host => host.Peer.Name)) + ".");

    private ChannelLedger OpenLedger(
        DevNetworkOptions options,
        IReadOnlyDictionary<string, Chaincodes.ChaincodeDefinition> chaincodes,
        Func<Protocol.Common.Block> makeGenesis)
    {
        var identity = new Dictionary<string, string>
        {
            ["channel"] = Consortium.Channel,
            ["orderer"] = Consortium.Orderer.MspId,
            ["organizations"] = string.Join(' ', Consortium.Organizations.Select(o => $"{o.MspId}@{o.Domain}")),
        };
        var database = LedgerDatabase.Open(_state.LedgerFile, identity, durable: !options.InMemory);
        try
        {
            return ChannelLedger.Open(database, Consortium.Channel, chaincodes, makeGenesis);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private async Task StartHostsAsync(
        OrganizationMaterial[] members, OrganizationMaterial ordererMaterial, CancellationToken cancellationToken)
    {
        var services = new PeerServices(Parts);
        _closers.Push(services.DisposeAsync);
        var materials = members.ToDictionary(material => material.MspId);
        _peers = [.. Parts.Peers.Select(peer => new PeerHost(Parts, services, peer, materials[peer.MspId]))];
        foreach (var host in _peers)
        {
            _closers.Push(host.DisposeAsync);
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        string endpoint = Consortium.Orderer.Endpoint;
        var orderer = NetworkHosts.NewOrderer(Parts, endpoint, ordererMaterial);
        _closers.Push(orderer.DisposeAsync);
        endpoint = await NetworkHosts.StartAsync(orderer, endpoint, cancellationToken).ConfigureAwait(false);
        Consortium = Consortium with
        {
            Organizations = [.. Consortium.Organizations.Select(WithBoundPorts)],
            Orderer = Consortium.Orderer with { Endpoint = endpoint },
        };
    }

    private OrganizationSettings WithBoundPorts(OrganizationSettings organization)
    {
        var endpoints = Parts.Peers.Where(peer => peer.MspId == organization.MspId)
            .Select(peer => peer.Endpoint).ToList();
        return organization with { Peer = endpoints[0], FurtherPeers = endpoints[1..] };
    }
}
