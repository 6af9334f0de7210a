using Aspire.Hosting.ApplicationModel;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Fabric.Aspire;

/// <summary>A development network of Fabric that runs in the process of the application host.</summary>
/// <remarks>
/// <see cref="FabricNetworkBuilderExtensions.AddFabricNetwork"/> adds one. It is described while the host is built, and
/// starts with it.
/// </remarks>
public sealed class FabricNetworkResource : Resource
{
    private const string AnyPort = "127.0.0.1:0";

    private readonly TaskCompletionSource<DevNetwork.DevNetwork> _running =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly List<FabricOrganizationResource> _organizations = [];
    private readonly Dictionary<string, Dictionary<string, string>> _servers = new(StringComparer.Ordinal);

    internal FabricNetworkResource(string name, string channel)
        : base(name) => Channel = channel;

    /// <summary>The channel's name.</summary>
    public string Channel { get; }

    /// <summary>The organisations, in the order in which they were added.</summary>
    public IReadOnlyList<FabricOrganizationResource> Organizations => _organizations;

    /// <summary>Where keys and ledger are kept; null where they are forgotten when the host ends.</summary>
    public string? StateDirectory { get; internal set; }

    /// <summary>What changes the description before the network starts.</summary>
    internal Func<Consortium, Consortium> Change { get; set; } = consortium => consortium;

    /// <summary>The network, as soon as it runs; faulted with the reason if it did not start.</summary>
    internal Task<DevNetwork.DevNetwork> Running => _running.Task;

    internal void Add(FabricOrganizationResource organization) => _organizations.Add(organization);

    /// <summary>Notes where an organisation's server of a chaincode listens.</summary>
    /// <exception cref="ArgumentException">The organisation has a server of that chaincode already.</exception>
    internal void AddServer(string chaincode, FabricOrganizationResource organization, string address)
    {
        if (!_servers.TryGetValue(chaincode, out var servers)) _servers[chaincode] = servers = [];

        if (!servers.TryAdd(organization.MspId, address))
        {
            throw new ArgumentException(
                $"{organization.MspId} has a server of the chaincode {chaincode} already: its peer dials one. Call "
                + "WithChaincode once for each organisation and chaincode.",
                nameof(chaincode));
        }
    }

    /// <summary>Describes the network as it is to start.</summary>
    internal Consortium Describe() => Change(new Consortium
    {
        Name = Name,
        Channel = Channel,
        Orderer = new OrdererSettings { MspId = "OrdererMSP", Domain = "orderer.example", Endpoint = AnyPort },
        Organizations =
        [
            .. _organizations.Select(one => new OrganizationSettings
            {
                MspId = one.MspId, Name = one.Name, Domain = one.Domain, Peer = AnyPort,
            }),
        ],
        Chaincodes =
        [
            .. _servers.Select(one => new ChaincodeSettings
            {
                Name = one.Key,
                EndorsementPolicy = MoreThanHalf([.. one.Value.Keys]),
                Servers = one.Value,
                Tls = false,
            }),
        ],
    });

    internal void Started(DevNetwork.DevNetwork network) => _running.TrySetResult(network);

    internal void Failed(Exception reason)
    {
        _running.TrySetException(reason);

        // Nobody may ask.
        _ = _running.Task.Exception;
    }

    /// <summary>Of those who can endorse: the organisations with a server.</summary>
    private static string MoreThanHalf(string[] mspIds) => FormattableString.Invariant(
        $"OutOf({(mspIds.Length / 2) + 1}, {string.Join(", ", mspIds.Select(id => $"'{id}.peer'"))})");
}
