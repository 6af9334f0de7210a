using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Contract;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;
using Consortium = MicroCreds.Fabric.DevNetwork.Consortium;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// The sample consortium on an embedded network in memory, one contract server for each organisation, and connections
/// as each organisation's user and admin. Nothing is registered on the ledger yet: see <see cref="RegisterAllAsync"/>.
/// </summary>
public class LedgerFixture : IAsyncLifetime
{
    public const string Chaincode = "microcreds";

    public const string Aurora = "AuroraMSP";
    public const string Linden = "LindenMSP";
    public const string Tejo = "TejoMSP";
    public const string Meridian = "MeridianMSP";

    private const int FirstCalls = 5;

    private readonly List<IAsyncDisposable> _servers = [];
    private readonly SortedDictionary<string, LedgerMember> _members = new(StringComparer.Ordinal);
    private MicroCreds.Fabric.DevNetwork.DevNetwork? _network;

    /// <summary>The running network; <c>StateDirectory</c> holds the key material of every organisation.</summary>
    public MicroCreds.Fabric.DevNetwork.DevNetwork Network =>
        _network ?? throw new InvalidOperationException("The fixture has not been started.");

    public string Channel => Network.Consortium.Channel;

    internal IEnumerable<LedgerMember> Members => _members.Values;

    internal LedgerMember this[string mspId] => _members[mspId];

    /// <summary>How the ledger is founded: as block 0 says.</summary>
    internal Founding Founding { get; private set; } = null!;

    /// <summary>Whether it is founded from the beginning. Default is that it is.</summary>
    protected virtual bool IsFounded => true;

    public virtual async ValueTask InitializeAsync()
    {
        _network = await MicroCreds.Fabric.DevNetwork.DevNetwork.StartAsync(new DevNetworkOptions
        {
            Consortium = OnFreePorts(Describe()),
            InMemory = StateDirectory is null,
            StateDirectory = StateDirectory,
        });
        var chaincode = Network.Consortium.Chaincodes.Single(c => c.Name == Chaincode);
        foreach (var organization in Network.Consortium.Organizations)
        {
            string directory = Path.Combine(
                Network.StateDirectory, "organizations", "peerOrganizations", organization.Domain);
            _servers.Add(await StartServerAsync(
                organization.MspId,
                Adjust(organization.MspId, ServerOptions(chaincode.Servers[organization.MspId], directory))));
            _members.Add(organization.MspId, new LedgerMember(organization, directory, Channel, Chaincode)
            {
                All = _members.Values,
            });
        }

        Founding = new Founding { Ledger = await ReadNameAsync(), Members = [.. _members.Keys] };
        foreach (var member in Members) member.Ledger = Founding.Ledger;

        if (IsFounded) await FoundAsync();
    }

    /// <summary>
    /// A peer gives a contract that it calls for the first time three seconds, as Fabric's does: few where a machine
    /// has more to do than it can. What was not endorsed was not sent either.
    /// </summary>
    private async Task FoundAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await LedgerMember.SubmitAsync<Founding>(this[Aurora].Admin, TransactionNames.Found, Founding);
                return;
            }
            catch (EndorseException exception) when (attempt < FirstCalls
                && exception.Message.Contains("timeout expired while starting", StringComparison.Ordinal))
            {
                // The next call finds it started.
            }
        }
    }

    private async Task<string> ReadNameAsync()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var first = new EventOptions { StartBlock = 0 };
        await foreach (var block in this[Aurora].Network.GetBlockEvents(first, deadline.Token))
            return LedgerName.Of(Channel, BlockHash.OfHeader(block.Header));

        throw new InvalidOperationException("The peer has no block 0.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var member in _members.Values)
        {
            member.Dispose();
        }

        if (_network is not null) await _network.DisposeAsync();

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Registers every organisation as an institution with one key, unless it is registered already, and has the others
    /// confirm who it is.
    /// </summary>
    internal async Task RegisterAllAsync()
    {
        foreach (var member in Members)
        {
            await member.RegisterAsync();
        }

        foreach (var member in Members)
        {
            await member.ConfirmAsync();
        }
    }

    /// <summary>Where the ledger is kept. Default is null: in memory, with a directory for the keys alone.</summary>
    protected virtual string? StateDirectory => null;

    /// <summary>Who there is; a test of more members than the sample has overrides it.</summary>
    protected virtual Consortium Describe() =>
        ConsortiumFile.Read(Path.Combine(Repository.Root, "network", "consortium.json"));

    /// <summary>What an organisation's server runs; a test of hostile organisations overrides it.</summary>
    protected virtual IChaincode NewChaincode(string mspId) => CredentialContract.CreateChaincode();

    /// <summary>Starts an organisation's server, in this process; a test of another process overrides it.</summary>
    protected virtual async Task<IAsyncDisposable> StartServerAsync(string mspId, ChaincodeServerOptions options) =>
        await ChaincodeServer.StartAsync(NewChaincode(mspId), options);

    /// <summary>How an organisation's server runs it; a test of differing servers overrides it.</summary>
    protected virtual ChaincodeServerOptions Adjust(string mspId, ChaincodeServerOptions options) => options;

    private static ChaincodeServerOptions ServerOptions(string address, string directory)
    {
        string material = Path.Combine(directory, "chaincode", Chaincode);
        return new ChaincodeServerOptions
        {
            ChaincodeId = Chaincode,
            Address = address,
            Tls = new ChaincodeTlsOptions
            {
                CertificateFile = Path.Combine(material, "server.crt"),
                PrivateKeyFile = Path.Combine(material, "server.key"),
                ClientCaFile = Path.Combine(material, "ca.crt"),
            },
            LoggerFactory = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance,
        };
    }

    /// <summary>The peers bind any free port; of the chaincode servers they must know the address beforehand.</summary>
    private static Consortium OnFreePorts(Consortium consortium) => consortium with
    {
        Orderer = consortium.Orderer with { Endpoint = "127.0.0.1:0" },
        Organizations = [.. consortium.Organizations.Select(o => o with { Peer = "127.0.0.1:0" })],
        Chaincodes =
        [
            .. consortium.Chaincodes.Where(c => c.Name == Chaincode).Select(c => c with
            {
                Servers = c.Servers.Keys.ToDictionary(mspId => mspId, _ => FreePorts.TakeAddress()),
            }),
        ],
    };
}
