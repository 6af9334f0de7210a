using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.Ledger.CommandLine;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>A store whose file was damaged: it is named, with the mend, wherever it is met.</summary>
public sealed class DamagedStoreTests : IAsyncLifetime
{
    private const int PageBytes = 4096;

    private SampleStore _sample = null!;

    private string StoreFile => Path.Combine(_sample.Folder, StorePlace.FileName);

    public async ValueTask InitializeAsync()
    {
        _sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(_sample.Place);
        await SampleStore.FillAsync(store);
    }

    public ValueTask DisposeAsync() => _sample.DisposeAsync();

    [Theory]
    [InlineData(0, 16)]
    [InlineData(PageBytes, int.MaxValue)]
    public async Task Open_OfADamagedFile_NamesItAndTheMend(int from, int length)
    {
        Damage(from, length);
        var fault = await Assert.ThrowsAsync<StoreDamagedException>(() => GatewayStore.OpenAsync(_sample.Place));
        Assert.Contains(StoreFile, fault.Message, StringComparison.Ordinal);
        Assert.Contains("put its backup in its place", fault.Message, StringComparison.Ordinal);
        var ended = (await MicroCredsProgram.RunAsync("store", "check", "--data-directory", _sample.Folder)).Ends(65);
        Assert.Contains(StoreFile, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfAFileWhosePageWasOverwritten_NamesIt()
    {
        // The last page: what is asked for at the start lies before it.
        Damage((int)new FileInfo(StoreFile).Length - PageBytes, PageBytes);
        var ended = (await MicroCredsProgram.RunAsync("store", "check", "--data-directory", _sample.Folder)).Ends(1);
        Assert.Contains($"{StoreFile} is damaged", ended.Output, StringComparison.Ordinal);
    }

    private void Damage(int from, int length)
    {
        byte[] bytes = File.ReadAllBytes(StoreFile);
        bytes.AsSpan(from, Math.Min(length, bytes.Length - from)).Fill(0xA5);
        File.WriteAllBytes(StoreFile, bytes);
    }
}
