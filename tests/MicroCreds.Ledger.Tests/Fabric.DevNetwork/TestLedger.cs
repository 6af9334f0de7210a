using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;
using MicroCreds.Fabric.DevNetwork.Orderer;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>A ledger of three organisations whose blocks a test cuts itself.</summary>
internal sealed class TestLedger : IAsyncDisposable
{
    public const string Channel = "channel";
    public const string Chaincode = "cc";
    public const string OtherChaincode = "other";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("microcreds-test-");

    public TestLedger()
    {
        Msps = new MspRegistry([A.Msp, B.Msp, C.Msp, Orderer.Msp]);
        Checks = new TransactionChecks(Msps, Chaincodes, Channel);
        Assembler = new BlockAssembler(Orderer.Peer.Serialized, Orderer.Peer.Signer);
        Ledger = Open();
    }

    public TestOrganization A { get; } = new("A");

    public TestOrganization B { get; } = new("B");

    public TestOrganization C { get; } = new("C");

    public TestOrganization Orderer { get; } = new("O");

    public MspRegistry Msps { get; }

    public TransactionChecks Checks { get; }

    public BlockAssembler Assembler { get; }

    public ChannelLedger Ledger { get; private set; }

    public string File => Path.Combine(_directory.FullName, "ledger.db");

    public IReadOnlyDictionary<string, ChaincodeDefinition> Chaincodes { get; } =
        new Dictionary<string, ChaincodeDefinition>
        {
            [Chaincode] = Define(Chaincode, "OutOf(2, 'A.peer', 'B.peer', 'C.peer')"),
            [OtherChaincode] = Define(OtherChaincode, "AND('A.peer', 'B.peer', 'C.peer')"),
        };

    /// <summary>Two peers: enough for the chaincode's policy.</summary>
    public IReadOnlyList<TestSigner> Majority => [A.Peer, B.Peer];

    public TestTransaction Simulate(Action<TransactionSimulator> simulate) =>
        TestTransaction.Simulated(this, Majority, simulate);

    public TestTransaction Put(string key, string value) =>
        Simulate(simulator => simulator.SetState(Chaincode, key, System.Text.Encoding.UTF8.GetBytes(value)));

    public TxValidationCode[] Commit(params IReadOnlyList<TestTransaction> transactions) =>
        CommitEnvelopes([.. transactions.Select(transaction => transaction.ToEnvelope().ToByteString())]);

    public TxValidationCode[] CommitEnvelopes(params IReadOnlyList<ByteString> envelopes)
    {
        var block = Assembler.Assemble(Ledger.GetBlock(Ledger.Height - 1)!.Header, envelopes);
        Ledger.Commit(block, [.. envelopes.Select(Checks.Check)]);
        byte[] codes = block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter].ToByteArray();
        return [.. codes.Select(code => (TxValidationCode)code)];
    }

    public string? Get(string key, string chaincode = Chaincode)
    {
        using var simulator = Ledger.NewSimulator("get");
        byte[]? value = simulator.GetState(chaincode, key);
        return value is null ? null : System.Text.Encoding.UTF8.GetString(value);
    }

    /// <summary>Closes the ledger and opens it again from its file.</summary>
    public async Task ReopenAsync()
    {
        await Ledger.DisposeAsync();
        Ledger = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static ChaincodeDefinition Define(string name, string policy) =>
        new()
        {
            Name = name,
            Version = "1.0",
            Policy = SignaturePolicyText.Parse(policy),
            Servers = new Dictionary<string, string>(),
            Tls = false,
            ExecuteTimeout = TimeSpan.FromSeconds(30),
            Collections = ((string[])["A", "B", "C"]).Select(CollectionDefinition.Implicit)
                .ToDictionary(collection => collection.Name),
        };

    private ChannelLedger Open()
    {
        var database = LedgerDatabase.Open(
            File, new Dictionary<string, string> { ["channel"] = Channel }, durable: true);
        return ChannelLedger.Open(
            database, Channel, Chaincodes,
            () => BlockAssembler.AssembleGenesis(new Envelope { Payload = ByteString.CopyFromUtf8("configuration") }));
    }
}
