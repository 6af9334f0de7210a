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

    [Fact]
    public async Task Import_OfADamagedLine_NamesIt()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var target = await SampleStore.NewAsync(isPostgres: false);
        await using (var store = await GatewayStore.OpenAsync(sample.Place)) await SampleStore.FillAsync(store);
        string head = Lines(await ExportAsync(sample))[0];
        string[] heads =
        [
            "", "[]", "1", "null", "\"x\"", "{\"format\":1}", "{\"format\":\"microcreds-store\",\"value\":\"x\"}",
            "{\"format\":\"microcreds-store\",\"value\":99999999999}",
        ];
        string[] rows =
        [
            "[]", "1", "{}", "{\"table\":1,\"row\":[]}", "{\"table\":\"audit_entry\",\"row\":[]}",
            "{\"table\":\"setting\",\"row\":1}", "{\"table\":\"setting\",\"row\":[true,1]}",
            "{\"table\":\"setting\",\"row\":[\"a\",1.5]}", "{\"table\":\"setting\",\"row\":[\"a\",{\"base64\":\"?\"}]}",
            "{\"table\":\"setting\",\"row\":[null,null]}", "{\"table\":\"setting\",\"row\":[\"\\ud800\",\"b\"]}",
            "{\"table\":\"last_number\",\"row\":[\"x\"]}", "{\"table\":\"awarded\",\"row\":[1,2]}",
            "{\"table\":\"nope\",\"row\":[1]}", "{\"end\":\"x\",\"value\":\"1\"}",
        ];
        foreach (string text in heads.Select(line => line + "\n").Concat(rows.Select(line => $"{head}\n{line}\n")))
        {
            var refused = await Assert.ThrowsAsync<StoreException>(
                () => ImportAsync(target, System.Text.Encoding.UTF8.GetBytes(text)));
            string line = text.StartsWith(head, StringComparison.Ordinal) ? "Line 2 " : "Line 1 ";
            Assert.StartsWith(line, refused.Message, StringComparison.Ordinal);
        }
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
