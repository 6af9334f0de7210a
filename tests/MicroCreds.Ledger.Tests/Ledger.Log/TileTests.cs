using MicroCreds.Ledger.Log.Tiles;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

public sealed class TileTests
{
    [Theory]
    [InlineData("tile/0/000", 0, 0, 256)]
    [InlineData("tile/0/x001/x234/067", 0, 1_234_067, 256)]
    [InlineData("tile/1/x001/000.p/17", 1, 1000, 17)]
    [InlineData("tile/63/999.p/255", 63, 999, 255)]
    [InlineData("tile/entries/x273/001.p/1", Tile.Entries, 273_001, 1)]
    public void Path_IsReadAndWritten(string path, int level, long index, int width)
    {
        Assert.True(Tile.TryParse(path, out var tile));
        Assert.Equal(new Tile(level, index, width), tile);
        Assert.Equal(path, tile.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("tile/0")]
    [InlineData("tile/0/")]
    [InlineData("tile/0/0")]
    [InlineData("tile/0/0000")]
    [InlineData("tile/00/000")]
    [InlineData("tile/64/000")]
    [InlineData("tile/-1/000")]
    [InlineData("tile/data/000")]
    [InlineData("tile/0/001/067")]
    [InlineData("tile/0/x000/067")]
    [InlineData("tile/0/x001/x067")]
    [InlineData("tile/0/000.p/0")]
    [InlineData("tile/0/000.p/256")]
    [InlineData("tile/0/000.p/01")]
    [InlineData("tile/0/000.p/")]
    [InlineData("tile/0/000.p/1/2")]
    [InlineData("tile/0/000/..")]
    [InlineData("tile/0/x999/x999/x999/x999/x999/x999/x999/999")]
    [InlineData("Tile/0/000")]
    public void Path_InAnyOtherSpelling_IsNone(string path) => Assert.False(Tile.TryParse(path, out _));

    // The specification's own example.
    [Fact]
    public void AllOf_SeventyThousandLeaves_AreTheTilesThatTheSpecificationCounts()
    {
        var tiles = Tile.AllOf(70_000).Where(tile => tile.Level != Tile.Entries).ToList();
        Assert.Equal(273, tiles.Count(tile => tile is { Level: 0, IsFull: true }));
        Assert.Equal(new Tile(0, 273, 112), tiles.Single(tile => tile is { Level: 0, IsFull: false }));
        Assert.Equal(
            [new Tile(1, 0, 256), new Tile(1, 1, 17), new Tile(2, 0, 1)], tiles.Where(tile => tile.Level > 0));
        Assert.Equal(
            [new Tile(0, 0, 256), new Tile(1, 0, 1)], Tile.AllOf(256).Where(tile => tile.Level != Tile.Entries));
        Assert.Empty(Tile.AllOf(0));
        Assert.Equal([new Tile(Tile.Entries, 0, 1), new Tile(0, 0, 1)], Tile.AllOf(1));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 40)]
    public void WidthOf_NoMatterHowFarOut_IsNone(long index) =>
        Assert.Equal(0, Tile.WidthOf(0, index, 1 << 20));

    [Fact]
    public void Bundle_IsReadBack_AndADamagedOneIsRefused()
    {
        byte[][] entries = [[], [1, 2, 3], new byte[EntryBundle.MaxEntryBytes]];
        byte[] bundle = EntryBundle.Write(entries);
        Assert.Equal(entries, EntryBundle.Read(bundle, entries.Length));
        Assert.Throws<FormatException>(() => EntryBundle.Read(bundle, 2));
        Assert.Throws<FormatException>(() => EntryBundle.Read(bundle, 4));
        Assert.Throws<FormatException>(() => EntryBundle.Read(bundle.AsSpan()[..^1], 3));
        Assert.Throws<FormatException>(() => EntryBundle.Read([.. bundle, 0], 3));
        Assert.Throws<ArgumentException>(() => EntryBundle.Write([new byte[EntryBundle.MaxEntryBytes + 1]]));
    }
}
