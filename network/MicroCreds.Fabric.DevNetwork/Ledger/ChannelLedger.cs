using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Ledger;
using MicroCreds.Fabric.Protocol.Peer;

namespace MicroCreds.Fabric.DevNetwork.Ledger;

/// <summary>Where a transaction stands on the ledger.</summary>
internal readonly record struct TransactionPosition(ulong BlockNumber, int Index, TxValidationCode Code);

/// <summary>The channel's blocks and state, shared by every organisation's peer. Thread-safe.</summary>
internal sealed class ChannelLedger : IAsyncDisposable
{
    /// <summary>How many of the newest blocks are kept in memory, for those who follow the chain.</summary>
    public const int MaxCachedBlocks = 32;

    private readonly LedgerDatabase _database;
    private readonly LedgerWriter _writer;
    private readonly LedgerReader _committed;
    private readonly SnapshotPool _snapshots;
    private readonly IReadOnlyDictionary<string, ChaincodeDefinition> _chaincodes;
    private readonly ConcurrentBag<LedgerReader> _readers = [];
    private readonly ConcurrentDictionary<ulong, Block> _recent = new();
    private readonly TransactionWaiters _waiters = new();
    private readonly TransientStore _transient = new();
    private readonly Lock _commit = new();
    private TaskCompletionSource _advanced = NewSignal();
    private ulong _height;
    private bool _disposed;

    private ChannelLedger(
        LedgerDatabase database, string channelId, IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes)
    {
        (_database, ChannelId, _chaincodes) = (database, channelId, chaincodes);
        _writer = new LedgerWriter(database);
        _committed = database.OpenReader();
        _snapshots = new SnapshotPool(database);
        _height = _committed.ReadHeight();
    }

    /// <summary>The channel's name.</summary>
    public string ChannelId { get; }

    /// <summary>The number of blocks; block 0 is the channel configuration.</summary>
    public ulong Height => Volatile.Read(ref _height);

    /// <summary>Opens a ledger; a new one starts with this block.</summary>
    public static ChannelLedger Open(
        LedgerDatabase database,
        string channelId,
        IReadOnlyDictionary<string, ChaincodeDefinition> chaincodes,
        Func<Block> makeGenesis)
    {
        var ledger = new ChannelLedger(database, channelId, chaincodes);
        if (ledger.Height == 0)
        {
            ledger.Append(
                makeGenesis(), [TxValidationCode.Valid], [], new BlockUpdates(ledger._committed, 0), secret: null);
        }

        return ledger;
    }

    /// <summary>Starts a simulation on the newest committed state; later commits stay invisible to it.</summary>
    /// <param name="transactionId">The transaction.</param>
    /// <param name="mspId">The organisation whose private values are read. Default is none's.</param>
    public TransactionSimulator NewSimulator(string transactionId, string mspId = "") =>
        new(_snapshots, _chaincodes, transactionId, mspId);

    /// <summary>Finds a committed transaction: the first one, if its id was used more than once.</summary>
    public bool TryGetTransaction(string transactionId, out TransactionPosition position)
    {
        var reader = Borrow();

        // On disk is not yet told: whoever hears of a transaction must find its writes in the next simulation.
        bool found = reader.TryReadTransaction(transactionId, out position) && position.BlockNumber < Height;
        _readers.Add(reader);
        return found;
    }

    /// <summary>Returns a committed block, or null if it is not there yet. Callers must not change it.</summary>
    public Block? GetBlock(ulong number)
    {
        if (_recent.TryGetValue(number, out var block) || number >= Height)
        {
            return block;
        }

        var reader = Borrow();
        block = reader.ReadBlock(number);
        _readers.Add(reader);
        return block;
    }

    /// <summary>Keeps the private writes of a simulated transaction until it is committed.</summary>
    public void KeepPrivateWrites(string transactionId, TxPvtReadWriteSet writes) =>
        _transient.Keep(transactionId, Height, writes);

    /// <summary>Returns the private writes of a block that an organisation keeps, in order.</summary>
    public IReadOnlyList<KeyValuePair<PrivateWritesKey, ByteString>> GetPrivateWrites(ulong number, string mspId)
    {
        var reader = Borrow();
        var writes = reader.ReadPrivateWrites(number, mspId);
        _readers.Add(reader);
        return writes;
    }

    /// <summary>Returns the height, the newest block's hash and the one before it.</summary>
    public BlockchainInfo GetInfo()
    {
        ulong height = Height;
        var header = GetBlock(height - 1)!.Header;
        return new BlockchainInfo
        {
            Height = height,
            CurrentBlockHash = ByteString.CopyFrom(BlockHash.OfHeader(header)),
            PreviousBlockHash = header.PreviousHash,
        };
    }

    /// <summary>Waits until the ledger has at least this many blocks.</summary>
    public async Task WaitForHeightAsync(ulong height, CancellationToken cancellationToken)
    {
        while (true)
        {
            var advanced = Volatile.Read(ref _advanced).Task;
            if (Height >= height)
            {
                return;
            }

            await advanced.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Yields every block from this number on, waiting for those to come.</summary>
    public async IAsyncEnumerable<Block> ReadBlocksAsync(
        ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (ulong number = from; ; number++)
        {
            await WaitForHeightAsync(number + 1, cancellationToken).ConfigureAwait(false);
            yield return GetBlock(number)!;
        }
    }

    /// <summary>Waits until the transaction is committed, valid or not; returns at once if it is.</summary>
    public Task<TransactionPosition> WaitForTransactionAsync(
        string transactionId, CancellationToken cancellationToken) =>
        _waiters.WaitAsync(
            transactionId,
            () => TryGetTransaction(transactionId, out var position) ? position : null,
            cancellationToken);

    /// <summary>Validates the transactions of a new block and makes it durable. One at a time, in order.</summary>
    /// <param name="block">The block as the orderer signed it.</param>
    /// <param name="transactions">Its transactions, one for each of its envelopes.</param>
    public void Commit(Block block, IReadOnlyList<OrderedTransaction> transactions)
    {
        lock (_commit)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (block.Header.Number != Height)
            {
                throw new InvalidOperationException(
                    $"Block {block.Header.Number} cannot follow block {Height - 1}.");
            }

            var updates = new BlockUpdates(_committed, block.Header.Number);
            var codes = new BlockValidator(_committed, _chaincodes, updates).Validate(transactions);
            var secret = new PrivateUpdates(_committed, _chaincodes, updates, block.Header.Number);
            secret.Apply(transactions, codes, _transient);
            var index = transactions
                .Select((transaction, position) => (transaction.TransactionId, position, codes[position]))
                .Where(entry => entry.TransactionId.Length > 0);
            Append(block, codes, [.. index], updates, secret);
            _transient.Forget(transactions.Select(transaction => transaction.TransactionId), Height);
            _writer.TrimLog();
        }
    }

    public ValueTask DisposeAsync()
    {
        lock (_commit)
        {
            if (_disposed)
            {
                return ValueTask.CompletedTask;
            }

            _disposed = true;
            _snapshots.Dispose();
            foreach (var reader in _readers)
            {
                reader.Dispose();
            }

            _committed.Dispose();
            _writer.Dispose();
            _database.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LedgerReader Borrow()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _readers.TryTake(out var reader) ? reader : _database.OpenReader();
    }

    private void Append(
        Block block,
        TxValidationCode[] codes,
        IReadOnlyList<(string Id, int Position, TxValidationCode Code)> transactions,
        BlockUpdates updates,
        PrivateUpdates? secret)
    {
        block.Metadata.Metadata[(int)BlockMetadataIndex.TransactionsFilter] =
            UnsafeByteOperations.UnsafeWrap(Array.ConvertAll(codes, code => (byte)code));
        _writer.Write(new BlockWrites
        {
            Number = block.Header.Number,
            Bytes = block.ToByteArray(),
            Transactions = transactions,
            State = updates.State,
            History = updates.History,
            Private = secret,
        });
        Publish(block, transactions);
    }

    private void Publish(Block block, IReadOnlyList<(string Id, int Position, TxValidationCode Code)> transactions)
    {
        ulong number = block.Header.Number;
        _snapshots.Renew();
        _recent[number] = block;
        if (number >= MaxCachedBlocks)
        {
            _recent.TryRemove(number - MaxCachedBlocks, out _);
        }

        Volatile.Write(ref _height, number + 1);
        Interlocked.Exchange(ref _advanced, NewSignal()).SetResult();
        foreach (var (id, position, code) in transactions)
        {
            _waiters.Complete(id, new TransactionPosition(number, position, code));
        }
    }
}
