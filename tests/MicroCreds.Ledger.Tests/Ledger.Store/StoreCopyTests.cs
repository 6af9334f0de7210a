using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>A store that is copied from one engine to the other.</summary>
public sealed class StoreCopyTests
{
    [Fact]
    public async Task SqliteToPostgresToSqlite_IsTheSameByRow()
    {
        await using var first = await SampleStore.NewAsync(isPostgres: false);
        await using var second = await SampleStore.NewAsync(isPostgres: true);
        await using var third = await SampleStore.NewAsync(isPostgres: false);
        await using (var store = await GatewayStore.OpenAsync(first.Place)) await SampleStore.FillAsync(store);

        byte[] file = await ExportAsync(first);
        await ImportAsync(second, file);
        Assert.Equal(Lines(file), Lines(await ExportAsync(second)));
        await ImportAsync(third, await ExportAsync(second));
        Assert.Equal(Lines(file), Lines(await ExportAsync(third)));

        // A number that was given is never given again, not even one whose issuance is gone.
        foreach (var place in new[] { second, third })
        {
            await using var store = await GatewayStore.OpenAsync(place.Place);
            var (added, _) = await SampleStore.AddOneAsync(new IssuanceStore(store));
            Assert.Equal(4, added.Number);
        }
    }

    [Fact]
    public async Task Import_IntoAStoreThatHoldsSomething_IsRefused()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using (var store = await GatewayStore.OpenAsync(sample.Place)) await SampleStore.FillAsync(store);
        byte[] file = await ExportAsync(sample);
        var refused = await Assert.ThrowsAsync<StoreException>(() => ImportAsync(sample, file));
        Assert.Contains("not empty", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Lines(file), Lines(await ExportAsync(sample)));
    }

    [Fact]
    public async Task Import_OfAFileThatWasCutOff_KeepsNothing()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var target = await SampleStore.NewAsync(isPostgres: false);
        await using (var store = await GatewayStore.OpenAsync(sample.Place)) await SampleStore.FillAsync(store);
        byte[] file = await ExportAsync(sample);
        string[] lines = Lines(file);
        string[] broken = [string.Join('\n', lines[..^1]), string.Join('\n', [.. lines[..3], .. lines[4..]]), "x", ""];
        foreach (string text in broken)
        {
            await Assert.ThrowsAsync<StoreException>(
                () => ImportAsync(target, System.Text.Encoding.UTF8.GetBytes(text)));
        }

        await ImportAsync(target, file);
        Assert.Equal(lines, Lines(await ExportAsync(target)));
    }

    private static async Task<byte[]> ExportAsync(SampleStore sample)
    {
        await using var database = sample.Place.Open(Schema.RequireCurrent);
        using var file = new MemoryStream();
        database.Export(file);
        return file.ToArray();
    }

    private static async Task ImportAsync(SampleStore sample, byte[] file)
    {
        await using var database = sample.Place.Open(Schema.Upgrade);
        using var stream = new MemoryStream(file);
        await StoreCopy.ImportAsync(database, stream);
    }

    private static string[] Lines(byte[] file) =>
        System.Text.Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
