using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Model;

public sealed class MerkleTests
{
    // The leaves that Certificate Transparency's own tests use, and the roots of their first 1, 2, … 8.
    private static readonly string[] Leaves =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

    [Theory]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Root_OfTheKnownLeaves_IsTheKnownRoot(int size, string root) =>
        Assert.Equal(root, Convert.ToHexStringLower(KnownTree(size).Root));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(
        0,
        8,
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(
        5,
        8,
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(
        1,
        5,
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    [InlineData(
        6,
        7,
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    public void ProofFor_KnownLeaf_IsTheKnownPath(int index, int size, params string[] path) =>
        Assert.Equal(path, KnownTree(size).ProofFor(index).Select(Convert.ToHexStringLower));

    [Fact]
    public void ProofFor_EveryLeafOfEverySize_VerifiesThereAndNowhereElse()
    {
        for (int size = 1; size <= 70; size++)
        {
            byte[][] leaves = RandomLeaves(size, seed: size);
            var tree = MerkleTree.Build(leaves);
            Assert.Equal(RootByDefinition(leaves), tree.Root);
            for (int index = 0; index < size; index++)
            {
                var path = tree.ProofFor(index);
                for (int claimed = 0; claimed < size; claimed++)
                {
                    bool verified = MerkleProof.Verify(tree.Root, leaves[index], claimed, size, path);
                    Assert.Equal(claimed == index, verified);
                }
            }
        }
    }

    [Fact]
    public void Verify_PathOfAnotherDepth_IsFalse()
    {
        // Sizes whose paths are alike in shape are told apart by the statement, which names root and size together.
        byte[][] leaves = RandomLeaves(16, seed: 7);
        var tree = MerkleTree.Build(leaves);
        foreach (int size in new[] { 1, 2, 4, 8, 17, 32, 1000 })
        {
            Assert.False(MerkleProof.Verify(tree.Root, leaves[0], 0, size, tree.ProofFor(0)));
        }

        Assert.False(MerkleProof.Verify(tree.Root, leaves[15], 15, 17, tree.ProofFor(15)));
    }

    [Fact]
    public void Verify_BigRandomTrees_AcceptsTheirLeavesAndNoTamperedOnes()
    {
        var random = new Random(9162);
        foreach (int size in new[] { 1000, 4095, 4096, 4097, 65_537, 100_000 })
        {
            byte[][] leaves = RandomLeaves(size, seed: size);
            var tree = MerkleTree.Build(leaves);
            for (int i = 0; i < 50; i++)
            {
                int index = random.Next(size);
                byte[][] path = [.. tree.ProofFor(index).Select(h => (byte[])h.Clone())];
                Assert.True(MerkleProof.Verify(tree.Root, leaves[index], index, size, path));
                Assert.False(MerkleProof.Verify(tree.Root, leaves[index], (index + 1) % size, size, path));
                Assert.False(MerkleProof.Verify(tree.Root, leaves[index], index, size, path[..^1]));
                Assert.False(MerkleProof.Verify(tree.Root, leaves[index], index, size, [.. path, path[0]]));
                path[random.Next(path.Length)][random.Next(32)] ^= 1;
                Assert.False(MerkleProof.Verify(tree.Root, leaves[index], index, size, path));
            }
        }
    }

    [Fact]
    public void Verify_Garbage_IsFalse()
    {
        byte[] hash = new byte[32];
        Assert.False(MerkleProof.Verify(hash, hash, -1, 1, []));
        Assert.False(MerkleProof.Verify(hash, hash, 0, 0, []));
        Assert.False(MerkleProof.Verify(hash, hash, 0, -1, []));
        Assert.False(MerkleProof.Verify(hash, hash, 1, 1, []));
        Assert.False(MerkleProof.Verify(hash, new byte[31], 0, 1, []));
        Assert.False(MerkleProof.Verify(new byte[33], hash, 0, 1, []));
        Assert.False(MerkleProof.Verify(hash, hash, 0, 2, [new byte[31]]));
        Assert.False(MerkleProof.Verify(hash, hash, 0, 2, [null!]));
        Assert.False(MerkleProof.Verify(hash, hash, 0, 1, null!));
        Assert.True(MerkleProof.Verify(hash, hash, 0, 1, []));
    }

    [Fact]
    public void Verify_NodeAsLeaf_IsFalse()
    {
        // The prefixes keep an inner node from passing for a leaf: the second-preimage attack on naive trees.
        byte[][] leaves = RandomLeaves(4, seed: 4);
        var tree = MerkleTree.Build(leaves);
        byte[] asData = MerkleTree.LeafHash([.. leaves[0], .. leaves[1]]);
        Assert.False(MerkleProof.Verify(tree.Root, asData, 0, 2, [tree.ProofFor(0)[1]]));
    }

    [Fact]
    public void Build_NoLeafOrAWrongHash_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => MerkleTree.Build([]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Build([new byte[31]]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Build(new byte[Limits.MaxIssuanceSize + 1][]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Over([]));
        Assert.Throws<ArgumentException>(() => MerkleTree.Over(new byte[MerkleTree.HashLength + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => KnownTree(3).ProofFor(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => KnownTree(3).ProofFor(-1));
    }

    [Fact]
    public void Build_LargestIssuance_VerifiesAtBothEnds()
    {
        byte[][] leaves = RandomLeaves(Limits.MaxIssuanceSize, seed: 20);
        var tree = MerkleTree.Build(leaves);
        Assert.Equal(20, tree.ProofFor(0).Count);
        foreach (int index in new[] { 0, Limits.MaxIssuanceSize - 1 })
        {
            Assert.True(MerkleProof.Verify(tree.Root, leaves[index], index, tree.Size, tree.ProofFor(index)));
        }
    }

    private static MerkleTree KnownTree(int size) =>
        MerkleTree.Build([.. Leaves.Take(size).Select(l => MerkleTree.LeafHash(Convert.FromHexString(l)))]);

    private static byte[][] RandomLeaves(int count, int seed)
    {
        var random = new Random(seed);
        byte[][] leaves = new byte[count][];
        for (int i = 0; i < count; i++)
        {
            leaves[i] = new byte[32];
            random.NextBytes(leaves[i]);
        }

        return leaves;
    }

    /// <summary>The recursive definition of RFC 9162, 2.1.1, over leaf hashes.</summary>
    private static byte[] RootByDefinition(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1) return leaves[0];

        int split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. RootByDefinition(leaves[..split]), .. RootByDefinition(leaves[split..])]);
    }
}
