using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client;

public sealed class FileCheckpointerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string FilePath => _folder.File("checkpoint.json");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task NoFile_HasNoPosition_AndMakesNone()
    {
        using var checkpointer = FileCheckpointer.Open(FilePath);
        Assert.Null(await checkpointer.LoadAsync(Cancel));
        Assert.False(File.Exists(FilePath));
    }

    [Theory]
    [InlineData(0UL, null)]
    [InlineData(0UL, "tx")]
    [InlineData(ulong.MaxValue, "tx")]
    public async Task Saved_IsLoadedByTheNextProcess(ulong block, string? transactionId)
    {
        using (var first = FileCheckpointer.Open(FilePath))
        {
            await first.SaveAsync(new Checkpoint(1, "earlier"), Cancel);
            await first.SaveAsync(new Checkpoint(block, transactionId), Cancel);
        }

        using var second = FileCheckpointer.Open(FilePath);
        Assert.Equal(
            block == 0 && transactionId is null ? null : new Checkpoint(block, transactionId),
            await second.LoadAsync(Cancel));
        Assert.Equal([FilePath], Directory.GetFiles(_folder.Path));
    }

    [Theory]
    [InlineData("""{"blockNumber":12,"transactionId":"a"}""", 12, "a")]
    [InlineData("""{"blockNumber":"12","transactionId":""}""", 12, null)]
    [InlineData("""{"blockNumber":"12"}""", 12, null)]
    public async Task FileOfAnOfficialClient_IsTakenOver(string json, ulong block, string? transactionId)
    {
        await File.WriteAllTextAsync(FilePath, json, Cancel);
        using var checkpointer = FileCheckpointer.Open(FilePath);
        Assert.Equal(new Checkpoint(block, transactionId), await checkpointer.LoadAsync(Cancel));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"blockNumber":-1}""")]
    [InlineData("""{"blockNumber":"x"}""")]
    [InlineData("""{"blockNumber":1,"transactionId":5}""")]
    public async Task FileThatIsNoCheckpoint_IsRefusedAndKept(string content)
    {
        await File.WriteAllTextAsync(FilePath, content, Cancel);
        var e = Assert.Throws<InvalidDataException>(() => FileCheckpointer.Open(FilePath));
        Assert.Contains(FilePath, e.Message, StringComparison.Ordinal);
        Assert.Equal(content, await File.ReadAllTextAsync(FilePath, Cancel));
    }

    [Fact]
    public async Task WriteThatFails_LeavesTheOldPosition()
    {
        using var checkpointer = FileCheckpointer.Open(FilePath);
        await checkpointer.SaveAsync(new Checkpoint(5), Cancel);
        // A folder in the place of the next file makes writing it impossible, for root too.
        Directory.CreateDirectory(FilePath + ".next");
        await Assert.ThrowsAnyAsync<Exception>(async () => await checkpointer.SaveAsync(new Checkpoint(6), Cancel));
        Assert.Equal(new Checkpoint(5), await checkpointer.LoadAsync(Cancel));
        using var again = FileCheckpointer.Open(FilePath);
        Assert.Equal(new Checkpoint(5), await again.LoadAsync(Cancel));
    }

    [Fact]
    public void FolderMissing_IsSaidAtOnce() =>
        Assert.Throws<DirectoryNotFoundException>(() => FileCheckpointer.Open(_folder.File("no/such/checkpoint.json")));
}
