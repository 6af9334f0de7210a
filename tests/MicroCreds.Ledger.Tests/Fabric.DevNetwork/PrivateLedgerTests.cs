using System.Text;
using MicroCreds.Fabric.DevNetwork.Chaincodes;
using MicroCreds.Fabric.DevNetwork.Ledger;
using Microsoft.Data.Sqlite;
using Xunit;
using static MicroCreds.Fabric.Protocol.Peer.TxValidationCode;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>What the ledger keeps of private data, block by block and over restarts.</summary>
public sealed class PrivateLedgerTests : IAsyncLifetime
{
    private const string Cc = TestLedger.Chaincode;
    private const string Own = CollectionDefinition.ImplicitPrefix + "A";

    private readonly TestLedger _ledger = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Values_OutliveARestart()
    {
        Assert.Equal([Valid], _ledger.Commit(Put("k", "v")));
        await _ledger.ReopenAsync();
        Assert.Equal("v", Read("A", "k"));
        Assert.Single(_ledger.Ledger.GetPrivateWrites(1, "A"));
        Assert.Empty(_ledger.Ledger.GetPrivateWrites(1, "B"));
    }

    [Fact]
    public void Values_ThatNobodyPassedOn_AreNotAvailable_UntilTheyAreWrittenAgain()
    {
        Assert.Equal([Valid], _ledger.Commit(Put("k", "lost", passesOn: false)));
        var fault = Assert.Throws<SimulationException>(() => Read("A", "k"));
        Assert.Equal(
            "private data matching public hash version is not available. Public hash version = {BlockNum: 1, TxNum: "
                + "0}, Private data version = <nil>",
            fault.Message);
        Assert.Equal([Valid], _ledger.Commit(Put("k", "found")));
        Assert.Equal("found", Read("A", "k"));
    }

    [Fact]
    public void Values_OfAnInvalidTransaction_AreKeptButAreNoState()
    {
        Assert.Equal([EndorsementPolicyFailure], _ledger.Commit(Put("k", "v", endorser: _ledger.B.Peer)));
        Assert.Null(Read("A", "k"));
        Assert.Single(_ledger.Ledger.GetPrivateWrites(1, "A"));
    }

    [Fact]
    public void Purge_InTheSameBlock_ForgetsWhatCameBefore_NotWhatComesAfter()
    {
        var first = Put("k", "1");
        var purge = Put("k", null, isPurge: true);
        var last = Put("k", "3");
        Assert.Equal([Valid, Valid, Valid], _ledger.Commit(first, purge, last));
        Assert.Equal("3", Read("A", "k"));
        Assert.Equal([0, 0, 1], _ledger.Ledger.GetPrivateWrites(1, "A").Select(
            entry => MicroCreds.Fabric.Protocol.Ledger.KVRWSet.Parser.ParseFrom(entry.Value).Writes.Count));
    }

    [Fact]
    public void Purge_WhoseOwnWritesNobodyPassedOn_ForgetsWhatItsBlockWroteBefore()
    {
        var first = Put("k", "1");
        var purge = Put("k", null, passesOn: false, isPurge: true);
        Assert.Equal([Valid, Valid], _ledger.Commit(first, purge));
        Assert.Null(Read("A", "k"));
        using var simulator = _ledger.Ledger.NewSimulator("range", "A");
        using var range = simulator.GetPrivateDataRange(Cc, Own, "", "");
        Assert.Null(range.Next());
    }

    /// <summary>Without an index each block would walk through all that is older.</summary>
    [Fact]
    public void Expiry_IsFoundByIndex()
    {
        using var connection = new SqliteConnection($"Data Source={_ledger.File};Pooling=False");
        connection.Open();
        Assert.Contains("INDEX private_state_by_block (chaincode=? AND block<?)", PlanOf(LedgerReader.KeysUntil),
            StringComparison.Ordinal);
        Assert.Contains("INDEX private_writes_by_collection (chaincode=? AND collection=? AND block<?)",
            PlanOf(LedgerWriter.Expire), StringComparison.Ordinal);

        string PlanOf(string statement)
        {
            using var explain = connection.CreateCommand();
            explain.CommandText = "EXPLAIN QUERY PLAN " + statement;
            for (int i = 0; i < 3; i++) explain.Parameters.AddWithValue($"${i}", "x");
            using var plan = explain.ExecuteReader();
            return plan.Read() ? plan.GetString(3) : "";
        }
    }

    [Fact]
    public async Task Ledger_FromBeforePrivateData_IsOpenedAndGoesOn()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        await using (var connection = new SqliteConnection($"Data Source={_ledger.File};Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var drop = connection.CreateCommand();
            drop.CommandText = "DROP TABLE private_writes";
            await drop.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await _ledger.ReopenAsync();
        Assert.Equal("1", _ledger.Get("k"));
        Assert.Equal([Valid], _ledger.Commit(Put("k", "v")));
        Assert.Equal("v", Read("A", "k"));
    }

    private TestTransaction Put(
        string key, string? value, bool passesOn = true, bool isPurge = false, TestSigner? endorser = null)
    {
        using var simulator = _ledger.Ledger.NewSimulator("tx", "A");
        simulator.SetPrivateData(Cc, Own, key, value is null ? null : Encoding.UTF8.GetBytes(value), isPurge);
        var transaction = new TestTransaction
        {
            Creator = _ledger.A.User,
            Endorsers = [endorser ?? _ledger.A.Peer],
            Results = simulator.GetResults(),
        };
        if (passesOn)
        {
            _ledger.Ledger.KeepPrivateWrites(transaction.Id, simulator.PrivateResults!);
        }

        return transaction;
    }

    private string? Read(string mspId, string key)
    {
        using var simulator = _ledger.Ledger.NewSimulator("read", mspId);
        byte[]? value = simulator.GetPrivateData(Cc, Own, key);
        return value is null ? null : Encoding.UTF8.GetString(value);
    }
}
