using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Log.Standing;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>The trees that say what stands, and their proofs.</summary>
public sealed class StandingTreeTests
{
    [Fact]
    public void Root_IsThatOfTheDefinition_WhateverTheOrder()
    {
        foreach (int count in new[] { 0, 1, 2, 3, 17, 300 })
        {
            var expected = RootOf([.. Enumerable.Range(0, count).Select(i => (Key(i), Value(i)))], 0);
            foreach (int seed in new[] { 1, 2 })
            {
                var tree = StandingTree.New();
                var random = new Random(seed);
                foreach (int i in Enumerable.Range(0, count).OrderBy(_ => random.Next()))
                {
                    tree.Put(Key(i), Value(i + 1));
                    tree.Put(Key(i), Value(i));
                }

                Assert.Equal(count, tree.Count);
                Assert.Equal(expected, tree.Root());
            }
        }
    }

    [Fact]
    public void Root_OfThreeCredentials_IsWhatTheDocumentSays()
    {
        var tree = StandingTree.New();
        foreach (int index in new[] { 0, 1, 7 })
            tree.Put(LogStanding.KeyOf("AuroraMSP", new string('a', 64), index), Value(index));
        Assert.Equal(
            "4c2aa777212784a535554c7c3e5c4bd38b7b4f18fa8c8fec618f0500f25927d6", Convert.ToHexStringLower(tree.Root()));
    }

    [Fact]
    public void Nodes_ThatWereKept_AreAllThatIsNeededToGoOn()
    {
        var (kept, whole) = (new Dictionary<string, byte[]>(), StandingTree.New());
        for (int i = 0; i < 200; i++)
        {
            var part = new StandingTree(whole.Count, place => kept.GetValueOrDefault(Convert.ToHexString(place)));
            whole.Put(Key(i % 150), Value(i));
            part.Put(Key(i % 150), Value(i));
            Assert.Equal(whole.Root(), part.Root());
            Assert.Equal(whole.Count, part.Count);
            Assert.InRange(part.Changed.Count(), 1, 40);
            foreach (var (place, node) in part.Changed) kept[Convert.ToHexString(place)] = node;
        }
    }

    [Fact]
    public void Proofs_ShowWhatIsSaidAndThatNothingIs_AndNothingElse()
    {
        var tree = StandingTree.New();
        for (int i = 0; i < 100; i++)
        {
            byte[] root = tree.Root();
            for (int j = 0; j < 120; j += 7)
            {
                var proof = tree.Prove(Key(j));
                Assert.True(proof.TryOpen(root, Key(j), out var value));
                Assert.Equal(j < i, value is not null);
                if (value is { } said) Assert.Equal(Value(j), said.ToArray());
                Assert.False(proof.TryOpen(root, Key(j + 1), out _) && tree.Find(Key(j)) is not null);
                RefusesWhatIsChanged(proof, root, Key(j));
            }

            tree.Put(Key(i), Value(i));
        }
    }

    /// <summary>What is said cannot be hidden by another's leaf, an empty place or a shorter way.</summary>
    [Fact]
    public void Proof_ThatHidesWhatIsSaid_IsRefused()
    {
        var tree = StandingTree.New();
        for (int i = 0; i < 50; i++) tree.Put(Key(i), Value(i));
        byte[] root = tree.Root();
        for (int i = 0; i < 50; i++)
        {
            var honest = tree.Prove(Key(i));
            Assert.False((honest with { Value = null }).TryOpen(root, Key(i), out _));
            byte[] leaf = [.. Key(i), .. SHA256.HashData(Value(i))];
            Assert.False((honest with { Value = null, Other = leaf }).TryOpen(root, Key(i), out _));
            for (int j = 0; j < 50; j++)
            {
                if (j == i) continue;
                var others = tree.Prove(Key(j));
                byte[] other = [.. Key(j), .. SHA256.HashData(Value(j))];
                Assert.False(
                    (others with { Value = null, Other = other }).TryOpen(root, Key(i), out _));
            }
        }
    }

    /// <summary>A proof that is followed only up to what is known is good for what it was before.</summary>
    [Fact]
    public void Proof_ThatReachesWhatIsKnown_SaysTheTruth()
    {
        var random = new Random(20261130);
        var tree = StandingTree.New();
        for (int i = 0; i < 400; i++) tree.Put(Key(i), Value(i));
        byte[] root = tree.Root();
        var known = new KnownNodes();
        for (int i = 0; i < 500; i++)
        {
            Assert.True(tree.Prove(Key(i)).TryOpen(root, Key(i), known, out var value));
            Assert.Equal(tree.Find(Key(i)), value?.ToArray());
        }

        int opened = 0;
        for (int i = 0; i < 20_000; i++)
        {
            byte[] key = Key(random.Next(500));
            var proof = Changed(random, tree);
            bool isProven = proof.TryOpen(root, key, out _);
            Assert.Equal(isProven, proof.TryOpen(root, key, known, out var value));
            if (!isProven) continue;
            opened++;
            Assert.Equal(tree.Find(key), value?.ToArray());
        }

        Assert.NotEqual(0, opened);

        // What is known of one tree says nothing of another one.
        Assert.False(tree.Prove(Key(1)).TryOpen(SHA256.HashData(root), Key(1), new KnownNodes(), out _));
    }

    private static StandingProof Changed(Random random, StandingTree tree)
    {
        int number = random.Next(500);
        var (proof, other) = (tree.Prove(Key(number)), tree.Prove(Key(random.Next(500))));
        ReadOnlyMemory<byte>[] siblings = [.. proof.Siblings];
        return random.Next(7) switch
        {
            0 => proof with { Value = other.Value, Other = other.Value is null ? proof.Other : null },
            1 => proof with { Value = null, Other = other.Other },
            2 => proof with { Siblings = other.Siblings },
            3 => proof with { Siblings = siblings[..random.Next(siblings.Length)] },
            4 => proof with { Siblings = [.. siblings, default] },
            5 => proof with { Value = null, Other = (byte[])[.. Key(number), .. SHA256.HashData(Value(number))] },
            _ => Flipped(proof, siblings, random),
        };
    }

    private static StandingProof Flipped(StandingProof proof, ReadOnlyMemory<byte>[] siblings, Random random)
    {
        int at = random.Next(siblings.Length);
        byte[] sibling = siblings[at].IsEmpty ? new byte[32] : siblings[at].ToArray();
        sibling[random.Next(32)] ^= 1;
        siblings[at] = sibling;
        return proof with { Siblings = siblings };
    }

    private static void RefusesWhatIsChanged(StandingProof proof, byte[] root, byte[] key)
    {
        Assert.False(proof.TryOpen(new byte[32], key, out _) && root.AsSpan().IndexOfAnyExcept((byte)0) >= 0);
        if (proof.Siblings.Count == 0) return;
        ReadOnlyMemory<byte>[] siblings = [.. proof.Siblings];
        siblings[^1] = SHA256.HashData(key);
        Assert.False((proof with { Siblings = siblings }).TryOpen(root, key, out _));
        Assert.False((proof with { Siblings = siblings[..^1] }).TryOpen(root, key, out _));
        Assert.False((proof with { Siblings = [.. proof.Siblings, default] }).TryOpen(root, key, out _));
        Assert.False((proof with { Siblings = [new byte[31], .. siblings[1..]] }).TryOpen(root, key, out _));
        Assert.False((proof with { Other = new byte[1] }).TryOpen(root, key, out _));
        byte[] other = "{\"state\":\"inForce\"}"u8.ToArray();
        Assert.False((proof with { Value = other, Other = null }).TryOpen(root, key, out _));
    }

    private static byte[] Key(int number) => LogStanding.KeyOf("AuroraMSP", "root", number);

    private static byte[] Value(int number) => Encoding.UTF8.GetBytes($"{{\"number\":{number}}}");

    /// <summary>The definition: nothing is zeros, one alone is its leaf, more are what lies left and right.</summary>
    private static byte[] RootOf(List<(byte[] Key, byte[] Value)> all, int depth)
    {
        if (all.Count == 0) return new byte[32];
        if (all.Count == 1)
            return SHA256.HashData([0, .. all[0].Key, .. SHA256.HashData(all[0].Value)]);
        var sides = all.ToLookup(one => (one.Key[depth / 8] >> (7 - (depth % 8))) & 1);
        return SHA256.HashData([1, .. RootOf([.. sides[0]], depth + 1), .. RootOf([.. sides[1]], depth + 1)]);
    }
}
