using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>The ledger as a store: reopening, waiting, snapshots beside commits.</summary>
public sealed class LedgerTests : IAsyncDisposable
{
    private readonly TestLedger _ledger = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Reopened_HasAllThatWasCommitted()
    {
        var transaction = _ledger.Put("k", "1");
        _ledger.Commit(transaction);
        _ledger.Commit(_ledger.Put("k", "2"));
        var block = _ledger.Ledger.GetBlock(1)!;
        await _ledger.ReopenAsync();
        Assert.Equal(3ul, _ledger.Ledger.Height);
        Assert.Equal("2", _ledger.Get("k"));
        Assert.Equal(block, _ledger.Ledger.GetBlock(1));
        Assert.True(_ledger.Ledger.TryGetTransaction(transaction.Id, out var position));
        Assert.Equal(new TransactionPosition(1, 0, TxValidationCode.Valid), position);
        Assert.Equal([TxValidationCode.DuplicateTxid], _ledger.Commit(transaction));
        var info = _ledger.Ledger.GetInfo();
        Assert.Equal(4ul, info.Height);
        Assert.Equal(BlockHash.OfHeader(_ledger.Ledger.GetBlock(3)!.Header), info.CurrentBlockHash.ToByteArray());
    }

    [Fact]
    public async Task Transaction_ToldAsCommitted_IsInTheNextSimulation()
    {
        const int Rounds = 1000;
        for (int i = 0; i < Rounds; i++)
        {
            var transaction = _ledger.Put("k", $"{i}");
            var commit = Task.Run(() => _ledger.Commit(transaction), Cancel);

            // No pause in between: what it watches for lasts microseconds.
            while (!_ledger.Ledger.TryGetTransaction(transaction.Id, out _))
            {
                Cancel.ThrowIfCancellationRequested();
            }

            Assert.Equal($"{i}", _ledger.Get("k"));
            await commit;
        }
    }

    [Fact]
    public void Open_ForAnotherChannel_NamesTheMend()
    {
        var identity = new Dictionary<string, string> { ["channel"] = "another" };
        var fault = Assert.Throws<DevNetworkException>(
            () => LedgerDatabase.Open(_ledger.File, identity, durable: true));
        Assert.Contains("channel is 'channel', not 'another'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("another state directory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfAFileThatIsNoLedger_NamesTheMend()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, new string('x', 5000));
        var fault = Assert.Throws<DevNetworkException>(
            () => LedgerDatabase.Open(file, new Dictionary<string, string>(), durable: true));
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Fact]
    public async Task Waiter_ForATransaction_HearsOfItBeforeAndAfter()
    {
        var transaction = _ledger.Put("k", "1");
        var before = _ledger.Ledger.WaitForTransactionAsync(transaction.Id, Cancel);
        Assert.False(before.IsCompleted);
        _ledger.Commit(transaction);
        var expected = new TransactionPosition(1, 0, TxValidationCode.Valid);
        Assert.Equal(expected, await before);
        Assert.Equal(expected, await _ledger.Ledger.WaitForTransactionAsync(transaction.Id, Cancel));
    }

    [Fact]
    public async Task Waiter_ThatGivesUp_LeavesTheOthersWaiting()
    {
        var transaction = _ledger.Put("k", "1");
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var gone = _ledger.Ledger.WaitForTransactionAsync(transaction.Id, impatient.Token);
        var patient = _ledger.Ledger.WaitForTransactionAsync(transaction.Id, Cancel);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        _ledger.Commit(transaction);
        Assert.Equal(1ul, (await patient).BlockNumber);
    }

    [Fact]
    public async Task Blocks_AreFollowedInOrder()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        var numbers = new List<ulong>();
        await foreach (var block in _ledger.Ledger.ReadBlocksAsync(0, Cancel))
        {
            numbers.Add(block.Header.Number);
            if (numbers.Count == 2)
            {
                _ledger.Commit(_ledger.Put("k", "2"));
            }

            if (numbers.Count == 3)
            {
                break;
            }
        }

        Assert.Equal([0, 1, 2], numbers);
    }

    [Fact]
    public void Snapshots_HeldOpen_DoNotStopCommits()
    {
        var held = new List<TransactionSimulator>();
        for (int i = 0; i < 50; i++)
        {
            held.Add(_ledger.Ledger.NewSimulator($"tx{i}"));
            _ledger.Commit(_ledger.Put("k", $"{i}"));
        }

        for (int i = 0; i < held.Count; i++)
        {
            byte[]? expected = i == 0 ? null : System.Text.Encoding.UTF8.GetBytes($"{i - 1}");
            Assert.Equal(expected, held[i].GetState(TestLedger.Chaincode, "k"));
            held[i].Dispose();
        }
    }
}
