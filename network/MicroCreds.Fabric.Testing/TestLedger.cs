using Google.Protobuf;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Client.Calls;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Orderer;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Fabric.Testing.Running;
using ChaincodeEvent = MicroCreds.Fabric.Client.ChaincodeEvent;
using ChaincodeException = MicroCreds.Fabric.Chaincode.ChaincodeException;

namespace MicroCreds.Fabric.Testing;

/// <summary>A chaincode and a ledger in this process, for unit tests of the chaincode: no network, no ports.</summary>
/// <remarks>
/// <para>
/// The rules are a peer's own, as the embedded network has them: reads see no writes of their own transaction, a
/// transaction whose reads are stale is invalid, values of collections are at their members alone, keys have policies.
/// Each endorsing organisation's peer runs the chaincode, and all must come to the same. What is left out is the wire
/// and the signatures.
/// </para>
/// <para>Thread-safe; transactions may run at once, as they do at a peer.</para>
/// </remarks>
public sealed class TestLedger : IAsyncDisposable
{
    private readonly TestChannelOptions _options;
    private readonly Dictionary<string, ChaincodeDefinition> _definitions;
    private readonly DirectoryInfo _directory;
    private readonly LocalMembers _members;
    private readonly ChannelLedger _ledger;
    private readonly Lock _commit = new();
    private readonly List<ChaincodeEvent> _events = [];
    private LocalNetwork _network = null!;
    private volatile Task? _ending;

    private TestLedger(TestChannelOptions options, Consortium consortium)
    {
        _options = options;
        _definitions = consortium.Chaincodes.ToDictionary(
            chaincode => chaincode.Name, chaincode => ConsortiumFile.Define(chaincode, options.Organizations));
        _members = new LocalMembers(options.Organizations, options.TimeProvider.GetUtcNow());
        _directory = Directory.CreateTempSubdirectory("fabric-test-");
        var database = LedgerDatabase.Open(
            Path.Combine(_directory.FullName, "ledger.db"),
            new Dictionary<string, string> { ["channel"] = options.Channel }, durable: false);
        _ledger = ChannelLedger.Open(
            database, options.Channel, _definitions, () => BlockAssembler.AssembleGenesis(new Envelope()));
    }

    /// <summary>The number of blocks; the first one is empty.</summary>
    public ulong Height => _ledger.Height;

    /// <summary>The events of all valid transactions, in their order.</summary>
    public IReadOnlyList<ChaincodeEvent> Events
    {
        get
        {
            lock (_commit)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Starts an empty ledger with a chaincode.</summary>
    /// <param name="chaincode">The chaincode that is tested.</param>
    /// <param name="options">Its channel. Default is <see cref="TestChannelOptions"/>'s defaults.</param>
    /// <exception cref="FabricTestException">The options are wrong; the message names every fault.</exception>
    public static async Task<TestLedger> StartAsync(IChaincode chaincode, TestChannelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(chaincode);
        options ??= new TestChannelOptions();
        var ledger = new TestLedger(options, options.Describe(_ => "127.0.0.1:1"));
        ledger._network = await LocalNetwork.StartAsync(ledger._ledger, chaincode, options).ConfigureAwait(false);
        return ledger;
    }

    /// <summary>Issues a certificate for somebody who calls transactions.</summary>
    /// <param name="mspId">The organisation. Default is the channel's first.</param>
    /// <param name="name">The certificate's common name.</param>
    /// <param name="attributes">Its attributes, as Fabric CA writes them. Default is none.</param>
    /// <param name="isAdmin">Whether the organisation's administrator. Default is false: a client.</param>
    /// <exception cref="FabricTestException">There is no such organisation.</exception>
    public TestClient NewClient(
        string? mspId = null, string name = "user", IReadOnlyDictionary<string, string>? attributes = null,
        bool isAdmin = false) =>
        Members().Issue(mspId ?? _options.Organizations[0], name, isAdmin ? "admin" : "client", attributes);

    /// <summary>Runs a transaction as a query, at the peer of the client's organisation.</summary>
    /// <inheritdoc cref="EvaluateAsync(TestClient, string, ProposalOptions)"/>
    /// <param name="client">Who calls.</param>
    /// <param name="transactionName">The transaction's name; the first argument.</param>
    /// <param name="arguments">Its arguments.</param>
    public Task<byte[]> EvaluateAsync(
        TestClient client, string transactionName, params IReadOnlyList<TransactionArgument> arguments) =>
        EvaluateAsync(client, transactionName, new ProposalOptions { Arguments = arguments });

    /// <summary>Runs a transaction as a query.</summary>
    /// <param name="client">Who calls.</param>
    /// <param name="transactionName">The transaction's name; the first argument.</param>
    /// <param name="options">Its arguments, transient data, and the organisation whose peer runs it.</param>
    /// <returns>What the chaincode returned; nothing is written.</returns>
    /// <exception cref="ChaincodeException">The chaincode refused it: its own words and its status. Where it threw what
    /// its caller is not told, that is the inner exception.</exception>
    public async Task<byte[]> EvaluateAsync(TestClient client, string transactionName, ProposalOptions options)
    {
        var (proposal, creator) = Propose(client, transactionName, options);
        string peer = FirstOf(options, client);
        _ = _members.PeerOf(peer);
        var run = await _network.RunAsync(proposal, creator, peer).ConfigureAwait(false);
        return run.Response.Payload.ToByteArray();
    }

    /// <summary>Has peers run and endorse a transaction, and puts it on the ledger in a block of its own.</summary>
    /// <inheritdoc cref="SubmitAsync(TestClient, string, ProposalOptions)"/>
    /// <param name="client">Who calls.</param>
    /// <param name="transactionName">The transaction's name; the first argument.</param>
    /// <param name="arguments">Its arguments.</param>
    public Task<TestTransaction> SubmitAsync(
        TestClient client, string transactionName, params IReadOnlyList<TransactionArgument> arguments) =>
        SubmitAsync(client, transactionName, new ProposalOptions { Arguments = arguments });

    /// <summary>Has peers run and endorse a transaction, and puts it on the ledger in a block of its own.</summary>
    /// <param name="client">Who calls.</param>
    /// <param name="transactionName">The transaction's name; the first argument.</param>
    /// <param name="options">Its arguments, transient data, and who endorses it.</param>
    /// <returns>The transaction, with what it read and wrote.</returns>
    /// <remarks>
    /// Equivalent to <see cref="EndorseAsync"/>, <see cref="Commit"/> and <see cref="CommitStatus.EnsureSuccessful"/>.
    /// </remarks>
    /// <exception cref="ChaincodeException">The chaincode refused it: its own words and its status. Where it threw what
    /// its caller is not told, that is the inner exception.</exception>
    /// <exception cref="FabricTestException">The peers came to different results.</exception>
    /// <exception cref="CommitException">It is invalid: a stale read, a policy that is not satisfied.</exception>
    public async Task<TestTransaction> SubmitAsync(TestClient client, string transactionName, ProposalOptions options)
    {
        var transaction = await EndorseAsync(client, transactionName, options).ConfigureAwait(false);
        Commit(transaction)[0].EnsureSuccessful();
        return transaction;
    }

    /// <summary>Has peers run and endorse a transaction, which changes nothing yet.</summary>
    /// <param name="client">Who calls.</param>
    /// <param name="transactionName">The transaction's name; the first argument.</param>
    /// <param name="options">
    /// Its arguments, transient data, and who endorses it. Default of the last is everybody who can: the client's own
    /// organisation first, then all others; where values of collections are read, or come as transient data, those of
    /// them that are the collections' members.
    /// </param>
    /// <exception cref="ChaincodeException">The chaincode refused it: its own words and its status. Where it threw what
    /// its caller is not told, that is the inner exception.</exception>
    /// <exception cref="FabricTestException">The peers came to different results.</exception>
    public async Task<TestTransaction> EndorseAsync(
        TestClient client, string transactionName, ProposalOptions? options = null)
    {
        options ??= new ProposalOptions();
        var (proposal, creator) = Propose(client, transactionName, options);
        var named = options.EndorsingOrganizations;
        string first = FirstOf(options, client);
        var endorsers = new List<string> { first };
        _ = _members.PeerOf(first);
        var run = await _network.RunAsync(proposal, creator, first).ConfigureAwait(false);
        foreach (string other in named.Count > 0 ? named.Skip(1) : OthersThatCan(run, proposal.Chaincode, first))
        {
            _ = _members.PeerOf(other);
            var again = await _network.RunAsync(proposal, creator, other).ConfigureAwait(false);
            if (run.DifferenceTo(again) is { } difference)
            {
                throw new FabricTestException(
                    $"The peers disagree on {transactionName}: that of {other} {difference} (that is what {first}'s "
                    + "did). Look for what is not the same at every peer: clocks, randomness, what the process keeps.");
            }

            endorsers.Add(other);
        }

        if (run.PrivateResults is { } secret)
            _ledger.KeepPrivateWrites(proposal.TransactionId, secret);
        return new TestTransaction(this, proposal.TransactionId, run, Order(proposal, run.Results, endorsers));
    }

    /// <summary>Puts transactions on the ledger, in one block and in this order.</summary>
    /// <param name="transactions">What was endorsed; on the ledger already, it is a duplicate.</param>
    /// <returns>What became of each. An invalid one changed nothing.</returns>
    /// <exception cref="FabricTestException">One was endorsed by another ledger.</exception>
    public IReadOnlyList<CommitStatus> Commit(params IReadOnlyList<TestTransaction> transactions)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        RefuseWhenDisposed();
        foreach (var transaction in transactions)
        {
            ArgumentNullException.ThrowIfNull(transaction, nameof(transactions));
            if (transaction.Ledger != this)
            {
                throw new FabricTestException(
                    $"Transaction {transaction.TransactionId} was endorsed by another ledger: commit it there.");
            }
        }

        lock (_commit)
        {
            var (number, codes) = Append([.. transactions.Select(transaction => transaction.Ordered)]);
            CommitStatus[] outcomes =
                [.. transactions.Zip(codes, (one, code) => new CommitStatus(one.TransactionId, code, number))];
            _events.AddRange(
                from pair in transactions.Zip(outcomes)
                where pair.Second.IsSuccessful && pair.First.Event is not null
                let raised = pair.First.Event
                select new ChaincodeEvent(
                    number, raised.TxId, raised.ChaincodeId, raised.EventName, raised.Payload.Memory));
            return outcomes;
        }
    }

    /// <summary>Returns a value as it stands on the ledger; null where the key is absent.</summary>
    /// <param name="key">The key.</param>
    /// <param name="chaincodeName">Whose state. Default is the tested chaincode's.</param>
    public byte[]? GetState(string key, string? chaincodeName = null)
    {
        RefuseWhenDisposed();
        using var simulator = _ledger.NewSimulator("");
        return simulator.GetState(chaincodeName ?? _options.ChaincodeName, key);
    }

    /// <summary>Returns a private value as an organisation's peer has it; null where it has none.</summary>
    /// <param name="mspId">The organisation.</param>
    /// <param name="collection">The collection.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="FabricTestException">There is no such organisation or collection.</exception>
    public byte[]? GetPrivateData(string mspId, string collection, string key)
    {
        RefuseWhenDisposed();
        _ = _members.PeerOf(mspId);
        using var simulator = _ledger.NewSimulator("", mspId);
        try
        {
            return simulator.GetPrivateData(_options.ChaincodeName, collection, [key])[0];
        }
        catch (SimulationException e)
        {
            throw new FabricTestException(e.Message, e);
        }
    }

    /// <summary>Writes a value, or deletes it by null, in a block of its own: what a test begins with.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    public void PutState(string key, byte[]? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var (proposal, _) = Propose(NewClient(), nameof(PutState), new ProposalOptions());
        using var simulator = _ledger.NewSimulator(proposal.TransactionId);
        simulator.SetState(_options.ChaincodeName, key, value);
        var ordered = Order(proposal, simulator.GetReadWriteSet(), _members.MspIds);
        lock (_commit)
        {
            Append([ordered]);
        }
    }

    /// <summary>Ends the chaincode and forgets the ledger; once more does nothing.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_commit)
        {
            return new ValueTask(_ending ??= EndAsync());
        }
    }

    private async Task EndAsync()
    {
        // Outside of the lock, which whoever still commits waits for.
        await Task.Yield();
        await _network.DisposeAsync().ConfigureAwait(false);
        await _ledger.DisposeAsync().ConfigureAwait(false);
        _members.Dispose();
        if (_directory.Exists)
            _directory.Delete(recursive: true);
    }

    private void RefuseWhenDisposed() => ObjectDisposedException.ThrowIf(_ending is not null, this);

    private LocalMembers Members()
    {
        RefuseWhenDisposed();
        return _members;
    }

    private static string FirstOf(ProposalOptions options, TestClient client) =>
        options.EndorsingOrganizations is [var first, ..] ? first : client.MspId;

    private (UnpackedProposal Proposal, DevNetwork.Msp.Identity Creator) Propose(
        TestClient client, string transactionName, ProposalOptions options)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(transactionName);
        RefuseWhenDisposed();
        var (message, _) = ProposalMessage.Create(
            client.Creator, new ProposalTarget(_options.Channel, _options.ChaincodeName), transactionName, options,
            TransactionId.NewNonce(), _options.TimeProvider.GetUtcNow());
        return (UnpackedProposal.Unpack(message.Proposal), _members.Resolve(client.Creator));
    }

    private IEnumerable<string> OthersThatCan(PeerRun run, string chaincode, string first)
    {
        var collections = _definitions[chaincode].Collections;
        return _members.MspIds.Where(mspId => mspId != first && run.Collections.All(
            name => !collections.TryGetValue(name, out var collection) || collection.Members.Contains(mspId)));
    }

    private OrderedTransaction Order(
        UnpackedProposal proposal, TxReadWriteSet results, IEnumerable<string> endorsers) => new()
        {
            Envelope = new Envelope
            {
                Payload = new Payload { Header = proposal.Header }.ToByteString(),
            }.ToByteString(),
            TransactionId = proposal.TransactionId,
            Timestamp = proposal.ChannelHeader.Timestamp.ToByteArray(),
            Chaincode = proposal.Chaincode,
            ReadWriteSets = [.. results.NsRwset.Select(NamespaceReadWriteSet.Read)],
            Endorsers = [.. endorsers.Distinct().Select(_members.PeerOf)],
        };

    private (ulong Number, TxValidationCode[] Codes) Append(IReadOnlyList<OrderedTransaction> transactions)
    {
        var previous = _ledger.GetBlock(_ledger.Height - 1)!.Header;
        var block = _members.Assembler.Assemble(previous, [.. transactions.Select(one => one.Envelope)]);
        _ledger.Commit(block, transactions);
        var codes = block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter];
        return (block.Header.Number, [.. codes.Select(code => (TxValidationCode)code)]);
    }
}
