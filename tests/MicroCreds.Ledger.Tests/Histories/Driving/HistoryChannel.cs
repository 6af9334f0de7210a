using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Msp;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Tests.Histories.Driving;

/// <summary>
/// A channel as every peer of it would judge it: the embedded network's ledger with its endorsement policies and
/// versions. Only what costs time and says nothing here is left out: signatures of peers and clients.
/// </summary>
internal sealed class HistoryChannel : IAsyncDisposable
{
    public const string Name = "credentials";
    public const string Chaincode = "microcreds";

    private static readonly TestOrganization Orderer = new("OrdererMSP");
    private static readonly BlockAssembler Assembler = new(Orderer.Peer.Serialized, Orderer.Peer.Signer);

    private readonly Dictionary<string, ChaincodeDefinition> _chaincodes = [];
    private readonly ChannelLedger _ledger;
    private readonly List<Block> _blocks = [];
    private readonly Lock _reading = new();
    private TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HistoryChannel(string directory, IReadOnlyList<string> organizations)
    {
        SetPolicy(organizations);
        var database = LedgerDatabase.Open(
            Path.Combine(directory, "ledger.db"), new Dictionary<string, string> { ["channel"] = Name },
            durable: false);
        _ledger = ChannelLedger.Open(database, Name, _chaincodes, () => Genesis(organizations));
        for (ulong number = 0; number < _ledger.Height; number++) _blocks.Add(_ledger.GetBlock(number)!);
    }

    /// <summary>Those who may ever be on the channel, with their authorities; made once.</summary>
    public static IReadOnlyDictionary<string, TestOrganization> Organizations { get; } =
        new[] { "AsterMSP", "BirchMSP", "CedarMSP", "DahliaMSP", "ElmMSP" }.ToDictionary(
            mspId => mspId, mspId => new TestOrganization(mspId));

    private static MspRegistry Msps { get; } = new([.. Organizations.Values.Select(one => one.Msp), Orderer.Msp]);

    /// <summary>The newest block's number.</summary>
    public ulong Newest
    {
        get
        {
            lock (_reading) return (ulong)_blocks.Count - 1;
        }
    }

    /// <summary>The blocks, as this institution's peer hands them out.</summary>
    public IReadOnlyList<Block> Blocks => _blocks;

    public static HistoryChannel Open(string directory, IReadOnlyList<string> organizations) =>
        new(directory, organizations);

    /// <summary>Has a majority of these organisations' peers endorse whatever has no policy of its own.</summary>
    public void SetPolicy(IReadOnlyList<string> organizations)
    {
        string peers = string.Join(", ", organizations.Select(one => $"'{one}.peer'"));
        _chaincodes[Chaincode] = new ChaincodeDefinition
        {
            Name = Chaincode,
            Version = "1.0",
            Policy = SignaturePolicyText.Parse($"OutOf({(organizations.Count / 2) + 1}, {peers})"),
            Servers = new Dictionary<string, string>(),
            Tls = false,
            ExecuteTimeout = TimeSpan.FromSeconds(30),
            Collections = Organizations.Keys.Select(CollectionDefinition.Implicit)
                .ToDictionary(collection => collection.Name),
        };
    }

    /// <summary>Asks the contract, as an organisation's administrator.</summary>
    public async Task<SimulatedTransaction> SimulateAsync(
        string mspId, DateTimeOffset time, string name, IReadOnlyList<byte[]> arguments)
    {
        var transaction = Begin(mspId, time);
        using var simulator = _ledger.NewSimulator(transaction.Id);
        using var invocation = new Invocation(
            UnpackedProposal.Unpack(transaction.Proposal), IdentityOf(Organizations[mspId].Admin), simulator);
        var (response, raised) = await ContractServer.Shared.RunAsync(invocation, Chaincode, name, arguments);
        return transaction with
        {
            Response = response,
            Results = simulator.GetResults(),
            Event = raised?.ToByteString() ?? ByteString.Empty,
        };
    }

    /// <summary>Writes past the contract: what peers do that run another one.</summary>
    public SimulatedTransaction Forge(
        string mspId, DateTimeOffset time, string key, byte[] value, ByteString? raised = null)
    {
        var transaction = Begin(mspId, time);
        using var simulator = _ledger.NewSimulator(transaction.Id);
        simulator.SetState(Chaincode, key, value);
        return transaction with { Results = simulator.GetResults(), Event = raised ?? ByteString.Empty };
    }

    /// <summary>Writes only to a member's own private collection, which its own peer alone endorses.</summary>
    public static SimulatedTransaction ForgePrivate(string mspId, Timestamp time, ByteString raised)
    {
        var hashed = new HashedRWSet { HashedWrites = { new KVWriteHash { KeyHash = Bytes("key") } } };
        var space = new NsReadWriteSet { Namespace = Chaincode };
        space.CollectionHashedRwset.Add(new CollectionHashedReadWriteSet
        {
            CollectionName = $"_implicit_org_{mspId}",
            HashedRwset = hashed.ToByteString(),
        });
        return Begin(mspId, time) with
        {
            Results = new TxReadWriteSet { NsRwset = { space } }.ToByteString(),
            Event = raised,
        };
    }

    /// <summary>Puts transactions into the next block, and tells of each whether it is valid.</summary>
    public bool[] Cut(params IReadOnlyList<(SimulatedTransaction Transaction, IReadOnlyList<string> Endorsers)> all)
    {
        var ordered = all.Select(one => one.Transaction.Order([.. one.Endorsers.Select(PeerOf)])).ToList();
        var block = Assembler.Assemble(_blocks[^1].Header, [.. ordered.Select(one => one.Envelope)]);
        _ledger.Commit(block, ordered);
        byte[] codes = block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter].ToByteArray();

        lock (_reading) _blocks.Add(block);
        Interlocked.Exchange(ref _advanced, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return [.. codes.Select(code => code == (byte)TxValidationCode.Valid)];
    }

    /// <summary>Hands out blocks from a number on, and those to come.</summary>
    public async IAsyncEnumerable<Block> ReadAsync(
        ulong from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int next = (int)from; ; next++)
        {
            var advanced = Volatile.Read(ref _advanced).Task;
            if (next > (int)Newest) await advanced.WaitAsync(cancellationToken);
            Block block;
            lock (_reading) block = _blocks[next];
            yield return block;
        }
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    /// <summary>Block 0: the channel's configuration, as far as anyone reads it.</summary>
    private static Block Genesis(IReadOnlyList<string> organizations)
    {
        var application = new ConfigGroup();
        foreach (string mspId in organizations)
        {
            var msp = new FabricMSPConfig { Name = mspId };
            msp.RootCerts.Add(ByteString.CopyFromUtf8(Organizations[mspId].Msp.RootPem));
            var member = new ConfigGroup();
            member.Values["MSP"] = new ConfigValue
            {
                Value = new MSPConfig { Config = msp.ToByteString() }.ToByteString(),
            };
            application.Groups[mspId] = member;
        }

        var channel = new ConfigGroup();
        channel.Groups["Application"] = application;
        var header = new ChannelHeader { Type = (int)HeaderType.Config, ChannelId = Name };
        var payload = new Payload
        {
            Header = new Header { ChannelHeader = header.ToByteString() },
            Data = new ConfigEnvelope { Config = new Config { ChannelGroup = channel } }.ToByteString(),
        };
        return BlockAssembler.AssembleGenesis(new Envelope { Payload = payload.ToByteString() });
    }

    private static SimulatedTransaction Begin(string mspId, DateTimeOffset time) =>
        Begin(mspId, Timestamp.FromDateTimeOffset(time));

    private static SimulatedTransaction Begin(string mspId, Timestamp time) =>
        SimulatedTransaction.Begin(Organizations[mspId].Admin.Serialized, time);

    private static Identity PeerOf(string mspId) => IdentityOf(Organizations[mspId].Peer);

    private static Identity IdentityOf(TestSigner signer) =>
        Msps.TryResolve(signer.Serialized, out var identity, out string? error)
            ? identity
            : throw new InvalidOperationException(error);

    private static ByteString Bytes(string text) => ByteString.CopyFrom(Encoding.UTF8.GetBytes(text));
}
