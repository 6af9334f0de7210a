using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

public sealed class TreePiecesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(TreePieces.LeavesPerPiece - 1)]
    [InlineData(TreePieces.LeavesPerPiece)]
    [InlineData(TreePieces.LeavesPerPiece + 1)]
    [InlineData(2 * TreePieces.LeavesPerPiece)]
    [InlineData((2 * TreePieces.LeavesPerPiece) + 1)]
    [InlineData((5 * TreePieces.LeavesPerPiece) + 100)]
    public void PathOf_EveryLeaf_IsTheWholeTreesProof(int size)
    {
        byte[][] leaves = [.. Enumerable.Range(0, size).Select(i => SHA256.HashData(BitConverter.GetBytes(i)))];
        var tree = MerkleTree.Build(leaves);
        var pieces = TreePieces.Cut([.. leaves.SelectMany(leaf => leaf)]);
        Assert.Equal(tree.Root, MerkleTree.Over([.. leaves.SelectMany(leaf => leaf)]).Root);
        byte[] roots = TreePieces.RootsOf(pieces);
        for (int leaf = 0; leaf < size; leaf++)
        {
            byte[] piece = pieces.Count == 0 ? [] : pieces[leaf / TreePieces.LeavesPerPiece];
            Assert.Equal(tree.ProofFor(leaf), TreePieces.PathOf(leaf, piece, roots));
        }
    }
}
