using System.Globalization;
using System.Text;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A log in memory: its entries and its tiles.</summary>
internal sealed class SampleTree
{
    private readonly Dictionary<(int Level, long Index), byte[]> _tiles = [];

    /// <param name="size">The number of leaves.</param>
    /// <param name="step">How many are appended at once.</param>
    /// <param name="word">What each leaf says before its number.</param>
    public SampleTree(int size, int step = int.MaxValue, string word = "leaf")
    {
        while (Entries.Count < size)
        {
            var growth = new TileGrowth(Entries.Count, Read);
            for (int i = 0; i < step && Entries.Count < size; i++)
            {
                byte[] entry = Encoding.UTF8.GetBytes(string.Create(
                    CultureInfo.InvariantCulture, $"{word} {Entries.Count}"));
                Entries.Add(entry);
                growth.Append(MerkleTree.LeafHash(entry));
            }

            foreach (var (tile, hashes) in growth.Changed) _tiles[(tile.Level, tile.Index)] = hashes;
            Assert.Equal(Tree.Root(), growth.Root());
        }
    }

    public List<byte[]> Entries { get; } = [];

    public TiledTree Tree => new(Entries.Count, Read);

    /// <summary>The tree when it was smaller, out of the tiles of now.</summary>
    public TiledTree At(long size) => new(size, Read);

    /// <summary>What is served for a tile.</summary>
    public byte[] Serve(Tile tile) => tile.Level == Tile.Entries
        ? EntryBundle.Write(Entries.GetRange((int)tile.Index * Tile.FullWidth, tile.Width))
        : _tiles[(tile.Level, tile.Index)][..(tile.Width * MerkleTree.HashLength)];

    private ReadOnlyMemory<byte> Read(Tile tile) => _tiles[(tile.Level, tile.Index)];
}
