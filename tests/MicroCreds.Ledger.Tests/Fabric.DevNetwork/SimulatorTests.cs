using System.Text;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.Protocol.Ledger;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>Simulations: what they see, and the bytes that every peer must arrive at.</summary>
public sealed class SimulatorTests : IAsyncDisposable
{
    private const string Cc = TestLedger.Chaincode;

    private readonly TestLedger _ledger = new();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public void Snapshot_LaterCommits_AreInvisible()
    {
        _ledger.Commit(_ledger.Put("k", "1"));
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        _ledger.Commit(_ledger.Put("k", "2"), _ledger.Put("l", "2"));
        Assert.Equal("1"u8.ToArray(), simulator.GetState(Cc, "k"));
        Assert.Null(simulator.GetState(Cc, "l"));
        Assert.Single(simulator.GetHistory(Cc, "k"));
        using var range = simulator.GetStateRange(Cc, "", "");
        Assert.Equal("k", range.Next()?.Key);
        Assert.Null(range.Next());
        Assert.Equal("2", _ledger.Get("k"));
    }

    [Fact]
    public void OwnWrites_AreNotRead()
    {
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        simulator.SetState(Cc, "k", "1"u8.ToArray());
        Assert.Null(simulator.GetState(Cc, "k"));
    }

    /// <summary>Chaincodes in other languages may write one; peers record it as a deletion.</summary>
    [Fact]
    public void EmptyValue_IsADeletionInTheResults()
    {
        using var writing = _ledger.Ledger.NewSimulator("tx");
        writing.SetState(Cc, "k", []);
        using var deleting = _ledger.Ledger.NewSimulator("tx");
        deleting.DeleteState(Cc, "k");
        Assert.Equal(deleting.GetResults(), writing.GetResults());
    }

    [Fact]
    public void Results_AreSortedByUtf8AndIndependentOfOrder()
    {
        // U+FF5E sorts before U+1F600 in UTF-8, and after its surrogates in UTF-16.
        string[] keys = ["b", "a", "\U0001F600", "\uFF5E", "ä"];
        byte[] Run(IEnumerable<string> order)
        {
            using var simulator = _ledger.Ledger.NewSimulator("tx");
            foreach (string key in order)
            {
                simulator.GetState(Cc, key);
                simulator.SetState(Cc, key, Encoding.UTF8.GetBytes(key));
                simulator.SetState("another", key, "1"u8.ToArray());
            }

            return [.. simulator.GetResults()];
        }

        byte[] results = Run(keys);
        Assert.Equal(results, Run(keys.Reverse()));
        var set = TxReadWriteSet.Parser.ParseFrom(results);
        Assert.Equal(["another", Cc], set.NsRwset.Select(ns => ns.Namespace));
        var writes = KVRWSet.Parser.ParseFrom(set.NsRwset[1].Rwset).Writes.Select(write => write.Key);
        Assert.Equal(["a", "b", "ä", "\uFF5E", "\U0001F600"], writes);
    }

    [Fact]
    public void Results_OfARead_HaveThePeersBytes()
    {
        _ledger.Commit(_ledger.Put("x", "1"), _ledger.Put("k", "1"));
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        simulator.GetState(Cc, "k");
        simulator.GetState(Cc, "no");
        simulator.DeleteState(Cc, "k");

        // Block 1, transaction 1; an absent key is read without a version; a deletion has no value.
        Assert.Equal(
            "121e" + "0a026363" + "1218" + "0a09" + "0a016b" + "120408011001" + "0a04" + "0a026e6f"
                + "1a05" + "0a016b" + "1001",
            Convert.ToHexStringLower(simulator.GetResults().Span));
    }

    [Fact]
    public void Range_IsInTheOrderOfUtf8AndBounded()
    {
        _ledger.Commit(
            _ledger.Put("\U0001F600", "1"), _ledger.Put("\uFF5E", "1"), _ledger.Put("a", "1"), _ledger.Put("b", "1"));
        Assert.Equal(["a", "b", "\uFF5E", "\U0001F600"], Keys("", ""));
        Assert.Equal(["b", "\uFF5E"], Keys("b", "\U0001F600"));
        Assert.Empty(Keys("b", "a"));
    }

    [Fact]
    public void Range_LongerThanOneQuery_ComesWhole()
    {
        int count = (LedgerReader.PageEntries * 2) + 1;
        _ledger.Commit(_ledger.Simulate(s =>
        {
            for (int i = 0; i < count; i++)
            {
                s.SetState(Cc, $"k{i:D5}", "1"u8.ToArray());
            }
        }));
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"k{i:D5}"), Keys("", ""));
    }

    [Fact]
    public void Page_EndsWithTheNextKeyAsBookmark()
    {
        _ledger.Commit(_ledger.Put("a", "1"), _ledger.Put("b", "1"), _ledger.Put("c", "1"));
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        using var page = simulator.GetStatePage(Cc, "", "", 2);
        Assert.Equal(["a", "b"], [page.Next()?.Key, page.Next()?.Key]);
        Assert.Null(page.Next());
        Assert.Equal("c", page.GetBookmarkAndClose());
        using var last = simulator.GetStatePage(Cc, "c", "", 2);
        Assert.Equal("c", last.Next()?.Key);
        Assert.Null(last.Next());
        Assert.Equal("", last.GetBookmarkAndClose());
    }

    [Fact]
    public void Pages_AndWrites_DoNotMix()
    {
        using var simulator = _ledger.Ledger.NewSimulator("tx7");
        using var page = simulator.GetStatePage(Cc, "", "", 2);
        var fault = Assert.Throws<SimulationException>(() => simulator.SetState(Cc, "k", []));
        Assert.Equal(
            "txid [tx7]: unsuppored transaction. Transaction has already performed a paginated query. Writes are not "
                + "allowed",
            fault.Message);
        using var writer = _ledger.Ledger.NewSimulator("tx8");
        writer.SetState(Cc, "k", "1"u8.ToArray());
        Assert.Throws<SimulationException>(() => writer.GetStatePage(Cc, "", "", 2));
    }

    [Fact]
    public void History_IsNewestFirstWithDeletions()
    {
        var first = _ledger.Put("k", "1");
        _ledger.Commit(first);
        _ledger.Commit(_ledger.Put("k", "2"), _ledger.Put("k", "3"));
        _ledger.Commit(_ledger.Simulate(s => s.DeleteState(Cc, "k")));
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        var history = simulator.GetHistory(Cc, "k").ToArray();
        Assert.Equal(["", "3", "2", "1"], history.Select(change => change.Value.ToStringUtf8()));
        Assert.Equal([true, false, false, false], history.Select(change => change.IsDelete));
        Assert.Equal(first.Id, history[^1].TxId);
        Assert.NotNull(history[^1].Timestamp);
        Assert.Empty(simulator.GetHistory(Cc, "absent"));
    }

    private List<string> Keys(string start, string end)
    {
        using var simulator = _ledger.Ledger.NewSimulator("tx");
        using var range = simulator.GetStateRange(Cc, start, end);
        var keys = new List<string>();
        while (range.Next() is { } entry)
        {
            keys.Add(entry.Key);
        }

        return keys;
    }
}
