using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Testing.Running;
using Microsoft.Extensions.Logging.Abstractions;

namespace MicroCreds.Fabric.Testing;

/// <summary>
/// A network with a chaincode of this process on it, and a gateway for each organisation: for tests of clients with
/// their chaincode, over the real protocols.
/// </summary>
/// <remarks>
/// By default it is the embedded network, ready in about a second. Where the environment variable
/// <see cref="NetworkVariable"/> names a description, the same tests run on that network of Fabric's own: its peers
/// dial the chaincode servers that the fixture starts. Start one for a class of tests, by whatever the test framework
/// has for it. Thread-safe.
/// </remarks>
public sealed class FabricFixture : IAsyncDisposable
{
    /// <summary>The environment variable with the path of a description of a running network: FABRIC_TEST_NETWORK.
    /// </summary>
    public const string NetworkVariable = "FABRIC_TEST_NETWORK";

    private readonly Stack<IAsyncDisposable> _parts = new();
    private readonly Dictionary<string, FixtureMember> _members = new(StringComparer.Ordinal);
    private readonly TestChannelOptions _options;

    private FabricFixture(TestChannelOptions options) => _options = options;

    /// <summary>The channel's name.</summary>
    public string Channel { get; private set; } = "";

    /// <summary>The MSP ids of the organisations.</summary>
    public IReadOnlyCollection<string> Organizations => _members.Keys;

    /// <summary>The embedded network, to stop its peers; null on a network of Fabric's own.</summary>
    public DevNetwork.DevNetwork? Embedded { get; private set; }

    /// <summary>Brings up a network, or takes the one that is named, and serves a chaincode to its peers.</summary>
    /// <param name="chaincode">The chaincode.</param>
    /// <param name="options">Its channel. Default is <see cref="TestChannelOptions"/>'s defaults.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="FabricTestException">
    /// The options or the description are wrong; the message names every fault.
    /// </exception>
    public static async Task<FabricFixture> StartAsync(
        IChaincode chaincode, TestChannelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chaincode);
        options ??= new TestChannelOptions();
        var fixture = new FabricFixture(options);
        var chaincodes = new Dictionary<string, IChaincode>(options.OtherChaincodes)
        {
            [options.ChaincodeName] = chaincode,
        };
        string? file = options.NetworkFile ?? Environment.GetEnvironmentVariable(NetworkVariable);
        try
        {
            await (string.IsNullOrEmpty(file)
                ? fixture.StartEmbeddedAsync(chaincodes, cancellationToken)
                : fixture.TakeAsync(GivenNetwork.Read(file, chaincodes.Keys), chaincodes, cancellationToken))
                .ConfigureAwait(false);
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Returns the gateway of an organisation's peer, as its user.</summary>
    /// <param name="mspId">The organisation. Default is the first.</param>
    /// <exception cref="FabricTestException">There is no such organisation.</exception>
    public FabricGateway GetGateway(string? mspId = null) =>
        _members.TryGetValue(mspId ?? _members.Keys.First(), out var member)
            ? member.Gateway
            : throw new FabricTestException(
                $"\"{mspId}\" is no organisation of this network. Its organisations are "
                + $"{string.Join(", ", _members.Keys)}.");

    /// <summary>Returns the channel, as an organisation's user sees it.</summary>
    /// <inheritdoc cref="GetGateway"/>
    public FabricNetwork GetNetwork(string? mspId = null) => GetGateway(mspId).GetNetwork(Channel);

    /// <summary>Returns the tested chaincode's default contract, for an organisation's user.</summary>
    /// <inheritdoc cref="GetGateway"/>
    public FabricContract GetContract(string? mspId = null) => GetNetwork(mspId).GetContract(_options.ChaincodeName);

    /// <summary>Ends the gateways, the embedded network and the chaincode servers.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values) member.Dispose();
        while (_parts.TryPop(out var part)) await part.DisposeAsync().ConfigureAwait(false);
    }

    private async Task StartEmbeddedAsync(
        Dictionary<string, IChaincode> chaincodes, CancellationToken cancellationToken)
    {
        _ = _options.Describe(_ => "127.0.0.1:1");
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, chaincode) in chaincodes)
        {
            var server = await ServeAsync(
                chaincode, new ChaincodeServerOptions { ChaincodeId = name, Address = "127.0.0.1:0" },
                cancellationToken).ConfigureAwait(false);
            addresses[name] = server.Endpoint.ToString();
        }

        Embedded = await DevNetwork.DevNetwork.StartAsync(
            new DevNetworkOptions
            {
                Consortium = _options.Describe(name => addresses[name]),
                InMemory = true,
                LoggerFactory = _options.LoggerFactory,
                TimeProvider = _options.TimeProvider,
            },
            cancellationToken).ConfigureAwait(false);
        _parts.Push(Embedded);
        Channel = _options.Channel;
        foreach (var organization in Embedded.Consortium.Organizations)
        {
            _members.Add(organization.MspId, FixtureMember.Open(
                organization.MspId, GivenMember.Of(organization, Embedded.StateDirectory), _options.TimeProvider));
        }
    }

    private async Task TakeAsync(
        GivenNetwork network, Dictionary<string, IChaincode> chaincodes, CancellationToken cancellationToken)
    {
        Channel = network.Channel;
        foreach (var (name, given) in network.Chaincodes)
        {
            if (!chaincodes.TryGetValue(name, out var chaincode)) continue;
            foreach (var server in given.Values)
            {
                await ServeAsync(chaincode, server.ToOptions(), cancellationToken).ConfigureAwait(false);
            }
        }

        foreach (var (mspId, member) in network.Organizations)
        {
            _members.Add(mspId, FixtureMember.Open(mspId, member, TimeProvider.System));
        }
    }

    private async Task<ChaincodeServer> ServeAsync(
        IChaincode chaincode, ChaincodeServerOptions options, CancellationToken cancellationToken)
    {
        var loggers = _options.LoggerFactory ?? NullLoggerFactory.Instance;
        try
        {
            var server = await ChaincodeServer.StartAsync(
                chaincode, options with { LoggerFactory = loggers }, cancellationToken).ConfigureAwait(false);
            _parts.Push(server);
            return server;
        }
        catch (Exception e) when (e is ChaincodeOptionsException or IOException)
        {
            throw new FabricTestException($"The chaincode {options.ChaincodeId} cannot be served: {e.Message}", e);
        }
    }
}
