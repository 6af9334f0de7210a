using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

public sealed class TiledTreeTests
{
    private const string Origin = "log.example/sample";

    /// <summary>The tree that issuances have, which other vectors pin, is the judge of the one over tiles.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(600)]
    public void RootAndPaths_AreThoseOfTheWholeTree(int size)
    {
        var sample = new SampleTree(size);
        var whole = MerkleTree.Build([.. sample.Entries.Select(entry => MerkleTree.LeafHash(entry))]);
        Assert.Equal(whole.Root, sample.Tree.Root());
        foreach (int index in new[] { 0, size / 2, size - 1 })
        {
            byte[] leaf = MerkleTree.LeafHash(sample.Entries[index]);
            var path = sample.Tree.InclusionProof(index);
            Assert.Equal(whole.ProofFor(index), path);
            Assert.Equal(leaf, sample.Tree.Leaf(index));
            Assert.True(MerkleProof.Verify(whole.Root, leaf, index, size, path));
        }
    }

    [Fact]
    public void Growth_InStepsOfAnyLength_EndsInTheSameTiles()
    {
        var (once, often) = (new SampleTree(66_000), new SampleTree(66_000, 997));
        Assert.Equal(once.Tree.Root(), often.Tree.Root());
        Assert.All(Tile.AllOf(66_000), tile => Assert.Equal(once.Serve(tile), often.Serve(tile)));
    }

    [Fact]
    public void Consistency_OfEveryPairOfSizes_IsProvenAndNothingElseIs()
    {
        const int Size = 70;
        var sample = new SampleTree(Size);
        var other = HeadOf(new SampleTree(Size, 3).Tree) with { Root = new byte[32] };
        for (int later = 0; later <= Size; later++)
        {
            var now = HeadOf(sample.At(later));
            for (int earlier = 0; earlier <= later; earlier++)
            {
                var before = HeadOf(sample.At(earlier));
                var path = sample.At(later).ConsistencyProof(earlier);
                Assert.True(LogProofs.IsConsistent(before, now, path), $"{earlier} in {later}");
                Assert.False(LogProofs.IsConsistent(before, now, [.. path, new byte[32]]));
                Assert.False(LogProofs.IsConsistent(before, now with { Root = other.Root }, path) && earlier > 0);
                if (earlier > 0) Assert.False(LogProofs.IsConsistent(before with { Root = other.Root }, now, path));
                if (path.Count > 0) Assert.False(LogProofs.IsConsistent(before, now, [.. path.Skip(1)]));
                if (earlier < later) Assert.False(LogProofs.IsConsistent(now, before, path));
            }
        }
    }

    [Fact]
    public void Consistency_WithHashesOfAnotherLength_IsNone()
    {
        var sample = new SampleTree(7);
        var (before, now) = (HeadOf(sample.At(5)), HeadOf(sample.Tree));
        var path = sample.Tree.ConsistencyProof(5);
        Assert.False(LogProofs.IsConsistent(before with { Root = new byte[31] }, now, path));
        Assert.False(LogProofs.IsConsistent(before, now, [.. path.Take(1), new byte[33]]));
        Assert.False(LogProofs.IsConsistent(before, now, null!));
    }

    [Fact]
    public void ShortTile_IsNotTakenForAWholeOne()
    {
        var tree = new TiledTree(3, _ => new byte[2 * MerkleTree.HashLength]);
        Assert.Throws<InvalidDataException>(() => tree.Root());
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(4));
        Assert.Throws<InvalidDataException>(
            () => new TileGrowth(3, _ => new byte[MerkleTree.HashLength]).Append(new byte[MerkleTree.HashLength]));
    }

    private static LogHead HeadOf(TiledTree tree) => new(Origin, tree.Size, tree.Root());
}
