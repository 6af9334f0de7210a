using System.Threading.Channels;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.DevNetwork.Orderer;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>When a batch is cut: by count, by bytes, by time, and when nothing waits.</summary>
public sealed class BlockCutterTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();

    [Fact]
    public async Task Count_Reached_CutsAtOnce()
    {
        var cutter = NewCutter(new BatchSettings { MaxMessageCount = 2, CutWhenIdle = false });
        Enqueue("a", "b", "c", "d");
        Assert.Equal(["a", "b"], await cutter.NextAsync());
        Assert.Equal(["c", "d"], await cutter.NextAsync());
    }

    [Fact]
    public async Task Bytes_Reached_CutBeforeTheMessageThatExceedsThem()
    {
        var cutter = NewCutter(new BatchSettings { PreferredMaxBytes = 10, CutWhenIdle = false });
        Enqueue("aaaa", "bbbb", "cccc", "dddddd");
        Assert.Equal(["aaaa", "bbbb"], await cutter.NextAsync());
        Assert.Equal(["cccc", "dddddd"], await cutter.NextAsync());
    }

    [Fact]
    public async Task Message_LargerThanPreferred_HasABatchOfItsOwn()
    {
        var cutter = NewCutter(new BatchSettings { PreferredMaxBytes = 10, CutWhenIdle = false });
        Enqueue("aaaa", "bbbbbbbbbbbbbbbb", "cccc");
        _queue.Writer.Complete();
        Assert.Equal(["aaaa"], await cutter.NextAsync());
        Assert.Equal(["bbbbbbbbbbbbbbbb"], await cutter.NextAsync());
        Assert.Equal(["cccc"], await cutter.NextAsync());
        Assert.Null(await cutter.NextAsync());
    }

    [Fact]
    public async Task Time_RunsFromTheFirstMessage()
    {
        var cutter = NewCutter(new BatchSettings { Timeout = TimeSpan.FromSeconds(2), CutWhenIdle = false });
        Enqueue("a");
        var batch = cutter.NextAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(batch.IsCompleted);
        Enqueue("b");
        while (!batch.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(["a", "b"], await batch);
    }

    [Fact]
    public async Task Idle_CutsWhatThereIsWithoutWaiting()
    {
        var cutter = NewCutter(new BatchSettings { Timeout = TimeSpan.FromHours(1), CutWhenIdle = true });
        Enqueue("a", "b");
        Assert.Equal(["a", "b"], await cutter.NextAsync());
        var batch = cutter.NextAsync().AsTask();
        Assert.False(batch.IsCompleted);
        Enqueue("c");
        Assert.Equal(["c"], await batch);
    }

    private BlockCutter<string> NewCutter(BatchSettings settings) =>
        new(_queue.Reader, settings, message => message.Length, _time);

    private void Enqueue(params ReadOnlySpan<string> messages)
    {
        foreach (string message in messages)
        {
            Assert.True(_queue.Writer.TryWrite(message));
        }
    }
}
